"""Prints the datamarts of a server for people: a table for each folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from functions.prompts.prompt import is_required, names_of
from functions.text import one_line
from local.history.history import status_of
from local.server_access.datamart_list import ListedDatamart

COLUMNS = (("datamart", 3), ("table", 3), ("load", None), ("prompts (* required)", 4), ("last run (UTC)", 3))
"""Headers, and the shares of the width that they have; None for as much as it needs."""

UNREAD = "?"
"""In the place of what this account may not read."""


@dataclass(frozen=True)
class Listing:
    """What was found."""

    datamarts: Sequence[ListedDatamart]

    def as_json(self) -> dict[str, Any]:
        """``{"datamarts": […]}``"""
        return {"datamarts": [each.as_json() for each in self.datamarts]}


def show(console: Console, listing: Listing, notes: list[str]) -> None:
    """Print a row for each datamart. Names come from a server, so nothing in them is treated as markup."""
    by_folder: dict[str, list[ListedDatamart]] = {}
    for each in listing.datamarts:
        by_folder.setdefault(f"{each.project.name or each.project.id}, {each.datamart.path}", []).append(each)
    for folder, datamarts in by_folder.items():
        count = f"{len(datamarts)} datamart{'' if len(datamarts) == 1 else 's'}"
        console.print(Text(one_line(f"{folder}: {count}"), "bold"), soft_wrap=True)
        console.print(_table(datamarts))
        console.print()
    for note in notes:
        console.print(Text(one_line(f"Note: {note}"), "yellow"))
    found = "" if by_folder else "There is no datamart that this account may see. "
    console.print(Text(f"{found}Nothing was executed."))


def _table(datamarts: list[ListedDatamart]) -> Table:
    table = Table(box=None, padding=(0, 1))
    for column, ratio in COLUMNS:
        table.add_column(column, ratio=ratio, overflow="fold", no_wrap=ratio is None)
    for each in datamarts:
        table.add_row(*(Text(one_line(cell)) for cell in _row(each)))
    return table


def _row(listed: ListedDatamart) -> tuple[str, ...]:
    definition = listed.definition
    written = (UNREAD, UNREAD)
    if definition is not None:
        written = (definition.table or "", "appends" if definition.append else "replaces")
    return listed.datamart.name, *written, _prompts(listed), _last(listed)


def _prompts(listed: ListedDatamart) -> str:
    """Their titles; one that must be answered has an asterisk."""
    if listed.prompts is None:
        return UNREAD
    return ", ".join(names_of(each)[0] + ("*" if is_required(each) else "") for each in listed.prompts)


def _last(listed: ListedDatamart) -> str:
    """When its last run began, and how it ended."""
    record = listed.last
    return "" if record is None else f"{record.started_at[:16].replace('T', ' ')} {status_of(record)}"
