"""The keys of each invocation's log lines: Lambda runs one at a time in a process, the emulator one in each thread.

Powertools keeps the keys of an invocation, its ``correlation_id`` among them, in one dict a process. With two runs at
once the lines of one would be found under the other.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from functions.telemetry import logger
from local.emulator.dict_of_thread import DictOfThread


@contextlib.contextmanager
def log_keys_of_threads() -> Iterator[DictOfThread]:
    """Let each thread have its own keys until the end of the block."""
    formatter: Any = logger.registered_formatter
    before = formatter.log_format
    formatter.log_format = keys = DictOfThread(before)
    try:
        yield keys
    finally:
        formatter.log_format = before
