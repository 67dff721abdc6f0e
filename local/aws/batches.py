"""Reads from the run table of a stage how the items of a batch are: no execution says it while the batch goes on."""

from functools import cached_property
from typing import Any

from functions import clock
from functions.lifecycle.batch_report import report
from functions.runs.batches.durations import KnownDurations
from functions.runs.batches.model import BatchPlan, BatchRun
from functions.runs.store.batch_durations import load_seconds
from functions.runs.store.batches import find_batch, load_plan
from functions.runs.store.table import RunTable
from local.aws.aws_errors import in_plain_words
from local.aws.stack import Stack


class StageBatches:
    """The batches of a stage. Every method raises CannotGoOn if the call to AWS fails."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._plans: dict[str, BatchPlan] = {}

    @cached_property
    def _table(self) -> RunTable:
        return RunTable(self._stack.run_table)

    def now(self) -> float:
        """Seconds since the epoch."""
        return clock.now()

    def batch(self, execution_arn: str) -> tuple[BatchRun, BatchPlan] | None:
        """The states of a batch's items, and its plan; None before its first step, and where it never began."""
        with in_plain_words():
            found = find_batch(self._table, execution_arn)
            plan = self._plans.get(execution_arn) or load_plan(self._table, execution_arn)
        if found is None or plan is None:
            return None
        self._plans[execution_arn] = plan  # it never changes
        return found, plan

    def durations(self, name: str | None) -> KnownDurations:
        """What the next batch of this name, or one without a name, would know of its items."""
        with in_plain_words():
            return load_seconds(self._table, name)

    def batch_report(self, execution_arn: str) -> dict[str, Any] | None:
        """The output that the batch has or would have, with a line for each item; None where it never began."""
        with in_plain_words():
            return report(self._table, execution_arn)
