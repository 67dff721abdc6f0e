"""Finds the citations of documents in code and documents, and says what is wrong with each.

A citation is the end of a document's path, as much of it as names one document, and a heading: the heading's number
(API.md 8.4) or its words in quotes (DESIGN.md "Stopping"). Several headings may follow one path: API.md 7.2 to 7.4, or
API.md 4, 5.1 and 7. What is not a heading, such as a row of a table, follows after a comma.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]

CITED = ("API.md", "DESIGN.md", "PLATFORM.md")
"""Names of the documents that are cited by heading."""

SOURCES = (".py", ".md", ".json", ".toml", ".yaml", ".yml")

NUMBER = r"\d+(?:\.\d+)*"
GAP = r"(?: |[ \t]*\n[ \t]*(?:# |> )?)"
"""A blank, or a line break with the marks of a comment or a quotation."""

HEADING = rf'(?:{NUMBER}(?![\w#])|"[^"]+")'
CITATION = re.compile(
    rf"(?<![\w./-])(?P<path>(?:[\w-]+/)*(?:{'|'.join(map(re.escape, CITED))}))\b"
    rf"(?P<headings>{GAP}{HEADING}(?:(?:,|{GAP}(?:to|and|or)){GAP}{HEADING})*)?"
)


@dataclass(frozen=True)
class Citation:
    """``path`` and ``headings`` as they are written; ``where`` is the file and the line."""

    where: str
    path: str
    headings: tuple[str, ...]


def tracked(*suffixes: str) -> list[Path]:
    """The repository's files with these suffixes, also those that are not committed yet."""
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    paths = [ROOT / name for name in sorted(names)]
    return [path for path in paths if path.suffix in suffixes and path.is_file()]


def citations(path: Path, text: str) -> Iterator[Citation]:
    """The citations in a file's text. A document that names another as a whole does not cite it."""
    for found in CITATION.finditer(text):
        headings = tuple(" ".join(one.split()) for one in re.findall(HEADING, found["headings"] or ""))
        if headings or path.suffix != ".md":
            line = text.count("\n", 0, found.start()) + 1
            yield Citation(f"{path}:{line}", found["path"], headings)


def documents() -> dict[Path, list[str]]:
    """The headings of every document that is cited by heading."""
    return {path: headings_of(path.read_text("utf-8")) for path in tracked(".md") if path.name in CITED}


def headings_of(text: str) -> list[str]:
    """The headings of a document, without their marks."""
    without_code = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [found[1].strip() for found in re.finditer(r"^#+ (.+)$", without_code, flags=re.MULTILINE)]


def problem(citation: Citation, known: dict[Path, list[str]]) -> str | None:
    """Why a citation leads nowhere, or None."""
    wanted = citation.path.split("/")
    found = [path for path in known if list(path.parts[-len(wanted) :]) == wanted]
    if len(found) != 1:
        return f"{citation.where}: {len(found)} documents have a path that ends in {citation.path}; one is expected"
    if not citation.headings:
        return f"{citation.where}: {citation.path} is cited without a heading"
    for heading in citation.headings:
        if not any(_is(heading, one) for one in known[found[0]]):
            return f"{citation.where}: {citation.path} has no heading {heading}"
    return None


def _is(cited: str, heading: str) -> bool:
    if cited.startswith('"'):
        words = re.sub(r" [#>] ", " ", cited.strip('"'))
        return words == re.sub(rf"^{NUMBER}\.? ", "", heading)
    return re.match(rf"{re.escape(cited)}\.? ", heading) is not None
