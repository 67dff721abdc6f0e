"""``datamart run`` in this process, on an emulator that is there already: a process and its emulator take seconds."""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from local.cli import main, run, watched_run
from local.clock import Clock
from local.emulator import Emulator


class Done(NamedTuple):
    """How a command ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


def command(*words: str) -> int:
    """Do the work of ``datamart`` with these words; its exit code."""
    try:
        return main._main(list(words))
    except SystemExit as refused:
        return int(refused.code or 0)


def done_by(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Calls ``datamart``, and reads what it writes."""

    def call(*words: str) -> Done:
        capsys.readouterr()
        code = command(*words)
        return Done(code, *capsys.readouterr())

    return call


class _Lent:
    """Stands for an emulator that the command makes for itself, and leaves this one running."""

    def __init__(
        self, emulator: Emulator, template: Path, *, secrets: dict[str, Any], at_the_end: Any = None, **_: Any
    ) -> None:
        self.__dict__.update(_emulator=emulator, _secrets=secrets, _ends=at_the_end)

    def __enter__(self) -> "_Lent":
        self._emulator._at_the_end = self._ends
        for connection, content in self._secrets.items():
            self._emulator.seed_secret(connection, content)
        return self

    def __exit__(self, *_: object) -> None:
        self._emulator.person = None
        self._emulator._at_the_end = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._emulator, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._emulator, name, value)


@contextlib.contextmanager
def running_on(emulator: Emulator, clock: Clock, template: Path) -> Iterator[None]:
    """Until the end of the block ``datamart run`` runs on this emulator, and its simulator by this clock."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "template_path", lambda _begins: template)
        patch.setattr(run, "StandingClock", lambda: clock)
        patch.setattr(watched_run, "Emulator", partial(_Lent, emulator))
        yield
