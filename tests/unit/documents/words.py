"""Finds words that this project does not use, each with the word to use instead (CONTRIBUTING.md "Words").

A reader searches for the words of the field: retry, notification, orphaned job. Every word here was once used in the
place of one of them, or makes a sentence hard to read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.unit.documents.citations import ROOT, tracked

INSTEAD: dict[str, str] = {
    r"(?<!there )(?<!There )\b(?:is|are|was|be) none\b": "is invalid, does not exist",
    r"(?<!there )(?<!There )\b(?:is|are|was) no (?!longer\b|more\b)[a-z]+": "is not a …",
    r"\b[Oo]f which\b": "whose, or a sentence of its own",
    r"\b[Ww]hoever\b": "the caller, the owner",
    r"\bbec(?:ame|omes?) of\b": "the result of, the state of",
    r"\b[Hh]eed(?:s|ed|ing)?\b": "apply, keep to",
    r"\b[Mm]end(?:s|ed|ing)?\b|\bMEND\b": "correct, repair",
    r"\b(?:[Tt]old|[Tt]ells?|[Tt]elling) of\b": "report, notify",
    r"\bworked off\b": "processed",
    r"\b(?:[Hh]e|[Hh]is|[Hh]im)\b": "they, or the subject's name",
    r"\b[Tt]win\b": "emulator",
    r"\bMisfit\b": "InvalidAnswer, SchemaError",
    r"\b[Oo]ccurrences?\b": "trigger event",
    r"\bDoubts?\b|\bin doubt\b": "pending job, unknown",
    r"\bHeld\b|\bHolder\b": "LeaseHolder, owner",
    r"\b[Pp]assage\b": "SendGuard",
    r"\b[Hh]ider?\b": "redact",
    r"\b[Ll]ost[ _]jobs?\b": "orphaned job",
    r"\border to execute\b|\bordered\b(?! by)": "execution request, executed",
    r"\b(?:learn|forget|note|store)_\w+\(": "record_…, set_…, clear_…",
    r"\bWorld\b|\bPlay\b": "System, scenario",
    r"\bmake sweep\b|\bSLICED\b": "make test-all",
    r"\bfunctions[./](?:library|telling|starting|answering|asking|sweeping|run)\b": "the room's present name",
}
"""What is not written, as a regular expression, and what is written in its place."""

SOURCES = (".py", ".md", ".toml", ".yaml", ".yml", "Makefile")
QUOTED = ("functions/microstrategy/API.md", "tests/unit/documents/words.py", "tests/unit/documents/test_words.py")
"""Files that quote others' words: the vendor's, and these."""


@dataclass(frozen=True)
class Found:
    """One use of a word; ``where`` is the file and the line."""

    where: str
    word: str
    instead: str
    line: str


def found_in(name: str, text: str) -> Iterator[Found]:
    """Every use of such a word in a text."""
    for pattern, instead in INSTEAD.items():  # none of them goes over the end of a line
        for use in re.finditer(pattern, text):
            begin, end = text.rfind("\n", 0, use.start()) + 1, text.find("\n", use.end())
            line = text[begin : end if end >= 0 else len(text)]
            yield Found(f"{name}:{text.count(chr(10), 0, begin) + 1}", use[0], instead, line)


@cache
def found_everywhere() -> list[Found]:
    """Every use in the repository's code and documents."""
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in tracked(*SOURCES)}
    return [one for name, text in texts.items() if name not in QUOTED for one in found_in(name, text)]
