"""Tables of the packages and modules of a folder, from the first lines of their docstrings."""

import ast
from collections.abc import Iterator
from pathlib import Path

from infra.documents.markdown import table

STAIR = ("handlers", "lifecycle", "notifications", "runs", "prompts", "triggers", "requests", "microstrategy")
"""The packages of functions/: each imports from those behind it, never from those before it."""


def room_table(folder: Path) -> str:
    """A row for each package directly in ``folder``, then one for each module."""
    packages = sorted((path.parent for path in folder.glob("*/__init__.py")), key=_place)
    modules = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
    rows = [*_rows(packages, "/__init__.py"), *_rows(modules, "")]
    return table(("folder or file", "what is in it"), rows)


def _place(package: Path) -> tuple[int, str]:
    return (STAIR.index(package.name) if package.name in STAIR else len(STAIR), package.name)


def _rows(paths: list[Path], docstring_in: str) -> Iterator[tuple[str, str]]:
    for path in paths:
        name = path.name if path.suffix else f"{path.name}/"
        yield f"[{name}]({name})", _first_line(Path(f"{path}{docstring_in}"))


def _first_line(module: Path) -> str:
    docstring = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
    return docstring.partition("\n")[0].replace("``", "`")
