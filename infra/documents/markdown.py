"""Markdown tables."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table. Bars in a cell are escaped; a cell is one line."""
    lines = [_row(head), "|" + "---|" * len(head), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """``text`` in backticks."""
    return f"`{text}`"


def either(words: Sequence[str]) -> str:
    """``a, b or c``."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _row(cells: Sequence[str]) -> str:
    return "|" + "".join(f" {' '.join(cell.split())} |".replace("  |", " |") for cell in map(_escaped, cells))


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")
