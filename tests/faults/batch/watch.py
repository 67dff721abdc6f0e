"""Watches the functions of a batch, of its items, and the sweep."""

import contextlib
from collections.abc import Iterator
from typing import Any

from functions.names import LOOK_HOURLY
from functions.runs.batches.model import BatchPlan
from functions.runs.store import batches
from functions.runs.store.table import RunTable
from tests.faults.batch.scenes import SWEEP
from tests.faults.queue.watch import Call, Watch, letter_of


class BatchWatch(Watch):
    """As that of the queue; the sweep is met, too, and no function finds a plan that another one has read."""

    counts_invocations = False

    def letter_in(self, module: str, event: Any) -> str:
        """S for the sweep, if it sweeps and does not only look after the queues."""
        if module == "sweep":
            return SWEEP if event.get("look") == LOOK_HOURLY else ""
        return letter_of(module, event)

    def caller(self, call: Call) -> str:
        """Each invocation is counted for itself where no fault lasts: what runs beside it shifts no other place."""
        return call.place if self.counts_invocations else super().caller(call)

    @contextlib.contextmanager
    def around(self, module: str, event: Any) -> Iterator[None]:
        """Each function in a process of its own, as far as the plan is concerned that it keeps."""
        before, self._here.plans = getattr(self._here, "plans", None), {}
        try:
            with super().around(module, event):
                yield
        finally:
            self._here.plans = before

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """As of the queue; functions at work at the same time do not share the plans that they have read."""
        kept_for_all = batches._plan

        def kept_by_a_function(table: RunTable, execution_arn: str) -> BatchPlan:
            plans = getattr(self._here, "plans", None)
            if plans is None or execution_arn not in plans:
                found = kept_for_all.__wrapped__(table, execution_arn)
                if plans is None:
                    return found
                plans[execution_arn] = found
            return plans[execution_arn]

        batches._plan = kept_by_a_function  # type: ignore[assignment]
        try:
            with super().watched():
                yield
        finally:
            batches._plan = kept_for_all
