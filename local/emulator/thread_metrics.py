"""The metrics of each invocation: Lambda runs one at a time in a process, and the emulator one in each thread.

Powertools keeps the metrics of an invocation in one dict a process. Several threads would flush each other's metrics,
and one that finds the dict full and then empty fails.
"""

import contextlib
import threading
from collections.abc import Iterator, MutableMapping
from typing import Any

from functions.telemetry import metrics


class MetricsOfThread(MutableMapping[str, Any]):
    """A dict for each thread."""

    def __init__(self) -> None:
        self._here = threading.local()

    @property
    def _own(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._here.metrics
        except AttributeError:
            found = self._here.metrics = {}
        return found

    def __getitem__(self, name: str) -> Any:
        return self._own[name]

    def __setitem__(self, name: str, metric: Any) -> None:
        self._own[name] = metric

    def __delitem__(self, name: str) -> None:
        del self._own[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


@contextlib.contextmanager
def metrics_of_threads() -> Iterator[None]:
    """Let each thread have its own metrics until the end of the block."""
    provider: Any = metrics.provider
    before = provider.metric_set
    provider.metric_set = MetricsOfThread()
    try:
        yield
    finally:
        provider.metric_set = before
