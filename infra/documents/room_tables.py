"""Tables of the packages and modules of a folder, from the first lines of their docstrings."""

import ast
import re
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from infra.documents.blocks import ROOT
from infra.documents.markdown import table


def room_table(folder: Path) -> str:
    """A row for each package directly in ``folder``, importers before what they import, then one for each module."""
    modules = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
    rows = [*_rows(_from_the_top(folder), "/__init__.py"), *_rows(modules, "")]
    return table(("folder or file", "what is in it"), rows)


def _from_the_top(folder: Path) -> list[Path]:
    """The packages of ``folder``, each before those that it imports; by name where neither imports the other."""
    packages = {path.parent.name: path.parent for path in sorted(folder.glob("*/__init__.py"))}
    prefix = ".".join(folder.relative_to(ROOT).parts)
    importers: dict[str, set[str]] = {name: set() for name in packages}
    for name, package in packages.items():
        for other in _imported(package, prefix) & packages.keys() - {name}:
            importers[other].add(name)
    sorter = TopologicalSorter(importers)
    sorter.prepare()
    sorted_packages: list[Path] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        sorted_packages += [packages[name] for name in ready]
        sorter.done(*ready)
    return sorted_packages


def _imported(package: Path, prefix: str) -> set[str]:
    """Names of the packages below ``prefix`` that the modules of a package import."""
    line = re.compile(rf"^ *from {re.escape(prefix)}\.(\w+)|^ *from {re.escape(prefix)} import (\w+)", re.MULTILINE)
    texts = (path.read_text("utf-8") for path in package.rglob("*.py"))
    return {one or other for text in texts for one, other in line.findall(text)}


def _rows(paths: Iterable[Path], docstring_in: str) -> Iterator[tuple[str, str]]:
    for path in paths:
        name = path.name if path.suffix else f"{path.name}/"
        yield f"[{name}]({name})", _first_line(Path(f"{path}{docstring_in}"))


def _first_line(module: Path) -> str:
    docstring = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
    return docstring.partition("\n")[0].replace("``", "`")
