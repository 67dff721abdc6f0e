"""Shows the steps of a run while it goes on: one picture on a terminal, elsewhere a step at a time."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TextIO

from rich.console import Group
from rich.text import Text

from local.cli.console import console_for
from local.cli.live_table import LiveTable
from local.cli.steps_output import lines_of_steps
from local.outcome import OnState
from local.report.report import Step

PATIENCE = 60.0
"""Seconds after which a step that goes on says so where there is no terminal; then after twice as many, and so on."""

LINES_BESIDE = 1
"""Of the terminal that are not for the picture: the cursor's."""


@dataclass
class _Run:
    """A run that is shown: its steps. The first ``left`` of them stay above what is drawn.

    ``says_so_at`` is how long the last one may go on before a line says that it does.
    """

    steps: Sequence[Step] = field(default=())
    left: int = 0
    says_so_at: float = PATIENCE


class Progress:
    """The steps of the runs of one event. A context manager.

    On a terminal they are one picture, redrawn in place; what others write meanwhile stays, and the picture goes on
    below that with the step at which it was interrupted. Elsewhere a step is printed once it has ended.
    """

    names_runs = False
    """Whether lines about a run begin with its name."""

    def __init__(self, stream: TextIO) -> None:
        self.console = console_for(stream)
        self._runs: dict[str, _Run] = {}
        self._now = 0.0
        self._live = LiveTable(self.console)

    def __enter__(self) -> "Progress":
        self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._live.update(lambda: self._picture(whole=True))
        self._live.stop()
        for run in self._runs.values():
            self._print(run, len(run.steps))

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let others write to the terminal; afterwards the picture continues below their output."""
        self._live.update(lambda: self._picture(whole=True))
        with self._live.paused():
            try:
                yield
            finally:
                for run in self._runs.values() if self.console.is_terminal else ():
                    run.left = _ended(run.steps)

    def of(self, name: str) -> OnState:
        """The states themselves say less than the steps, and are not shown."""
        return lambda state, at: None

    def show(self, name: str, steps: Sequence[Step], now: float | None = None) -> None:
        """Show what is known of a run by ``now`` (seconds since the epoch, the present if it is left out)."""
        run = self._runs.setdefault(name, _Run())
        if len(steps) != len(run.steps):
            run.says_so_at = PATIENCE
        run.steps = steps
        self._now = time.time() if now is None else now
        self._live.update(self._picture)
        self._print(run, len(steps) - 1)
        self._print_what_goes_on(run)

    def _picture(self, whole: bool = False) -> Group:
        """The steps, or as many of the newest lines as the terminal has room for."""
        lines = [
            line
            for run in self._runs.values()
            for line in lines_of_steps(run.steps[run.left :], self.console.width, now=self._elapsed(run))
        ]
        room = max(1, self.console.height - LINES_BESIDE)
        return Group(*(lines if whole else lines[-room:]))

    def _elapsed(self, run: _Run) -> float:
        """Seconds for which the last step has gone on."""
        if not run.steps:
            return 0.0
        return max(0.0, self._now - datetime.fromisoformat(run.steps[-1].started_at).timestamp())

    def _print(self, run: _Run, up_to: int) -> None:
        """Elsewhere than on a terminal: the steps that have come to an end since the last call."""
        if self.console.is_terminal or up_to <= run.left:
            return
        for line in lines_of_steps(run.steps[run.left : up_to], self.console.width, bars=False):
            self.console.print(line, soft_wrap=True)
        run.left = up_to

    def _print_what_goes_on(self, run: _Run) -> None:
        """Elsewhere than on a terminal: that the last step still goes on, now and then."""
        elapsed = self._elapsed(run)
        if self.console.is_terminal or elapsed < run.says_so_at or run.steps[-1].seconds is not None:
            return
        run.says_so_at = 2 * elapsed
        bare = replace(run.steps[-1], attempt=None, calls=(), calls_left_out=0, failures=())
        (line,) = lines_of_steps([bare], self.console.width, now=elapsed, bars=False)
        self.console.print(Text.assemble(line, " so far"), soft_wrap=True)


def _ended(steps: Sequence[Step]) -> int:
    """How many steps have ended: the last one may still go on."""
    return len(steps) - 1 if steps and steps[-1].seconds is None else len(steps)
