"""How the items of a batch have ended, as the run table has it: a line for each, as in the output of the execution."""

from typing import Any

from functions.runs.batches.conclusion import lines_of
from functions.runs.batches.model import BatchPlan, ItemOutcome
from functions.runs.store.batches import BatchRecord, load_items


def load_outcomes(record: BatchRecord) -> dict[int, ItemOutcome]:
    """How the items have ended, as far as they have."""
    items = load_items(record.table, record.arn, range(len(record.states)))
    return {index: item.outcome for index, item in items.items() if item.outcome is not None}


def load_lines(record: BatchRecord, plan: BatchPlan) -> list[dict[str, Any]]:
    """A line for each item, as in the output of the execution."""
    return lines_of(record, plan, load_outcomes(record))
