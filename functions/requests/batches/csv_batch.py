"""A batch as CSV: a line an item. Columns are keys of an item or prompts; a cell is the answer of a prompt, as text.

``name``, ``after``, ``job``, ``asOf`` and the keys of a request that take one value are columns by these names; any
other column is the prompt of that name, and ``prompt:NAME`` always is. Several names in ``after`` have ``|`` between.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.batches.items import REQUEST_KEYS
from functions.requests.batches.problems import Problems
from functions.requests.batches.schema import ITEM_KEYS, MOST_ITEMS
from functions.requests.request import SCHEMA
from functions.similar_names import folded, similar
from functions.text import one_line, quoted

DELIMITERS = (",", ";", "\t")

BETWEEN_NAMES = "|"
"""What is between the names of a cell in ``after``."""

OF_A_PROMPT = "prompt:"
"""How the header of a column may begin whose prompt is called like a key, or nearly so."""

MOST_COLUMNS = 250
"""Columns of a file: a request may answer 200 prompts."""

NEARLY = 0.85
"""Likeness from which a column is taken for a misspelled key: its prompt would be answered with the value of a key."""

Row = tuple[int, list[str]]
"""The number of a row's first line, and its cells."""


@dataclass(frozen=True)
class Column:
    """A column: a ``key`` of an item, or the ``prompt`` of that name."""

    key: str | None = None
    prompt: str | None = None


def items_of_csv(text: str, where: str) -> tuple[list[dict[str, Any]], list[int]]:
    """The items as a batch in JSON has them, and the line of each.

    Raises
    ------
    InvalidRequest
        With the line of each cell that cannot be read.
    """
    problems = Problems(where)
    rows = _rows(text, _delimiter(text, where), where)
    line, header = next(rows, (0, []))
    if not header:
        raise InvalidRequest(f"{where}: is empty; a header and a line for each item are expected.")
    columns = _columns(line, header, problems)
    problems.raise_if_any()
    items: list[dict[str, Any]] = []
    lines: list[int] = []
    for line, cells in rows:
        if len(items) == MOST_ITEMS:
            raise InvalidRequest(
                f"{where}: has more than {MOST_ITEMS} items (line {line}); make several batches of it."
            )
        if any(cell.strip() for cell in cells[len(columns) :]):
            problems.add(
                f"line {line}: has {len(cells)} cells, and the header has {len(columns)}; put cells that contain the "
                "separator in double quotes."
            )
            continue
        items.append(_item(line, columns, cells, problems))
        lines.append(line)
    problems.raise_if_any()
    if not items:
        raise InvalidRequest(f"{where}: has no items; below the header a line for each item is expected.")
    return items, lines


def _rows(text: str, delimiter: str, where: str) -> Iterator[Row]:
    """The rows that are not blank. Raises InvalidRequest where quotes do not match."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise InvalidRequest(
                f"{where}: line {line}: {_in_words(str(problem))}. A cell with quotes in it is put in double quotes, "
                "and each of its own is doubled."
            ) from None
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _in_words(problem: str) -> str:
    if "end of data" in problem:
        return "a double quote opens a cell and none closes it"
    if "expected after" in problem:
        return "text follows the double quote that closes a cell"
    return one_line(problem)


def _delimiter(text: str, where: str) -> str:
    """The one by which most cells of the header are keys; where that does not tell, by which it has most cells."""

    def fit(delimiter: str) -> tuple[int, int]:
        try:
            _, header = next(_rows(text, delimiter, where), (0, []))
        except InvalidRequest:  # quotes that match only with another delimiter
            return 0, 0
        return sum(cell.strip() in KEYS for cell in header), len(header)

    return max(DELIMITERS, key=fit)


def _columns(line: int, header: list[str], problems: Problems) -> list[Column]:
    """What each column is; empty cells at the end of the header are left out."""
    names = [cell.strip() for cell in header]
    while not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        problems.add(f"line {line}: the header has {len(names)} columns, and {MOST_COLUMNS} are allowed.")
        return []
    first: dict[str, int] = {}
    columns = []
    for number, name in enumerate(names, 1):
        try:
            column = _column(name)
            same = first.setdefault(_identity(column), number)
            if same != number:
                raise InvalidRequest(f"is the column {same} too. Remove one of them.")
            columns.append(column)
        except InvalidRequest as problem:
            problems.add(f"line {line}: column {number} ({quoted(name, 80)}): {problem}")
    return columns


def _identity(column: Column) -> str:
    return f"key {column.key}" if column.prompt is None else f"prompt {folded(column.prompt)}"


def _column(name: str) -> Column:
    """What a column is. Raises InvalidRequest for a name that may mean two things."""
    if name in KEYS:
        return Column(key=name)
    if name.startswith(OF_A_PROMPT):
        name = name.removeprefix(OF_A_PROMPT).strip()
    elif name in (*REQUEST_KEYS, *ITEM_KEYS):
        raise InvalidRequest("cannot be a column: its value is an object or a list. Write the batch as JSON.")
    elif near := similar(name, KEYS, cutoff=NEARLY):
        raise InvalidRequest(
            f"is nearly the key {near[0]}. Write {near[0]}, or {OF_A_PROMPT}{name} for a prompt of that name."
        )
    if not name:
        raise InvalidRequest("has no name; name the key or the prompt whose values it holds, or remove the column.")
    return Column(prompt=name)


def _item(line: int, columns: list[Column], cells: list[str], problems: Problems) -> dict[str, Any]:
    """An item without the keys and prompts whose cells are empty."""
    item: dict[str, Any] = {}
    prompts = []
    for column, cell in zip(columns, cells, strict=False):
        if not cell.strip():
            continue
        if column.key is None:
            prompts.append({"name": column.prompt, "answers": cell})
            continue
        try:
            item[column.key] = KEYS[column.key](cell.strip())
        except ValueError as problem:
            problems.add(f"line {line}: {column.key}: {quoted(cell, 80)} is not {problem}.")
    return item | {"prompts": prompts} if prompts else item


def _whole_number(cell: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", cell):
        raise ValueError("a whole number")
    return int(cell)


def _boolean(cell: str) -> bool:
    if cell.lower() not in ("true", "false"):
        raise ValueError("true or false")
    return cell.lower() == "true"


def _names(cell: str) -> list[str]:
    return [name.strip() for name in cell.split(BETWEEN_NAMES) if name.strip()]


Reader = Callable[[str], Any]
"""The value in a cell, without blanks around it. Raises ValueError: what is expected there."""

_OF_TYPE: dict[str, Reader] = {"integer": _whole_number, "boolean": _boolean, "string": str}


def _readers() -> dict[str, Reader]:
    """How the cells of each key are read; the keys that take one value are the request's schema's."""
    rules = SCHEMA.rules["properties"]
    simple: dict[str, Reader] = {
        key: _OF_TYPE[rules[key].get("type", "string")] for key in REQUEST_KEYS if _takes_one_value(rules[key])
    }
    own: dict[str, Reader] = {"name": str, "after": _names, "job": str, "asOf": str}
    return own | simple


def _takes_one_value(rule: dict[str, Any]) -> bool:
    kinds = [rule, *rule.get("anyOf", [])]
    return "enum" in rule or any(kind.get("type") in _OF_TYPE for kind in kinds)


KEYS = _readers()
"""How the cells of a column are read, by the key that it is called like."""
