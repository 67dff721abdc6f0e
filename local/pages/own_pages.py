"""Finds the pages that this computer keeps of its runs, so that other pages lead to them."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from functions.runs.history import HistoryRecord
from local.history.files import Files

PAGE = "page.html"
"""Name of the page among the details of an execution."""

PageOf = Callable[[HistoryRecord], str | None]
"""From a record to the address of its page as seen from another page; None where there is no page."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def no_page(record: HistoryRecord) -> None:
    """Of a deployed run: nothing is kept here."""


def own_pages(files: Files, seen_from: Path) -> PageOf:
    """The pages of the history ``files``, by addresses relative to the file ``seen_from``."""
    folder = seen_from.absolute().parent

    def page_of(record: HistoryRecord) -> str | None:
        # A damaged record may have any ID; that of an execution leads out of no folder.
        path = files.details(record.id) / PAGE
        if not _ID.fullmatch(record.id) or not path.is_file():
            return None
        return quote(Path(os.path.relpath(path.absolute(), folder)).as_posix())

    return page_of
