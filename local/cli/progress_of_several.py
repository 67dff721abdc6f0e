"""Prints the states of several runs at once, line by line, with the run's name in front."""

import contextlib
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

from rich.text import Text

from local.cli.console import console_for
from local.outcome import OnState

WIDEST = 24
"""Columns that the name of a run may take."""


INSTANT = frozenset(
    {
        "Attempt",
        "JudgeStatus",
        "JudgePrompts",
        "JudgeBreakdown",
        "JudgeDeadline",
        "JudgeBatch",
        "JudgeSaving",  # of executions that began on an earlier release
        "JudgeConclusion",
        "AttemptDone",
        "RunSucceeded",
        "RunFailed",
        "BatchSucceeded",
        "BatchFailed",
    }
)
"""States that take no time of their own."""


def names_of(files: Sequence[Path]) -> list[str]:
    """A name for the run of each file: the file's, its path where two have the same, and a number where it repeats."""
    stems = [file.stem for file in files]
    names = [file.stem if stems.count(file.stem) == 1 else str(file) for file in files]
    return [
        name if names.count(name) == 1 else f"{name} ({names[: at + 1].count(name)})" for at, name in enumerate(names)
    ]


class ProgressOfSeveral:
    """A line for each state that a run has left. A context manager.

    The same interface as :class:`local.cli.progress.Progress`.
    """

    names_runs = True

    def __init__(self, stream: TextIO, names: Sequence[str]) -> None:
        self.console = console_for(stream)
        self._width = min(WIDEST, max(map(len, names)))
        self._current: dict[str, tuple[str, float]] = {}

    def __enter__(self) -> "ProgressOfSeveral":
        return self

    def __exit__(self, *exception: object) -> None:
        for name in list(self._current):
            self._leave(name, time.time())

    def paused(self) -> contextlib.AbstractContextManager[None]:
        """Let others write to the terminal."""
        return contextlib.nullcontext()

    def of(self, name: str) -> OnState:
        """What a run reports its states to."""
        return partial(self.entered, name)

    def entered(self, name: str, state: str, at: float) -> None:
        """The run entered a state at ``at`` (seconds since the epoch)."""
        self._leave(name, at)
        self._current[name] = (state, at)

    def _leave(self, name: str, at: float) -> None:
        state, since = self._current.pop(name, ("", at))
        if state and state not in INSTANT:
            took = f"{state:<20} {max(0.0, at - since):6.2f} s"
            self.console.print(Text(f"{name:<{self._width}}  {took}"), soft_wrap=True)
