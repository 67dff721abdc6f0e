"""Looks at batches while they go on, and says which of their items have ended since the last look."""

import time
from dataclasses import dataclass
from typing import Any, Protocol

from functions.runs.batches.model import BatchPlan, BatchRun
from functions.runs.batches.order import GOING_ON, ItemState
from local.cli.batch_progress import BatchView

LOOK_SECONDS = 0.25
"""Real seconds between two looks into the run table."""


class BatchSource(Protocol):
    """Where a batch goes on: the emulator, or a stage."""

    def now(self) -> float:
        """Seconds since the epoch, by the clock of the batch."""

    def batch(self, execution_arn: str, /) -> tuple[BatchRun, BatchPlan] | None:
        """The states of its items, and its plan; None before its first step."""

    def batch_report(self, execution_arn: str, /) -> dict[str, Any] | None:
        """The output that it has, or would have."""


@dataclass
class BatchWatch:
    """One batch (the ARN of its execution), looked at now and then."""

    source: BatchSource
    arn: str
    _view: BatchView | None = None
    _looked: float = 0.0

    def look(self, at_once: bool = False) -> tuple[BatchView, list[int]] | None:
        """The batch as it is now, and the items that have ended since the last look; None if it is too early."""
        if not at_once and time.monotonic() - self._looked < LOOK_SECONDS:
            return None
        self._looked = time.monotonic()
        found = self.source.batch(self.arn)
        if found is None:
            return None
        record, plan = found
        before = self._view.record.states if self._view else ItemState.WAITING * len(record.states)
        view = self._view = BatchView(record, plan, *((self._view.lines, self._view.since) if self._view else ()))
        for item in record.items_in(ItemState.RUNNING):
            view.since.setdefault(item, self.source.now())
        ended = [
            item
            for item, (was, state) in enumerate(zip(before, record.states, strict=True))
            if was in GOING_ON and state not in GOING_ON
        ]
        if ended and (report := self.source.batch_report(self.arn)):
            view.lines.update(enumerate(report["items"] or []))
        return view, ended
