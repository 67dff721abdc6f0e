"""What is known of a batch, for people and commands: also where it has failed, and an execution has no output."""

from typing import Any

from functions import clock
from functions.runs.batches.conclusion import output_of
from functions.runs.store.batch_lines import load_outcomes
from functions.runs.store.batches import find_batch, load_plan
from functions.runs.store.table import RunTable

NO_LIMIT = 100_000_000
"""Bytes of a report that goes nowhere where its size is limited."""


def report(table: RunTable, execution_arn: str) -> dict[str, Any] | None:
    """The output that a batch has, or would have; None where it never began, or has expired."""
    record, plan = find_batch(table, execution_arn), load_plan(table, execution_arn)
    if record is None or plan is None or not record.states:
        return None
    return output_of(record, plan, load_outcomes(record), record.ended_at or clock.now(), NO_LIMIT)
