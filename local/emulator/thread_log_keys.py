"""The keys of each invocation's log lines: Lambda runs one at a time in a process, the emulator one in each thread.

Powertools keeps the keys of an invocation, its ``correlation_id`` among them, in one dict a process. With two runs at
once the lines of one would be found under the other.
"""

import contextlib
import threading
from collections.abc import Iterator, MutableMapping
from typing import Any

from functions.telemetry import logger


class KeysOfThread(MutableMapping[str, Any]):
    """A dict for each thread, which begins as ``initial``."""

    def __init__(self, initial: dict[str, Any]) -> None:
        self._initial = initial
        self._here = threading.local()

    @property
    def _own(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._here.keys
        except AttributeError:
            found = self._here.keys = dict(self._initial)
        return found

    def __getitem__(self, name: str) -> Any:
        return self._own[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._own[name] = value

    def __delitem__(self, name: str) -> None:
        del self._own[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """After the block this thread has the keys again that it has now: an invocation may be made by another one."""
        before = dict(self._own)
        try:
            yield
        finally:
            self._here.keys = before


@contextlib.contextmanager
def log_keys_of_threads() -> Iterator[KeysOfThread]:
    """Let each thread have its own keys until the end of the block."""
    formatter: Any = logger.registered_formatter
    before = formatter.log_format
    formatter.log_format = keys = KeysOfThread(dict(before))
    try:
        yield keys
    finally:
        formatter.log_format = before
