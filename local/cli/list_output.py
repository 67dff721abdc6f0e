"""Prints the datamarts of a server for people: a table for each project."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from functions.prompts.prompt import is_required, names_of
from functions.text import one_line
from local.server_access.datamart_list import ListedDatamart

COLUMNS = (("datamart", 3), ("folder", 4), ("table", 3), ("load", None), ("prompts (* required)", 4))
"""Headers, and the shares of the width that they have; None for as much as it needs."""

UNREAD = "?"
"""In the place of what this account may not read."""


@dataclass(frozen=True)
class Listing:
    """What was found."""

    datamarts: list[ListedDatamart]

    def as_json(self) -> dict[str, Any]:
        """``{"datamarts": […]}``"""
        return {"datamarts": [each.as_json() for each in self.datamarts]}


def show(console: Console, listing: Listing, notes: list[str]) -> None:
    """Print a row for each datamart. Names come from a server, so nothing in them is treated as markup."""
    by_project: dict[str, list[ListedDatamart]] = {}
    for each in listing.datamarts:
        by_project.setdefault(each.project.name or each.project.id, []).append(each)
    for project, datamarts in by_project.items():
        count = f"{len(datamarts)} datamart{'' if len(datamarts) == 1 else 's'}"
        console.print(Text(one_line(f"{project}: {count}"), "bold"))
        console.print(_table(datamarts))
        console.print()
    for note in notes:
        console.print(Text(one_line(f"Note: {note}"), "yellow"))
    found = "" if by_project else "There is no datamart that this account may see. "
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
    return listed.datamart.name, listed.datamart.path, *written, _prompts(listed)


def _prompts(listed: ListedDatamart) -> str:
    """Their titles; one that must be answered has an asterisk."""
    if listed.prompts is None:
        return UNREAD
    return ", ".join(names_of(each)[0] + ("*" if is_required(each) else "") for each in listed.prompts)
