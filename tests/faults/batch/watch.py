"""Watches the functions of a batch, of its items, and the sweep."""

import contextlib
from collections.abc import Iterator
from typing import Any

from functions.names import LOOK_HOURLY
from functions.runs.store import batches
from tests.faults.batch.scenes import SWEEP
from tests.faults.queue.watch import Watch, letter_of


class BatchWatch(Watch):
    """As that of the queue; the sweep is met, too, and no function finds a plan that another one has read."""

    def letter_in(self, module: str, event: Any) -> str:
        """S for the sweep, if it sweeps and does not only look after the queues."""
        if module == "sweep":
            return SWEEP if event.get("look") == LOOK_HOURLY else ""
        return letter_of(module, event)

    @contextlib.contextmanager
    def around(self, module: str, event: Any) -> Iterator[None]:
        """Each function in a process of its own, as far as the plan is concerned that it keeps."""
        batches._plan.cache_clear()
        with super().around(module, event):
            yield
