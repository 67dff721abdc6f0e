"""Has an execution ended, and long enough ago that nobody else is at its end?"""

from collections.abc import Callable

from functions import clock
from functions.limits import SWEEP_GRACE
from functions.runs.run_table import Item

Describe = Callable[[str], Item | None]
"""From an execution's ARN to what DescribeExecution answers; None for one that is forgotten by now."""


def is_over(described: Item, item: Item) -> bool:
    """Whether it has; ``item`` is its run's, or empty."""
    if described["status"] == "RUNNING":
        return False
    return bool(clock.now() > (item.get("endedAt") or described["stopDate"].timestamp()) + SWEEP_GRACE)
