"""The executions of a stage that have not ended, which no table has a record of: as Step Functions lists them."""

import heapq
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3

from functions import clock
from functions.names import is_batch
from functions.requests.batches.membership import membership_in
from functions.requests.event_shapes import without_added
from functions.requests.named_jobs import named_in
from functions.requests.started import started_in
from functions.runs.executions import input_in
from functions.runs.history import LONGEST_VALUE, HistoryRecord
from functions.text import one_line, shorten
from local.history.history import RUNNING, STATUSES, History, Selection


class WithRunning:
    """A history, and before it what still runs.

    Parameters
    ----------
    ended
        The history of what has ended.
    machines
        ARNs of the state machines of runs and of batches.
    client
        That of Step Functions; by default that of the credentials.
    """

    def __init__(self, ended: History, machines: tuple[str, ...], client: Any = None) -> None:
        self._ended = ended
        self._machines = machines
        self._client = boto3.client("stepfunctions") if client is None else client
        self._input = cache(self._read_input)

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
        return next((self._record(each) for each in listed if run in (each["name"], each["executionArn"])), None)

    def notes(self) -> tuple[str, ...]:
        """As :meth:`local.history.history.History.notes`."""
        return self._ended.notes()

    def _running(self, selection: Selection) -> Iterator[HistoryRecord]:
        listed = (self._listed(machine) for machine in self._machines)
        for each in heapq.merge(*listed, key=lambda each: each["startDate"], reverse=True):
            if selection.since is not None and each["startDate"].timestamp() < selection.since:
                return
            record = self._record(each)
            if selection.has(record):
                yield record

    def _listed(self, machine: str) -> Iterator[dict[str, Any]]:
        """The running executions of a machine, newest first."""
        pages = self._client.get_paginator("list_executions").paginate(
            stateMachineArn=machine, statusFilter=STATUSES[RUNNING]
        )
        for page in pages:
            yield from page["executions"]

    def _read_input(self, execution_arn: str) -> Any:
        return input_in(self._client.describe_execution(executionArn=execution_arn))

    def _record(self, listed: dict[str, Any]) -> HistoryRecord:
        arn, given = listed["executionArn"], self._input(listed["executionArn"])
        started = started_in(given, arn)
        membership = None if is_batch(arn) else membership_in(given, arn)
        batch = arn if is_batch(arn) else membership.execution if membership else None
        _, as_of = named_in(given, "batch" if is_batch(arn) else "job")
        request = without_added(given) if isinstance(given, dict) else {}
        return HistoryRecord(
            id=listed["name"],
            kind="batch" if is_batch(arn) else "run",
            execution=arn,
            status=STATUSES[RUNNING],
            loaded="unknown",
            started_at=clock.timestamp(listed["startDate"].timestamp()),
            job=None if is_batch(arn) else named_in(given)[0],
            batch=None if batch is None else self._batch_of(batch),
            batch_run=_name(membership.execution) if membership else None,
            item=membership.item if membership else None,
            datamart=_in_words(request.get("datamart")),
            project=_in_words(request.get("project")),
            as_of=as_of,
            reason=started.reason,
            started_by=started.by,
            trigger=started.trigger,
            rerun_of=started.rerun_of,
        )

    def _batch_of(self, execution_arn: str) -> str:
        """The batch's name, or that of its execution."""
        return named_in(self._input(execution_arn), "batch")[0] or _name(execution_arn)


def _name(execution_arn: str) -> str:
    return execution_arn.rpartition(":")[2]


def _in_words(reference: Any) -> str | None:
    name = reference.get("name") if isinstance(reference, dict) else reference
    return shorten(one_line(name), LONGEST_VALUE) if isinstance(name, str) else None
