"""Every regular expression of the code and of its JSON schemas, with the methods by which it is used.

Read from the source, so that a new one cannot be forgotten: what cannot be read there is an error that names it.
"""

import ast
import importlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from functions.requests import hidden_answers
from functions.requests.connection_secret import text
from local.simulator import routes

ROOT = Path(__file__).parents[3]
CODE, SCHEMAS = ("functions", "local"), ("functions", "local", "infra")

PASSED = {"ELEMENT_ID": {"fullmatch"}, "OBJECT_ID": {"fullmatch"}}
"""Patterns that are handed to a function, with the method that it calls."""

MADE_WHILE_RUNNING: dict[tuple[str, str], Callable[[], list[str]]] = {
    ("functions/requests/connection_secret/text.py", "sign"): lambda: [sign for sign, _ in text._PLACES],
    ("functions/requests/connection_secret/text.py", "f'\\\\s*{sign}'"): lambda: [
        rf"\s*{sign}" for sign, _ in text._PLACES
    ],
    ("functions/requests/hidden_answers.py", "_pattern(value)"): lambda: [
        hidden_answers._pattern(value) for value in ("USA", "a" * (hidden_answers.LONGEST_SHOWN + 1))
    ],
    ("local/simulator/routes.py", "re.sub('\\\\{(\\\\w+)\\\\}', '(?P<\\\\1>[^/]+)', route.path)"): lambda: [
        pattern.pattern for pattern, _ in routes._PATTERNS
    ],
}
"""Patterns that are not constants, by file and expression: all of them, or one of their kind."""

CALLS = ("compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")


@dataclass(frozen=True)
class Found:
    """One expression. ``where`` is its file and name; ``methods`` are those of ``re.Pattern`` that are called."""

    where: str
    pattern: re.Pattern[str]
    methods: frozenset[str]


def every_pattern() -> list[Found]:
    """All of them. Raises LookupError for one that cannot be read from the source."""
    sources = {
        path.relative_to(ROOT).as_posix(): _Source(path)
        for folder in CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
    found = [one for file, source in sources.items() for one in _of_file(file, source, sources)]
    return [*found, *_of_schemas()]


class _Source:
    """A module: its syntax tree, the nodes of it, and the methods of patterns that it calls on each name."""

    def __init__(self, path: Path) -> None:
        self.tree = ast.parse(path.read_text("utf-8"))
        self.nodes = list(ast.walk(self.tree))
        self.methods: dict[str, set[str]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Attribute) and node.attr in CALLS:
                name = ast.unparse(node.value).split(".")[-1]
                self.methods.setdefault(name, set()).add(node.attr)


def _of_file(file: str, here: _Source, sources: dict[str, _Source]) -> Iterator[Found]:
    named = {id(node.value): target.id for node in here.tree.body for target in _targets(node) if _is_call(node.value)}
    for node in here.nodes:
        if not _is_call(node):
            continue
        if id(node) in named:
            name = named[id(node)]
            pattern = getattr(_module(file), name)
            users = [here] if name.startswith("_") else list(sources.values())
            methods = set().union(*(one.methods.get(name, ()) for one in users)) | PASSED.get(name, set())
            if not methods:
                raise LookupError(f"{file}: {name} is used by no method that can be seen; add it to PASSED")
            yield Found(f"{file}: {name}", _of_text(pattern), frozenset(methods))
            continue
        for source in _sources(node.args[0], here, file):
            flags = [keyword.value for keyword in node.keywords if keyword.arg == "flags"]
            flags += [arg for arg in node.args[1:] if ast.unparse(arg).startswith("re.")]
            # The flags are an expression of our own source such as re.IGNORECASE | re.DOTALL.
            value = eval(ast.unparse(flags[0]), {"re": re}) if flags else 0  # noqa: S307
            method = "fullmatch" if node.func.attr == "compile" else node.func.attr
            yield Found(f"{file}: {source}", re.compile(source, value), frozenset({method}))


def _of_text(pattern: re.Pattern[Any]) -> re.Pattern[str]:
    """The same for text where it is for bytes: it takes as long."""
    if isinstance(pattern.pattern, str):
        return pattern
    return re.compile(pattern.pattern.decode("latin-1"), pattern.flags | re.ASCII)


def _targets(node: ast.stmt) -> list[ast.Name]:
    return [target for target in node.targets if isinstance(target, ast.Name)] if isinstance(node, ast.Assign) else []


def _is_call(node: Any) -> bool:
    """Of a function of ``re`` that takes a pattern."""
    called = node.func if isinstance(node, ast.Call) else None
    return (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id == "re"
        and called.attr in CALLS
    )


def _sources(node: ast.expr, here: _Source, file: str) -> list[str]:
    """The pattern, or those that a loop over constants gives to the variable. Raises LookupError."""
    made = MADE_WHILE_RUNNING.get((file, ast.unparse(node)))
    if made is not None:
        return made()
    loops = [one for one in here.nodes if isinstance(one, (ast.For, ast.comprehension))]
    for loop in loops:
        if ast.unparse(loop.target) == ast.unparse(node) and isinstance(loop.iter, ast.Tuple):
            return [str(ast.literal_eval(one)) for one in loop.iter.elts]
    if isinstance(node, ast.Constant):
        return [node.value.decode("latin-1") if isinstance(node.value, bytes) else str(node.value)]
    try:  # of constants of the module
        return [str(eval(ast.unparse(node), dict(vars(_module(file)))))]  # noqa: S307
    except NameError:
        raise LookupError(f"{file}: {ast.unparse(node)} cannot be read; add it to MADE_WHILE_RUNNING") from None


def _module(file: str) -> Any:
    return importlib.import_module(file[:-3].replace("/", "."))


def _of_schemas() -> Iterator[Found]:
    """Fastjsonschema looks for a pattern anywhere in the text."""
    for folder in SCHEMAS:
        for path in sorted((ROOT / folder).rglob("*.schema.json")):
            for source in sorted(set(_in_schema(json.loads(path.read_text("utf-8"))))):
                where = f"{path.relative_to(ROOT).as_posix()}: {source}"
                yield Found(where, re.compile(source), frozenset({"search"}))


def _in_schema(rules: Any) -> Iterator[str]:
    if isinstance(rules, dict):
        if isinstance(rules.get("pattern"), str):
            yield rules["pattern"]
        for inner in rules.values():
            yield from _in_schema(inner)
    elif isinstance(rules, list):
        for inner in rules:
            yield from _in_schema(inner)
