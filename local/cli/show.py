"""``datamart show``: all that is known of a run or a batch."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from functions.notifications.console_link import console_link
from functions.runs.history import HistoryRecord
from local.cli.console import console_for
from local.cli.endings import SUCCEEDED, Ending, failed, finish
from local.cli.show_output import show_report
from local.errors import CannotGoOn
from local.history.files import Files
from local.report.assemble import NOTHING_IN_LOG, NOTHING_KEPT, Kept, assembled, lines_of_failed_step
from local.report.opened import source_of
from local.report.report import RunReport
from local.report.source import Source

NO_LINES = "no step of {name} failed, or it wrote no line to the log."
NOT_KEPT = "the steps and the lines of {name} are not kept any more: {why}."
NO_LOG = "the lines of {name} cannot be read: {why}."


def show(arguments: argparse.Namespace) -> int:
    """Show the run or the batch and return the exit code: 0 shown, 2 unknown run, bad usage, or AWS refused.

    Parameters
    ----------
    arguments
        ``run``, ``stage``, ``log_failed``, ``json``, ``web`` and ``html``, as local/cli/arguments.py parses them.
    """
    try:
        source = source_of(arguments.run, arguments.stage)
        record = source.find(arguments.run)
        if arguments.web:
            if not source.is_deployed:
                raise CannotGoOn("--web: a run of this computer is in no AWS console; give --stage for a deployed run.")
            return finish(Ending(SUCCEEDED, shown=(console_link(record.execution),)))
        if arguments.log_failed:
            return finish(_with_notes(_log_of_failed(source, record), source))
        report = _report(source, record)
        if arguments.html is not None:
            return finish(_with_notes(_page(report, arguments.html, source.is_deployed), source))
    except CannotGoOn as problem:
        return finish(failed("show", problem, str(problem)), arguments.json)
    if not arguments.json:
        show_report(console_for(sys.stdout), report)
    return finish(_with_notes(Ending(SUCCEEDED, report.as_json()), source), arguments.json)


def _with_notes(ending: Ending, source: Source) -> Ending:
    return replace(ending, said=ending.said + source.notes())


def _report(source: Source, record: HistoryRecord) -> RunReport:
    items = source.items(record) if record.kind == "batch" else []
    return assembled(record, source.kept(record), items)


def _page(report: RunReport, path: Path, is_deployed: bool) -> Ending:
    """Write the page. Raises CannotGoOn."""
    # Imported here: they import jinja2, which no other use waits for.
    from local.pages.own_pages import no_page, own_pages
    from local.pages.page import page_of, write_page

    write_page(path, page_of(report, no_page if is_deployed else own_pages(Files(), path)))
    return Ending(SUCCEEDED, shown=(str(path),))


def _log_of_failed(source: Source, record: HistoryRecord) -> Ending:
    """The lines of the step that failed; of a batch those of each item that failed, which standard error names."""
    if record.kind == "run":
        kept = source.kept(record)
        lines = lines_of_failed_step(record, kept)
        return Ending(SUCCEEDED, shown=tuple(lines), said=() if lines else (_no_lines(record, kept),))
    said: list[str] = []
    shown: list[str] = []
    for item in source.items(record):
        if item.status not in ("SUCCEEDED", "RUNNING"):
            kept = source.kept(item)
            lines = lines_of_failed_step(item, kept)
            said.append(f"datamart: {item.item}: {len(lines)} lines of {item.id}" if lines else _no_lines(item, kept))
            shown += lines
    return Ending(SUCCEEDED, shown=tuple(shown), said=tuple(said) or (_no_lines(record, source.kept(record)),))


def _no_lines(record: HistoryRecord, kept: Kept) -> str:
    """Why there are none: that a step failed is known from its events, and what it wrote from the log."""
    name = record.item or record.id
    if not kept.events:
        return f"datamart: {NOT_KEPT.format(name=name, why=kept.why_gone or NOTHING_KEPT)}"
    if not kept.log and record.kind == "run":
        return f"datamart: {NO_LOG.format(name=name, why=kept.why_no_log or NOTHING_IN_LOG)}"
    return f"datamart: {NO_LINES.format(name=name)}"
