"""Has an execution ended, and long enough ago that nobody else is at its end?"""

from collections.abc import Callable
from typing import Any

from functions import clock
from functions.limits import SWEEP_GRACE
from functions.runs.model import Run

Describe = Callable[[str], dict[str, Any] | None]
"""From an execution's ARN to what DescribeExecution answers; None for one that is forgotten by now."""


def has_ended(described: dict[str, Any], run: Run | None) -> bool:
    """Whether it has; ``run`` is None where there is no item of it."""
    if described["status"] == "RUNNING":
        return False
    ended_at = (run and run.ended_at) or described["stopDate"].timestamp()
    return bool(clock.now() > ended_at + SWEEP_GRACE)
