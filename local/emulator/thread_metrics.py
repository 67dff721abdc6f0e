"""The metrics of each invocation: Lambda runs one at a time in a process, and the emulator one in each thread.

Powertools keeps the metrics of an invocation in one dict a process. Several threads would flush each other's metrics,
and one that finds the dict full and then empty fails.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from functions.telemetry import metrics
from local.emulator.dict_of_thread import DictOfThread


@contextlib.contextmanager
def metrics_of_threads() -> Iterator[None]:
    """Let each thread have its own metrics until the end of the block."""
    provider: Any = metrics.provider
    before = provider.metric_set
    provider.metric_set = DictOfThread()
    try:
        yield
    finally:
        provider.metric_set = before
