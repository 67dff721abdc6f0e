"""A dict for each thread: Lambda runs one invocation at a time in a process, the emulator one in each thread."""

import contextlib
import threading
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any


class DictOfThread(MutableMapping[str, Any]):
    """A dict for each thread, which begins as ``initial``."""

    def __init__(self, initial: Mapping[str, Any] | None = None) -> None:
        self._initial = dict(initial or {})
        self._here = threading.local()

    @property
    def _own(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._here.content
        except AttributeError:
            found = self._here.content = dict(self._initial)
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
        """After the block this thread has what it has now: an invocation may be made by another one."""
        before = dict(self._own)
        try:
            yield
        finally:
            self._here.content = before
