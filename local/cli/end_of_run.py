"""Shows the end of what one file has started: its report, and what to do next."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.text import Text

from functions.runs.history import HistoryRecord
from functions.text import one_line
from local.cli import run_output
from local.cli.show_output import show_head, show_prompts
from local.cli.steps_output import WIDEST
from local.errors import CannotGoOn
from local.history.files import Files
from local.outcome import Outcome
from local.report.assemble import assembled
from local.report.report import RunReport
from local.report.sentence import items_left, repetition
from local.report.this_computer import ThisComputer

PROGRAM = "datamart"

MOST_ITEMS = 3
"""Items of a batch that are named, with the command of each; ``datamart show`` has all."""

LONGEST, LONGEST_WORDS = 600, 50
"""Characters of the line about an item, and of the words beside its command."""

REPORTED = ("SUCCEEDED", "FAILED", "TIMED_OUT")
"""Statuses whose report says all; of a run that a signal stopped the outcome says what is left on the server."""


def report_of(outcome: Outcome, files: Files) -> RunReport | None:
    """The report of an execution that the history of this computer keeps; None where it could not be written."""
    source = ThisComputer(files)
    try:
        record = source.find(outcome.execution_arn)
        return assembled(record, source.kept(record), source.items(record) if record.kind == "batch" else ())
    except CannotGoOn:
        return None


def show_end(console: Console, outcome: Outcome, report: RunReport | None) -> None:
    """How it ended: what is known of a run, or the sentences of its outcome."""
    if report is None or report.run.kind == "batch" or outcome.status not in REPORTED:
        run_output.show_outcome(console, outcome)
        _show_items_left(console, [] if report is None else items_left(report))
        return
    console.print()
    show_head(console, report)
    show_prompts(console, report)


def _show_items_left(console: Console, items: Sequence[HistoryRecord]) -> None:
    """Why follow-ups of loaded items are not done: the batch may have succeeded all the same."""
    for item in items[:MOST_ITEMS]:
        why = f"{item.item or item.id}: {item.error or item.status}: {item.cause or ''}"
        console.print(Text(one_line(why, LONGEST)), soft_wrap=True)
    if len(items) > MOST_ITEMS:
        console.print(f"And {len(items) - MOST_ITEMS} more items whose follow-ups are not all done.", soft_wrap=True)


def show_next(
    console: Console,
    run: HistoryRecord,
    page: Path | None = None,
    library_url: str | None = None,
    items: Sequence[HistoryRecord] = (),
) -> None:
    """The commands that go on from here, each with what it does; and the ``page`` that was written of it, if any.

    ``library_url``: the real server that it ran on. A repetition that does not name it would run on the simulator.
    ``items``: of a batch, those of :func:`local.report.sentence.items_left`.
    """
    console.print()
    console.print(Text("What next", style="bold"))
    lines = [*_next(run, library_url, items), *([(str(page), "its page, for a browser")] if page is not None else [])]
    longest = max(len(command) for command, _ in lines)
    beside = [f"  {command:<{longest}}  {words}" for command, words in lines]
    below = [line for command, words in lines for line in (f"  {words}", f"    {command}")]
    for line in beside if max(map(len, beside)) <= min(console.width, WIDEST) else below:
        console.print(line, soft_wrap=True)


def _next(run: HistoryRecord, library_url: str | None, items: Sequence[HistoryRecord]) -> Iterator[tuple[str, str]]:
    """Commands, each with what it does."""
    program = program_name()
    server = "" if library_url is None else f" --library-url {quote(library_url)}"
    yield f"{program} show {run.id}", "all that is known of it"
    for item in items[:MOST_ITEMS]:
        yield (
            f"{program} rerun {item.id} --follow-ups{server}",
            one_line(f"what is to follow {item.item}", LONGEST_WORDS),
        )
    if run.status == "SUCCEEDED":
        yield f"{program} runs", "what has run so far"
        return
    yield f"{program} show {run.id} --log-failed", "what the failed step logged"
    if (found := repetition(run)) is not None:
        words, options = found
        yield f"{program} rerun {run.id}{options}{server}", words.lower()


def program_name() -> str:
    """How this program was called, where its folder is on no path."""
    called = Path(sys.argv[0])
    return PROGRAM if called.name != PROGRAM or shutil.which(PROGRAM) else str(called)
