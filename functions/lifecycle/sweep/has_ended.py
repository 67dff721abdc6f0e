"""Whether an execution has ended, and so long ago that end_run does not work on it any more."""

from collections.abc import Callable
from typing import Any

from functions import clock
from functions.limits import SWEEP_GRACE
from functions.runs.model import Run

Describe = Callable[[str], dict[str, Any] | None]
"""From an execution's ARN to what DescribeExecution answers; None for one that Step Functions has deleted."""


def has_ended(described: dict[str, Any], run: Run | None) -> bool:
    """Whether it has ended; ``run`` is None if it has no item."""
    if described["status"] == "RUNNING":
        return False
    ended_at = (run and run.ended_at) or described["stopDate"].timestamp()
    return bool(clock.now() > ended_at + SWEEP_GRACE)
