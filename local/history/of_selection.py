"""Which running executions a selection may have, by their names alone: to read the input of each takes a call. Pure.

A run that a trigger, a command or a batch starts is named after its job, its batch or its item, with 32 hexadecimal
digits (functions/names.py); those of an item follow from the execution of its batch and the place of the item.
"""

from collections.abc import Collection, Iterable
from functools import cache

from functions.names import EXECUTION_NAME, LONGEST_JOB_NAME, name_of_execution
from functions.requests.batches.membership import MOST_ITEMS
from functions.runs.batches.model import name_of_run
from local.history.history import Selection

DIGITS = 32

BATCH, REQUEST = "batch", "request"
"""What an execution is named after that was started with a whole batch or request."""


def may_be_batch(selection: Selection, name: str) -> bool:
    """Whether the batch with an execution of that name may be one that is wanted."""
    if selection.job is not None or selection.datamart is not None:
        return False
    return selection.batch is None or _named_after(name) in (None, selection.batch[:LONGEST_JOB_NAME], BATCH)


def may_be_run(selection: Selection, name: str, jobs: Collection[str], batches: Iterable[str]) -> bool:
    """Whether the run with an execution of that name may be one that is wanted.

    Parameters
    ----------
    jobs
        Names of the deployed jobs.
    batches
        ARNs of the batches that run.
    """
    after = _named_after(name)
    if selection.batch is not None and after is None:
        return False  # no batch has started it
    if after is None or (selection.job is None and selection.batch is None):
        return True
    of_batch = next((each for each in batches if name[-DIGITS:] in _digits(each)), None)
    if selection.batch is not None:
        # Without a batch that runs it may be the item of one that was stopped.
        return (
            after not in (*jobs, REQUEST) if of_batch is None else may_be_batch(selection, name_of_execution(of_batch))
        )
    return of_batch is not None or after == selection.job or after not in jobs


def _named_after(name: str) -> str | None:
    return name[: -DIGITS - 1] if EXECUTION_NAME.fullmatch(name) else None


@cache
def _digits(batch: str) -> frozenset[str]:
    """The digits in the names of all items that a batch may have."""
    return frozenset(name_of_run(batch, index, "")[-DIGITS:] for index in range(MOST_ITEMS))
