"""What a batch takes beyond its runs, as formulas: tests/integration/test_lean_batches.py holds real ones to them."""

from math import ceil
from typing import NamedTuple

from infra.costs.run_counts import BYTES_AN_EVENT, BYTES_OF_LAMBDA, BYTES_OF_OURS, UNITS_OF_RECORD, Counts


class BatchWork(NamedTuple):
    """What a batch does; every item is loaded.

    Parameters
    ----------
    items
        How many it has.
    first
        How many of them start at once.
    token_bytes
        Of the task token; AWS takes 2,048 at most (SendTaskSuccess in the API reference).
    """

    items: int
    first: int = 3
    token_bytes: int = 1_000


TRANSITIONS, LAMBDA_CALLS, EVENTS = 5, 4, 22
"""Of each batch that ends within six hours, whatever its size: its own execution, and ``end_run`` after it."""

BYTES_OF_BATCH = 330
"""Of the batch's item, beside the task token and a character for each item."""

BYTES_OF_PLAN, BYTES_A_PLANNED = 250, 50
"""Of the plan: what there always is; an item with its name, what it names and its usual duration."""

BYTES_A_HISTORY = 50
"""Of the durations that are kept for the next batch, for each item; beside ``BYTES_OF_PLAN``."""


MORE_OF_A_RUN = 4
"""Writes of a run's item that take a unit more, at most: it names the batch, and so has more than 1 KB for longer."""


def batch_units(work: BatchWork) -> int:
    """Units of a write of the batch's item."""
    return ceil((BYTES_OF_BATCH + work.token_bytes + work.items) / 1_024)


def plan_bytes(work: BatchWork) -> int:
    """Bytes of the plan."""
    return BYTES_OF_PLAN + BYTES_A_PLANNED * work.items


def write_units(work: BatchWork) -> int:
    """Units of DynamoDB: each item's input, its outcome, its end in the batch's item, and its run's larger item."""
    history = BYTES_OF_PLAN + BYTES_A_HISTORY * work.items
    once = ceil(plan_bytes(work) / 1_024) + ceil(history / 1_024) + 6 * batch_units(work)
    return once + (2 + batch_units(work) + MORE_OF_A_RUN) * work.items


def read_units(work: BatchWork) -> int:
    """Units of DynamoDB, where each function reads the plan; most keep it from the call before.

    The items that start first are read twice, and all of them at the end twice.
    """
    plan = ceil(plan_bytes(work) / 4_096)
    return 7 + 4 * plan + work.first + (4 + plan) * work.items


def counts_of(work: BatchWork) -> Counts:
    """All that a batch is charged for beyond its runs."""
    logs = BYTES_AN_EVENT * EVENTS + (BYTES_OF_OURS + BYTES_OF_LAMBDA) * LAMBDA_CALLS
    written = write_units(work) + UNITS_OF_RECORD
    return Counts(TRANSITIONS, LAMBDA_CALLS, written, read_units(work), logs)
