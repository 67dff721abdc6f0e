"""The page that ``datamart run`` writes of what it ran, beside the details in the history of this computer."""

from pathlib import Path

from local.errors import CannotGoOn
from local.history.files import Files
from local.pages.page import page_of, write_page
from local.report.assemble import assembled
from local.report.this_computer import ThisComputer

PAGE = "page.html"
"""Its name; the history forgets it with the details."""


def keep_page(files: Files, run: str) -> Path | None:
    """Write the page of a run or a batch that the history keeps, and say where.

    None where the history has no details of it, or the file cannot be written: no run fails because of its page.

    Parameters
    ----------
    run
        The ID or the ARN of its execution.
    """
    source = ThisComputer(files)
    try:
        record = source.find(run)
        path = files.details(record.id) / PAGE
        items = source.items(record) if record.kind == "batch" else []
        write_page(path, page_of(assembled(record, source.kept(record), items)))
    except CannotGoOn:
        return None
    return path
