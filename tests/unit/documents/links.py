"""Finds the relative links and the paths in documents, and says which of them lead nowhere."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.unit.documents.citations import ROOT, headings_of

LINK = re.compile(r"\[[^\]]*\]\((?!\w+:)([^)\s]+)\)")
PATH = re.compile(
    r"`((?:functions|infra|local|statemachine|events|tests|requirements|decisions)/[\w./-]*[\w/]|[.]ci/run)`"
)
"""A path from the root of the repository, in backticks."""


def broken_links(document: Path, text: str) -> Iterator[str]:
    """The relative links of a document that lead to no file, folder or heading."""
    for target in LINK.findall(_without_code(text)):
        name, _, anchor = target.partition("#")
        found = (document.parent / name).resolve() if name else document
        if not found.exists():
            yield f"{document}: the link {target} leads to no file"
        elif anchor and anchor not in map(_anchor, headings_of(found.read_text("utf-8"))):
            yield f"{document}: the link {target} leads to no heading"


def broken_paths(document: Path, text: str) -> Iterator[str]:
    """The paths in backticks that are not in the repository."""
    for path in PATH.findall(_without_code(text)):
        if not (ROOT / path).exists():
            yield f"{document}: there is no {path}"


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def _anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"[^\w\- ]", "", heading.lower())
    return plain.replace(" ", "-")
