"""Shows the items of a batch while it goes on: a live table on a terminal, elsewhere a line at the end of each item."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from functions.runs.batches.conclusion import WORDS, counts_of
from functions.runs.batches.model import BatchPlan, BatchRun
from functions.runs.batches.order import GOING_ON, ItemState, waits_for
from functions.text import duration, printable, shorten
from local.cli.console import console_for
from local.cli.live_table import LiveTable
from local.cli.run_output import WIDEST_NAME
from local.outcome import OnState

STYLES = {
    ItemState.RUNNING: "bold cyan",
    ItemState.LOADED: "green",
    ItemState.FAILED: "bold red",
    ItemState.UNKNOWN: "bold red",
    ItemState.STOPPED: "bold red",
    ItemState.SKIPPED: "yellow",
}

FIRST_SHOWN = (
    *(ItemState.RUNNING, ItemState.FAILED, ItemState.UNKNOWN, ItemState.STOPPED),
    *(ItemState.WAITING, ItemState.SKIPPED, ItemState.LOADED),
)
"""Whose items are shown where the terminal is too low for all, the most important first."""

MOST_NAMED = 3
"""Items that a waiting one is said to wait for."""

LINES_BESIDE = 4
"""Of the terminal that are not for items: the header, the counts, and the cursor's."""

LONGEST_REASON = 60


@dataclass
class BatchView:
    """A batch as it was seen last.

    Parameters
    ----------
    record, plan
        As the run table has them.
    lines
        The report's line of each item that has ended.
    since
        When an item was first seen running (seconds since the epoch).
    """

    record: BatchRun
    plan: BatchPlan
    lines: dict[int, dict[str, Any]] = field(default_factory=dict)
    since: dict[int, float] = field(default_factory=dict)

    @property
    def name_width(self) -> int:
        """Columns of the names."""
        return min(WIDEST_NAME, max(map(cell_len, self.plan.items)))

    def state(self, item: int) -> ItemState:
        """What is known of an item."""
        return ItemState(self.record.states[item])

    def words(self, item: int, now: float) -> str:
        """What an item waits for, how long it takes, or how it ended."""
        state, line = self.state(item), self.lines.get(item, {})
        if state == ItemState.WAITING:
            return self._waits_for(item)
        if state == ItemState.RUNNING:
            usual = self.plan.plan.seconds[item]
            elapsed = duration(now - self.since.get(item, now))
            return elapsed if usual is None else f"{elapsed} of usually {duration(usual)}"
        if state == ItemState.SKIPPED:
            return f"because of {line['because']}" if "because" in line else ""
        took = f"{line['durationSeconds']:.1f} s" if "durationSeconds" in line else ""
        return "  ".join(filter(None, (took, shorten(str(line.get("error") or ""), LONGEST_REASON))))

    def _waits_for(self, item: int) -> str:
        earlier = [self.plan.items[each] for each in waits_for(self.plan.plan, self.record.states, item)]
        if not earlier:
            return "waits for a place"
        more = f" and {len(earlier) - MOST_NAMED} more" if len(earlier) > MOST_NAMED else ""
        return f"waits for {', '.join(earlier[:MOST_NAMED])}{more}"

    def loaded(self, item: int) -> str:
        """``yes``, ``no`` or ``unknown`` of an item that has ended."""
        return "" if self.state(item) in GOING_ON else str(self.lines.get(item, {}).get("loaded", ""))

    def counts(self) -> str:
        """How many items are in which state."""
        counts = counts_of(self.record.states)
        return ", ".join(f"{count} {word}" for word, count in counts.items() if word != "items")


class BatchProgress:
    """The items of one batch. A context manager, with the interface of :class:`local.cli.progress.Progress`."""

    names_runs = False

    def __init__(self, stream: TextIO) -> None:
        self.console = console_for(stream)
        self._view: tuple[BatchView, float] | None = None
        self._live = LiveTable(self.console)

    def __enter__(self) -> "BatchProgress":
        self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._live.stop()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let others write to the terminal; afterwards a new table continues below their output."""
        try:
            with self._live.paused():
                yield
        finally:
            self._draw()

    def _draw(self) -> None:
        """Show what was seen last."""
        if self._view is not None:
            self._live.update(partial(table_of, self.console, *self._view))

    def of(self, name: str) -> OnState:
        """The states of the batch itself say nothing of its items, and are not shown."""
        return lambda state, at: None

    def show(self, view: BatchView, ended: list[int], now: float) -> None:
        """Show a batch in which these items have ended since it was shown last."""
        self._view = view, now
        self._draw()
        for item in () if self.console.is_terminal else ended:
            self.console.print(Text(line_of(view, item, now)), soft_wrap=True)


def line_of(view: BatchView, item: int, now: float) -> str:
    """An item that has ended, in one line."""
    name = printable(view.plan.items[item])
    padding = " " * max(0, view.name_width - cell_len(name))
    return f"{name}{padding}  {WORDS[view.state(item)]:<8}  {view.words(item, now)}".rstrip()


def table_of(console: Console, view: BatchView, now: float) -> Group:
    """The items in the order of the file, as many as the terminal has lines for, and the counts below them."""
    room = max(1, console.height - LINES_BESIDE)
    items = range(len(view.plan.items))
    shown = sorted(sorted(items, key=lambda item: FIRST_SHOWN.index(view.state(item)))[:room])
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("item", no_wrap=True, overflow="ellipsis", max_width=min(WIDEST_NAME, console.width // 3))
    table.add_column("state", no_wrap=True)
    table.add_column("loaded", no_wrap=True)
    table.add_column("", no_wrap=True, overflow="ellipsis")
    for item in shown:
        state = view.state(item)
        word = Text(WORDS[state] if state != ItemState.WAITING else "waits", style=STYLES.get(state, "dim"))
        words = view.words(item, now).removeprefix("waits ")
        table.add_row(printable(view.plan.items[item]), word, view.loaded(item), words)
    hidden = len(view.plan.items) - len(shown)
    return Group(table, Text(view.counts() + (f" ({hidden} are not shown)" if hidden else "")))
