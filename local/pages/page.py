"""The page of a report, whatever it is about, and the file that it is written to."""

from pathlib import Path

from functions import clock
from local.errors import CannotGoOn
from local.history import private_files
from local.pages.batch_page import batch_page
from local.pages.own_pages import PageOf, no_page
from local.pages.run_page import run_page
from local.report.report import RunReport


def page_of(report: RunReport, page_of_item: PageOf = no_page) -> str:
    """The page of a run, or of a batch with the pages of its items, as HTML."""
    if report.run.kind == "batch":
        return batch_page(report, clock.now(), page_of_item)
    return run_page(report, clock.now())


def write_page(path: Path, page: str) -> None:
    """Write a page for its owner alone: it has answers. Raises CannotGoOn where the file cannot be written."""
    try:
        private_files.write(path, page)
    except OSError as problem:
        raise CannotGoOn(
            f'--html: "{path}" cannot be written ({problem.strerror}). Name a file in a folder that exists and that '
            "you may write to."
        ) from None
