"""Writes CSV that is safe to open in a spreadsheet: RFC 4180, and no text cell is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from functions.text import printable

FORMULAS = tuple("=+-@\t\r\n＝＋－＠")
"""How a cell begins that a spreadsheet may take for a formula; the last four are full-width."""

AS_TEXT = "'"
"""In front of such a cell: spreadsheets show what follows it as text."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A line for the header and one for each row, each ended by CR LF; None is an empty cell."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    writer.writerows(map(_cell, row) for row in rows)
    return written.getvalue()


def _cell(value: Any) -> Any:
    """Text as one line without control characters, never a formula; numbers as they are."""
    if not isinstance(value, str):
        return value
    return printable(f"{AS_TEXT}{value}" if value.startswith(FORMULAS) else value)
