"""The page that ``datamart run`` writes of what it ran, beside the details in the history of this computer."""

from pathlib import Path

from functions.runs.history import HistoryRecord
from local.errors import CannotGoOn
from local.history.files import Files
from local.pages.own_pages import PAGE, own_pages
from local.pages.page import page_of, write_page
from local.report.assemble import assembled
from local.report.this_computer import ThisComputer


def keep_page(files: Files, run: str) -> Path | None:
    """Write the page of a run or a batch that the history keeps, and say where; of a batch those of its items, too.

    None where the history has no record of it, or the file cannot be written: no run fails because of its page. The
    history forgets it with the details.

    Parameters
    ----------
    run
        The ID or the ARN of its execution.
    """
    source = ThisComputer(files)
    try:
        record = source.find(run)
        items = source.items(record) if record.kind == "batch" else []
        for each in items:
            _keep(source, files, each, [])
        return _keep(source, files, record, items)
    except CannotGoOn:
        return None


def _keep(source: ThisComputer, files: Files, record: HistoryRecord, items: list[HistoryRecord]) -> Path:
    """Write one page. Raises CannotGoOn."""
    path = files.details(record.id) / PAGE
    write_page(path, page_of(assembled(record, source.kept(record), items), own_pages(files, path)))
    return path
