"""Finds the command lines in documents, and says what in them does not exist."""

import re
from collections.abc import Iterator

from infra.documents.command_tables import commands
from tests.unit.documents.citations import ROOT

CODE = re.compile(r"^```\n(?P<block>.*?)^```|(?<!`)`(?P<span>[^`\n]+)`", re.MULTILINE | re.DOTALL)
"""Blocks of code without a language, and code within a line."""

MAKE = re.compile(r"(?:^ *|&& )make((?: [A-Z_]+=\S+| [a-z]+)+)", re.MULTILINE)
DATAMART = re.compile(r"^ *(?:[.]venv/bin/)?datamart ([a-z][a-z-]+)([^\n]*)", re.MULTILINE)


def code_in(text: str) -> Iterator[str]:
    """Each piece of code in a document, without the comments behind its lines."""
    for found in CODE.finditer(text):
        yield re.sub(r"(?m)(?:^|(?<=\s))#.*$", "", found["block"] or found["span"] or "")


def make_lines(text: str) -> list[list[str]]:
    """The words behind each ``make``: targets and ``NAME=value``."""
    return [found[1].split() for code in code_in(text) for found in MAKE.finditer(code)]


def datamart_lines(text: str) -> list[tuple[str, str]]:
    """Command and arguments of each ``datamart``."""
    return [(found[1], found[2]) for code in code_in(text) for found in DATAMART.finditer(code)]


def unknown_in(text: str) -> Iterator[str]:
    """What the command lines of a document name and the Makefile or the command line does not know."""
    targets, variables = _targets(), _variables()
    for words in make_lines(text):
        for word in words:
            name, is_variable, _ = word.partition("=")
            if name not in (variables if is_variable else targets):
                yield f"make {' '.join(words)}: unknown {name}"
    for command, rest in datamart_lines(text):
        if command not in commands():
            yield f"datamart {command}: unknown command"
            continue
        options = commands()[command]._option_string_actions
        yield from (
            f"datamart {command}: unknown {one}" for one in re.findall(r"--[a-z-]+", rest) if one not in options
        )


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def _variables() -> set[str]:
    return set(re.findall(r"^([A-Z_]+) [?:]=", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
