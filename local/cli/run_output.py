"""Prints a run for people: states, outcome, REST calls, first rows."""

import contextlib
import re
import time
from collections.abc import Iterator
from typing import Any, TextIO
from urllib.parse import unquote

from rich.console import Console
from rich.table import Table
from rich.text import Text

from functions.names import is_batch
from functions.text import duration
from local.cli.console import console_for
from local.cli.live_table import LiveTable
from local.outcome import OnState, Outcome

ROWS = 10

WIDEST_NAME = 30
"""Columns that the name of a batch's item may take."""

_ID = re.compile(r"\b([0-9A-F]{4})[0-9A-F]{24}([0-9A-F]{4})\b")


class Progress:
    """The states of a run, live on a terminal and line by line elsewhere. A context manager.

    Repeated states (a poll) are counted in the line of their first time.
    """

    names_runs = False
    """Whether lines about a run begin with its name."""

    def __init__(self, stream: TextIO) -> None:
        self.console = console_for(stream)
        self._seconds: dict[str, float] = {}
        self._times: dict[str, int] = {}
        self._current: tuple[str, float] | None = None
        self._live = LiveTable(self.console)

    def __enter__(self) -> "Progress":
        self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._leave(time.time())
        self._live.update(self._table)
        self._live.stop()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let others write to the terminal; afterwards a new table continues below their output."""
        with self._live.paused():
            try:
                yield
            finally:
                self._seconds, self._times = {}, {self._current[0]: 1} if self._current else {}

    def of(self, name: str) -> OnState:
        """What the run reports its states to."""
        return self.entered

    def entered(self, state: str, at: float) -> None:
        """A state was entered at ``at`` (seconds since the epoch)."""
        self._leave(at)
        self._times[state] = self._times.get(state, 0) + 1
        self._current = (state, at)
        self._live.update(self._table)

    def _leave(self, at: float) -> None:
        if self._current is None:
            return
        state, since = self._current
        self._current = None
        self._seconds[state] = self._seconds.get(state, 0.0) + max(0.0, at - since)
        if not self.console.is_terminal and state not in INSTANT:
            self.console.print(f"{state:<20} {max(0.0, at - since):6.2f} s")

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for state, times in self._times.items():
            if state in INSTANT:
                continue
            now = self._current is not None and self._current[0] == state
            count = f" ×{times}" if times > 1 else ""
            seconds = f"{self._seconds.get(state, 0.0):6.2f} s" if not now else "     …"
            table.add_row(Text(f"{state}{count}", style="bold cyan" if now else "green"), seconds)
        return table


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


HOW = {"answers": "answered", "default": "its default", "closed": "left open"}
"""How a prompt was answered, in words."""


def show_outcome(console: Console, outcome: Outcome, name: str = "") -> None:
    """How the run ended, in plain words; its ``name`` in front of each line, if there are several."""
    console.print()
    for line in _lines_about(outcome):
        console.print(*([Text(f"{name}:", style="bold")] if name else []), *line)


def _lines_about(outcome: Outcome) -> Iterator[tuple[Any, ...]]:
    if outcome.execution_arn and is_batch(outcome.execution_arn):
        yield from _lines_about_batch(outcome)
        return
    if outcome.status == "SUCCEEDED" and outcome.output is None:
        yield ("The event starts nothing.",)
    elif outcome.status == "SUCCEEDED" and outcome.output.get("skipped"):
        yield Text("SUCCEEDED", style="bold green"), "loaded: no"
        yield ("Skipped, because another run had the datamart.",)
    elif outcome.status == "SUCCEEDED":
        output = outcome.output
        target = output["target"] or {}
        where = target.get("table") or "its table (the definition may not be read)"
        how = "appended to" if target.get("append") else "replaced"
        name = (output["datamart"] or {}).get("name") or (output["datamart"] or {}).get("id")
        yield Text("SUCCEEDED", style="bold green"), f"loaded: {output['loaded']}"
        yield (f"Datamart {name}: {where} was {how} in {output['durationSeconds']:.1f} s, {output['polls']} polls.",)
        for prompt in output["promptsAnswered"]:
            yield (f"Prompt {prompt['name']}: {HOW[prompt['how']]}",)
        if output["saved"]:
            yield (f"The definition was saved as {output['saved']['objectId']}.",)
    else:
        yield Text(outcome.status, style="bold red"), outcome.error or ""
        yield (outcome.cause or "",)


def _lines_about_batch(outcome: Outcome) -> Iterator[tuple[Any, ...]]:
    style = "bold green" if outcome.status == "SUCCEEDED" else "bold red"
    counts = (outcome.output or {}).get("counts")
    said = f"loaded: {counts.get('loaded', 0)} of {counts['items']} items" if counts else ""
    yield Text(outcome.status, style=style), outcome.error or "", said
    if outcome.status == "SUCCEEDED":
        yield (f"Took {duration(outcome.output['durationSeconds'])}.",)
    else:
        yield (outcome.cause or "",)


def show_requests(console: Console, requests: list[dict[str, Any]]) -> None:
    """The REST calls that the server saw."""
    table = Table(title=f"{len(requests)} REST calls", title_justify="left", box=None, padding=(0, 1))
    table.add_column("method", no_wrap=True, min_width=len("DELETE"))
    table.add_column("path", no_wrap=True, overflow="ellipsis")
    table.add_column("status", justify="right", no_wrap=True, min_width=len("cut off"))
    table.add_column("ms", justify="right", no_wrap=True, min_width=len("123.4"))
    for request in requests:
        path = _ID.sub(r"\1…\2", unquote(request["path"].partition("/api")[2]))
        status = "cut off" if request["status"] is None else str(request["status"])
        table.add_row(request["method"], path, status, f"{request['milliseconds']:.1f}")
    console.print()
    console.print(table)


def show_rows(console: Console, name: str, rows: list[dict[str, Any]]) -> None:
    """The first rows of the table that the datamart wrote."""
    console.print()
    if not rows:
        console.print(f"{name} has no rows.")
        return
    table = Table(title=f"{name}, the first {len(rows)} rows", title_justify="left", box=None, padding=(0, 1))
    for column, value in rows[0].items():
        table.add_column(column, justify="right" if isinstance(value, (int, float)) else "left")
    for row in rows:
        table.add_row(*(f"{v:,.2f}" if isinstance(v, float) else str(v) for v in row.values()))
    console.print(table)
