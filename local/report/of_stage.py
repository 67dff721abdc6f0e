"""Reads what AWS knows of an execution of a stage: its record, its history, its log.

Of the run table only the items of a batch, never runs, which have open sessions: a person who may read what happened
need not be able to read those.
"""

from typing import Any

import boto3
from botocore.exceptions import ClientError

from functions import clock
from functions.names import is_batch
from functions.runs.history import HistoryRecord
from functions.text import one_line, quoted
from infra.build.aws_refusals import sentence
from local.aws.aws_errors import in_plain_words
from local.aws.batches import StageBatches
from local.aws.logs import log_texts
from local.aws.stack import Stack, stack_of
from local.errors import CannotGoOn
from local.history.history import History
from local.history.opened import history_of_stack
from local.report.assemble import Kept
from local.report.events import seconds_of, timeline_of
from local.report.source import items_of

FORBIDDEN = ("AccessDenied", "AccessDeniedException")

LONGEST_REASON = 500
"""Characters of why the log may not be read."""

GONE = "Step Functions forgets an execution 90 days after its end"


class OfStage:
    """The history, the executions and the logs of a stage in AWS."""

    is_deployed = True

    def __init__(self, stage: str) -> None:
        self._stage = stage
        with in_plain_words():
            self._stack: Stack = stack_of(stage)
            self._history: History = history_of_stack(self._stack)

    def find(self, run: str) -> HistoryRecord:
        """As :meth:`Source.find`; also an execution that still runs."""
        with in_plain_words():
            found = self._history.find(run)
        if found is not None:
            return found
        raise CannotGoOn(
            f"unknown run {quoted(run, 80)}: neither the history nor the running executions of stage {self._stage} "
            f"have it. Give the id that datamart runs --stage {self._stage} prints."
        )

    def items(self, batch: HistoryRecord) -> list[HistoryRecord]:
        """As :meth:`Source.items`."""
        with in_plain_words():
            return items_of(self._history, batch)

    def kept(self, record: HistoryRecord) -> Kept:
        """As :meth:`Source.kept`."""
        with in_plain_words():
            return _kept_in_aws(self._stack, record)

    def notes(self) -> tuple[str, ...]:
        """As :meth:`Source.notes`."""
        return self._history.notes()


def _kept_in_aws(stack: Stack, record: HistoryRecord) -> Kept:
    client, arn = boto3.client("stepfunctions"), record.execution
    try:
        described: dict[str, Any] = client.describe_execution(executionArn=arn)
        pages = client.get_paginator("get_execution_history").paginate(
            executionArn=arn, PaginationConfig={"PageSize": 1_000}
        )
        events = [event for page in pages for event in page["events"]]
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ExecutionDoesNotExist":
            raise
        described, events = {}, []
    functions = {entry.function for entry in timeline_of(events).entries}
    begin = seconds_of(described.get("startDate", record.started_at))
    ended = described.get("stopDate", record.finished_at)
    end = clock.now() if ended is None else seconds_of(ended)
    log, why = _log(stack, arn, functions, begin, end)
    items, after = _items(stack, arn) if is_batch(arn) else ([], {})
    return Kept(described, events, log, why_gone=GONE, why_no_log=why, is_deployed=True, items=items, after=after)


def _items(stack: Stack, arn: str) -> tuple[list[dict[str, Any]], dict[str, tuple[str, ...]]]:
    """A line for each item of a batch, and the items that each names.

    None for those who may not read them: its record and log say much, too.
    """
    batches = StageBatches(stack)
    try:
        report, found = batches.batch_report(arn), batches.batch(arn)
    except CannotGoOn:
        return [], {}
    return (report or {}).get("items") or [], {} if found is None else found[1].after_by_name


def _log(stack: Stack, arn: str, functions: set[str], begin: float, end: float) -> tuple[list[str], str | None]:
    """The lines, or why they may not be read: the record and the states say much without them."""
    try:
        return log_texts(stack, arn, functions, begin, end), None
    except ClientError as problem:
        if problem.response["Error"]["Code"] not in FORBIDDEN:
            raise
        return [], one_line(sentence(problem), LONGEST_REASON)
