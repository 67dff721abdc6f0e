"""Prints the report of a run or a batch for people, on any width from 60 columns."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from functions.runs.history import HistoryRecord
from functions.text import ELLIPSIS, duration, printable
from local.report.report import Answer, Attempt, Call, RunReport, Step, StepFailure

STYLES = {"SUCCEEDED": "bold green", "RUNNING": "bold cyan"}
"""Of a status; every other one is a failure."""

HOW = {"answers": "answered", "default": "its default", "closed": "left open"}
"""How a prompt was answered, in words."""

HIDDEN, NOT_KNOWN = "(hidden)", "(not known)"

TIME = 11
"""Columns of a duration: ``24 h 59 min``."""

_ID = re.compile(r"\{[a-z]+\}")


def show_report(console: Console, report: RunReport) -> None:
    """Print all of it: what happened and what to do first, then how."""
    _show_head(console, report)
    for note in report.notes:
        console.print(Text(printable(note), style="yellow"))
    _show_items(console, report)
    _show_steps(console, report)
    _show_table(console, "Prompts", [_answer(answer) for answer in report.prompts], report.prompts_left_out)
    _show_table(console, "Job", ([_time(s.at), f"{s.name} ({s.status}){_times(s.times)}"] for s in report.job))
    _show_table(
        console,
        "Waits",
        ([_time(w.at), _seconds(w.seconds), f"for {_waited_for(w.what, w.why)}"] for w in report.waits),
    )
    _show_table(console, "Cleaned up", ([_time(c.at), c.what, c.how] for c in report.cleaned_up))
    _show_end(console, report)


def _show_head(console: Console, report: RunReport) -> None:
    run = report.run
    name = run.datamart or run.job or run.batch or run.id
    title = Text(printable(name), style="bold")
    title.append("  ").append(printable(run.status), STYLES.get(run.status, "bold red"))
    title.append(f"  {_loaded(run)}")
    console.print(title)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in _facts(report):
        grid.add_row(label, printable(value))
    console.print(grid)


def _loaded(run: HistoryRecord) -> str:
    if run.skipped:
        return "skipped: another run had the datamart"
    return f"loaded: {run.loaded}"


def _facts(report: RunReport) -> Iterator[tuple[str, str]]:
    run = report.run
    yield run.kind.capitalize(), run.id
    if run.job:
        yield "Job", run.job + (f", for {run.as_of}" if run.as_of else "")
    if run.kind == "run" and run.batch:
        yield "Batch", f"{run.batch}, item {run.item}" + (f" ({run.batch_run})" if run.batch_run else "")
    if run.counts:
        yield "Items", ", ".join(f"{count} {what}" for what, count in run.counts.items() if what != "items")
    if run.table:
        yield "Table", f"{run.table}, {'rows are added' if run.append else 'replaced'}"
    by = ", ".join(filter(None, (run.trigger, run.started_by)))
    yield "Started", _moment(run.started_at) + (f" ({by})" if by else "")
    if run.reason:
        yield "Reason", run.reason
    if run.duration_seconds is not None:
        yield "Took", _took(run)
    for label, repeated in (("Repeats", run.rerun_of), ("Restarts", run.restart_of)):
        if repeated:
            yield label, repeated
    if report.problem is not None:
        if report.problem.error:
            yield "Error", report.problem.error
        yield "What happened", report.problem.cause
        yield "What to do", report.problem.advice


def _took(run: HistoryRecord) -> str:
    parts = [_seconds(run.duration_seconds)]
    if run.queue_seconds:
        parts.append(f"and {_seconds(run.queue_seconds)} in the queue")
    if run.job_seconds is not None:
        usual = f" (usually {_seconds(run.usual_seconds)})" if run.usual_seconds is not None else ""
        parts.append(f"the load {_seconds(run.job_seconds)}{usual}")
    return ", ".join(parts)


def _show_items(console: Console, report: RunReport) -> None:
    rows = [
        [
            item.item or item.id,
            f"{item.status} ({_loaded(item)})",
            _seconds(item.duration_seconds),
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
    waiting = f" ({_seconds(step.waited_seconds)} of it waiting)" if step.waited_seconds else ""
    yield _Row(f"{step.state}{_times(step.times)}{waiting}", _seconds(step.seconds), style="cyan")
    yield from map(_row_of_call, step.calls)
    if step.calls_left_out:
        yield _Row(f"    and {step.calls_left_out} more requests", "", style="dim")
    yield from step.failures


def _row_of_attempt(attempt: Attempt) -> _Row:
    end = f": {attempt.end}" if attempt.end else ""
    error = f", {attempt.error}" if attempt.error else ""
    return _Row(f"Attempt {attempt.number}{end}{error}", _seconds(attempt.seconds), style="bold")


def _row_of_call(call: Call) -> _Row:
    """IDs are not known; what stands for them takes less room as an ellipsis."""
    status = "no response" if call.status is None else str(call.status)
    retried = f" ({call.retries} retried)" if call.retries else ""
    path = _ID.sub(ELLIPSIS, call.path)
    style = "red" if call.error else "dim"
    return _Row(f"    {call.method} {path}", f"{call.ms} ms", f"{status}{_times(call.times)}{retried}", style)


# -- the rest ---------------------------------------------------------------------------------------------------------


def _answer(answer: Answer) -> list[str]:
    unseen = HIDDEN if answer.is_logged else NOT_KNOWN
    values = unseen if answer.values is None else ", ".join(answer.values)
    more = f" and {answer.more} more" if answer.more else ""
    return [answer.name, f"{values}{more}" if answer.how != "closed" else "", HOW.get(answer.how, answer.how)]


def _waited_for(what: str, why: str | None) -> str:
    words = {"queue": "its turn in the queue", "next attempt": "another attempt", "people": "people's answers"}
    return words.get(what, what) + (f": {why}" if why else "")


def _show_end(console: Console, report: RunReport) -> None:
    lines = []
    if report.cost is not None:
        cents = f"{100 * report.cost.usd:.3f} US cents"
        counts = f"{report.cost.transitions} transitions, {report.cost.lambda_calls} function calls"
        lines.append(f"Cost{' without its runs' if report.run.kind == 'batch' else ''}: {cents}, {counts}")
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


def _seconds(seconds: float | None) -> str:
    """``0.04 s``, ``25 min``; a dash for what goes on."""
    if seconds is None:
        return "…"
    return f"{seconds:.2f} s" if seconds < 60 else duration(seconds)


def _times(times: int) -> str:
    return f" ×{times}" if times > 1 else ""


def _moment(timestamp: str) -> str:
    """In the time zone of this computer, with its offset: ``2026-11-27 06:00:00 +0100``."""
    return f"{_local(timestamp):%Y-%m-%d %H:%M:%S %z}"


def _time(timestamp: str) -> str:
    """The same without day and offset: ``06:00:00``."""
    return f"{_local(timestamp):%H:%M:%S}"


def _local(timestamp: str) -> datetime:
    return datetime.fromisoformat(timestamp).astimezone()
