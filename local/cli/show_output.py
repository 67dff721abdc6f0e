"""Prints the report of a run or a batch for people, on any width from 60 columns."""

from collections.abc import Iterable
from itertools import chain

from rich.console import Console
from rich.table import Table
from rich.text import Text

from functions.text import printable
from local.cli.steps_output import lines_of_steps
from local.report.report import RunReport
from local.report.words import (
    cells_of,
    cost_of,
    facts_of,
    loaded,
    name_of,
    problem_of,
    seconds_of,
    time_of_day,
    times,
    waited_for,
)

STYLES = {"SUCCEEDED": "bold green", "RUNNING": "bold cyan"}
"""Of a status; every other one is a failure."""


def show_report(console: Console, report: RunReport) -> None:
    """Print all of it: what happened and what to do first, then how."""
    show_head(console, report)
    for note in report.notes:
        console.print(Text(printable(note), style="yellow"))
    _show_items(console, report)
    _show_steps(console, report)
    show_prompts(console, report)
    _show_table(console, "Job", ([time_of_day(s.at), f"{s.name} ({s.status}){times(s.times)}"] for s in report.job))
    _show_table(
        console,
        "Waits",
        ([time_of_day(w.at), seconds_of(w.seconds), f"for {waited_for(w)}"] for w in report.waits),
    )
    _show_table(console, "Cleaned up", ([time_of_day(c.at), c.what, c.how] for c in report.cleaned_up))
    _show_end(console, report)


def _show_steps(console: Console, report: RunReport) -> None:
    if report.steps:
        console.print()
    attempts = {attempt.number: attempt for attempt in report.attempts}
    for line in lines_of_steps(report.steps, console.width, attempts):
        console.print(line, soft_wrap=True)


def show_prompts(console: Console, report: RunReport) -> None:
    """How each prompt was answered, and with what."""
    _show_table(console, "Prompts", [list(cells_of(answer)) for answer in report.prompts], report.prompts_left_out)


def show_head(console: Console, report: RunReport) -> None:
    """What ran and how it ended; who, what and when; what went wrong and what to do."""
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
