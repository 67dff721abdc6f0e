"""The executions of a stage that have not ended, which no table has a record of: as Step Functions lists them."""

import heapq
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import boto3

from functions import clock
from functions.names import is_batch, name_of_execution
from functions.object_ids import is_id
from functions.requests.batches.membership import membership_in
from functions.requests.event_shapes import without_added
from functions.requests.named_jobs import named_in
from functions.requests.started import started_in
from functions.runs.executions import input_in
from functions.runs.history import LONGEST_VALUE, HistoryRecord
from functions.text import one_line, shorten
from local.history import of_selection
from local.history.history import RUNNING, STATUSES, History, Selection

Requests = Callable[[], dict[str, dict[str, Any]]]
"""Reads of each deployed job its ``connection``, ``project`` and ``datamart``, as far as they are known."""

MOST_READ = 300
"""Running executions whose input a command reads, the newest: a call each."""


class WithRunning:
    """A history, and before it what still runs.

    Parameters
    ----------
    ended
        The history of what has ended.
    machines
        ARNs of the state machines of runs and of batches.
    requests
        Reads what the requests of deployed jobs say: the input of a job's run has only its name. Called once, and only
        where it is needed.
    client
        That of Step Functions; by default that of the credentials.
    """

    def __init__(
        self, ended: History, machines: tuple[str, ...], requests: Requests = dict, client: Any = None
    ) -> None:
        self._ended = ended
        self._machines = machines
        self._client = boto3.client("stepfunctions") if client is None else client
        self._read_requests = requests
        self._inputs: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self._unread = 0

    def records(self, selection: Selection) -> Iterator[HistoryRecord]:
        """As :meth:`local.history.history.History.records`; a record's name or datamart is what its input says."""
        wanted = set(selection.status)
        ended = iter(()) if wanted == {RUNNING} else self._ended.records(selection)
        running = self._running(selection) if not wanted or RUNNING in wanted else iter(())
        seen: set[str] = set()
        for record in heapq.merge(running, ended, key=lambda each: each.started_at, reverse=True):
            if selection.limit is not None and len(seen) >= selection.limit:
                return
            if record.execution not in seen:  # it may have ended meanwhile
                seen.add(record.execution)
                yield record

    def find(self, run: str) -> HistoryRecord | None:
        """As :meth:`local.history.history.History.find`: the record, or that of what still runs."""
        found = self._ended.find(run)
        if found is not None:
            return found
        listed = (each for machine in self._machines for each in self._listed(machine))
        return next((self.record_of(each) for each in listed if run in (each["name"], each["executionArn"])), None)

    def notes(self) -> tuple[str, ...]:
        """As :meth:`local.history.history.History.notes`."""
        if not self._unread:
            return self._ended.notes()
        return (
            *self._ended.notes(),
            f"datamart: {self._unread} more executions run, whose inputs were not read: the newest {MOST_READ} were. "
            "Choose fewer of them with --since or --limit.",
        )

    def _running(self, selection: Selection) -> Iterator[HistoryRecord]:
        self._unread = 0
        for each in self._listed_for(selection):
            if selection.since is not None and each["startDate"].timestamp() < selection.since:
                return
            if selection.until is not None and each["startDate"].timestamp() > selection.until:
                continue
            if len(self._inputs) >= MOST_READ and each["executionArn"] not in self._inputs:
                self._unread += 1
                continue
            record = self.record_of(each)
            if selection.has(record):
                yield record

    def _listed_for(self, selection: Selection) -> Iterator[dict[str, Any]]:
        """The running executions that may be wanted, by their names, newest first."""
        found = [self._listed(machine) for machine in self._machines]
        if selection.job is not None or selection.batch is not None:
            everything = [each for listed in found for each in listed]
            batches = [each["executionArn"] for each in everything if is_batch(each["executionArn"])]
            found = [iter(self._wanted(selection, everything, batches))]
        return heapq.merge(*found, key=lambda each: each["startDate"], reverse=True)

    def _wanted(self, selection: Selection, listed: list[dict[str, Any]], batches: list[str]) -> list[dict[str, Any]]:
        wanted = [
            each
            for each in listed
            if (
                of_selection.may_be_batch(selection, each["name"])
                if is_batch(each["executionArn"])
                else of_selection.may_be_run(selection, each["name"], self._requests, batches)
            )
        ]
        return sorted(wanted, key=lambda each: each["startDate"], reverse=True)

    def _listed(self, machine: str) -> Iterator[dict[str, Any]]:
        """The running executions of a machine, newest first."""
        pages = self._client.get_paginator("list_executions").paginate(
            stateMachineArn=machine, statusFilter=STATUSES[RUNNING]
        )
        for page in pages:
            yield from page["executions"]

    @cached_property
    def _requests(self) -> dict[str, dict[str, Any]]:
        return self._read_requests()

    def _input(self, execution_arn: str) -> Any:
        if execution_arn not in self._inputs:
            self._inputs[execution_arn] = input_in(self._client.describe_execution(executionArn=execution_arn))
        return self._inputs[execution_arn]

    def record_of(self, listed: dict[str, Any]) -> HistoryRecord:
        """The record of an execution that runs, so far; ``listed`` is what ListExecutions answers of it."""
        arn, given = listed["executionArn"], self._input(listed["executionArn"])
        started = started_in(given, arn)
        membership = None if is_batch(arn) else membership_in(given, arn)
        batch = arn if is_batch(arn) else membership.execution if membership else None
        _, as_of = named_in(given, "batch" if is_batch(arn) else "job")
        job = None if is_batch(arn) else named_in(given)[0]
        request = without_added(given) if isinstance(given, dict) else {}
        otherwise = None if is_batch(arn) else "default"
        if job is not None:
            request, otherwise = self._requests.get(job, {}), None
        datamart, datamart_id = self._datamart(request.get("datamart"))
        return HistoryRecord(
            id=listed["name"],
            kind="batch" if is_batch(arn) else "run",
            execution=arn,
            status=STATUSES[RUNNING],
            loaded="unknown",
            started_at=clock.timestamp(listed["startDate"].timestamp()),
            job=job,
            batch=None if batch is None else self._batch_of(batch),
            batch_run=name_of_execution(membership.execution) if membership else None,
            item=membership.item if membership else None,
            datamart=datamart,
            datamart_id=datamart_id,
            project=_in_words(request.get("project")),
            connection=_in_words(request.get("connection", otherwise)),
            as_of=as_of,
            reason=started.reason,
            started_by=started.by,
            trigger=started.trigger,
            rerun_of=started.rerun_of,
        )

    def _datamart(self, reference: Any) -> tuple[str | None, str | None]:
        """Name and ID of a datamart, as a request calls it; an ID has the name of its last run, if it had one."""
        if not isinstance(reference, str) or not is_id(reference):
            return _in_words(reference), None
        datamart_id = reference.upper()
        if datamart_id not in self._names:
            last = next(iter(self._ended.records(Selection(datamart=datamart_id, limit=1))), None)
            self._names[datamart_id] = datamart_id if last is None or last.datamart is None else last.datamart
        return self._names[datamart_id], datamart_id

    def _batch_of(self, execution_arn: str) -> str:
        """The batch's name, or that of its execution."""
        return named_in(self._input(execution_arn), "batch")[0] or name_of_execution(execution_arn)


def _in_words(reference: Any) -> str | None:
    name = reference.get("name") if isinstance(reference, dict) else reference
    return shorten(one_line(name), LONGEST_VALUE) if isinstance(name, str) else None
