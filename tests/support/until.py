"""Waits for what another thread or process does."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60
"""Seconds after which a condition that does not come true fails the test."""


def until(holds: Callable[[], T], what: str) -> T:
    """What ``holds`` returns once that is true. Raises AssertionError if it does not come to that."""
    never = threading.Event()
    for _ in range(20 * PATIENCE):
        if found := holds():
            return found
        never.wait(0.05)
    raise AssertionError(f"{what}: it did not come to that")
