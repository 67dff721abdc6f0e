"""Prints the report of a run or a batch for people, on any width from 60 columns."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from functions.text import printable
from local.report.report import Attempt, Call, RunReport, Step, StepFailure
from local.report.words import (
    cells_of,
    cost_of,
    facts_of,
    loaded,
    name_of,
    path_of,
    problem_of,
    result_of,
    seconds_of,
    time_of_day,
    times,
    waited_for,
)

STYLES = {"SUCCEEDED": "bold green", "RUNNING": "bold cyan"}
"""Of a status; every other one is a failure."""

TIME = 11
"""Columns of a duration: ``24 h 59 min``."""


def show_report(console: Console, report: RunReport) -> None:
    """Print all of it: what happened and what to do first, then how."""
    _show_head(console, report)
    for note in report.notes:
        console.print(Text(printable(note), style="yellow"))
    _show_items(console, report)
    _show_steps(console, report)
    _show_table(console, "Prompts", [list(cells_of(answer)) for answer in report.prompts], report.prompts_left_out)
    _show_table(console, "Job", ([time_of_day(s.at), f"{s.name} ({s.status}){times(s.times)}"] for s in report.job))
    _show_table(
        console,
        "Waits",
        ([time_of_day(w.at), seconds_of(w.seconds), f"for {waited_for(w)}"] for w in report.waits),
    )
    _show_table(console, "Cleaned up", ([time_of_day(c.at), c.what, c.how] for c in report.cleaned_up))
    _show_end(console, report)


def _show_head(console: Console, report: RunReport) -> None:
    run = report.run
    title = Text(printable(name_of(run)), style="bold")
    title.append("  ").append(printable(run.status), STYLES.get(run.status, "bold red"))
    title.append(f"  {loaded(run)}")
    console.print(title)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in chain(facts_of(report), problem_of(report)):
        grid.add_row(label, printable(value))
    console.print(grid)


def _show_items(console: Console, report: RunReport) -> None:
    rows = [
        [
            item.item or item.id,
            f"{item.status} ({loaded(item)})",
            seconds_of(item.duration_seconds),
            item.error or "",
            item.id,
        ]
        for item in report.items
    ]
    for other in report.not_run:
        because = f" because of {other.because}" if other.because else ""
        rows.append([other.name, f"{other.outcome}{because}", "", "", ""])
    _show_table(console, "Items", rows)


# -- steps ------------------------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    """A line of the list of steps: what, how long, and a short note such as an HTTP status."""

    what: str
    time: str
    note: str = ""
    style: str = ""


def _show_steps(console: Console, report: RunReport) -> None:
    attempts = {attempt.number: attempt for attempt in report.attempts}
    rows: list[_Row | StepFailure] = []
    shown: int | None = None
    for step in report.steps:
        if step.attempt not in (None, shown) and step.attempt in attempts and len(attempts) > 1:
            rows.append(_row_of_attempt(attempts[step.attempt]))
        shown = step.attempt or shown
        rows += _rows_of_step(step)
    if rows:
        console.print()
    notes = max((len(row.note) for row in rows if isinstance(row, _Row)), default=0)
    for row in rows:
        if isinstance(row, StepFailure):
            said = Text(f"{printable(row.error)}: {printable(row.cause)}", style="red")
            console.print(Padding(said, (0, 0, 0, 4), expand=False))
        else:
            _show_row(console, row, notes)


def _show_row(console: Console, row: _Row, notes: int) -> None:
    room = max(20, console.width - TIME - notes - 3)
    what = Text(printable(row.what), style=row.style)
    what.truncate(room, overflow="ellipsis", pad=True)
    note = Text(f"  {printable(row.note)}" if row.note else "", style=row.style)
    console.print(Text.assemble(what, f" {row.time:>{TIME}}", note), soft_wrap=True)


def _rows_of_step(step: Step) -> Iterator[_Row | StepFailure]:
    waiting = f" ({seconds_of(step.waited_seconds)} of it waiting)" if step.waited_seconds else ""
    yield _Row(f"{step.state}{times(step.times)}{waiting}", seconds_of(step.seconds), style="cyan")
    yield from map(_row_of_call, step.calls)
    if step.calls_left_out:
        yield _Row(f"    and {step.calls_left_out} more requests", "", style="dim")
    yield from step.failures


def _row_of_attempt(attempt: Attempt) -> _Row:
    end = f": {attempt.end}" if attempt.end else ""
    error = f", {attempt.error}" if attempt.error else ""
    return _Row(f"Attempt {attempt.number}{end}{error}", seconds_of(attempt.seconds), style="bold")


def _row_of_call(call: Call) -> _Row:
    """IDs are not known; what stands for them takes less room as an ellipsis."""
    style = "red" if call.error else "dim"
    return _Row(f"    {call.method} {path_of(call)}", f"{call.ms} ms", result_of(call), style)


# -- the rest ---------------------------------------------------------------------------------------------------------


def _show_end(console: Console, report: RunReport) -> None:
    lines = []
    if (cost := cost_of(report)) is not None:
        lines.append(cost)
    if report.console:
        lines.append(f"Console: {report.console}")
    if lines:
        console.print()
    for line in lines:
        console.print(line, soft_wrap=True)


def _show_table(console: Console, title: str, rows: Iterable[list[str]], left_out: int = 0) -> None:
    """Rows below a title; nothing without rows."""
    found = list(rows)
    if not found:
        return
    console.print()
    console.print(Text(title, style="bold"))
    table = Table.grid(padding=(0, 2))
    for _ in found[0]:
        table.add_column(overflow="fold")
    for row in found:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console.print(table)
    if left_out:
        console.print(f"and {left_out} more")
