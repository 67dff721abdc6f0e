"""A table that is redrawn in place on a terminal, and that is not shown elsewhere."""

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console, RenderableType
from rich.live import Live

Draw = Callable[[], RenderableType]
"""Makes what is to be shown."""


class LiveTable:
    """Shown from :meth:`start` to :meth:`stop`, on a console that is a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    def start(self) -> None:
        """Begin a new table, because a stopped one would overwrite as many lines as it had."""
        if self._console.is_terminal:
            # sys.stdout stays as it is: the emulator splits it by thread, and a function's metrics go to its log.
            self._live = Live(console=self._console, auto_refresh=False, transient=False, redirect_stdout=False)
            self._live.start()

    def update(self, draw: Draw) -> None:
        """Show the table as it is now."""
        if self._live is not None:
            self._live.update(draw(), refresh=True)

    def stop(self) -> None:
        """Leave the table on the terminal as it was shown last."""
        if self._live is not None:
            self._live.stop()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let others write to the terminal; afterwards a new table continues below their output."""
        self.stop()
        try:
            yield
        finally:
            self.start()
