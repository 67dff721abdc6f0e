"""Names compared as people read them, whatever their accents, blanks and case; and the names most similar to one.

``é`` is one character or two (``e`` and a combining accent): file names that macOS made have two, keyboards write one.
CHAR columns of a warehouse pad names with blanks, and text copied from a web page has non-breaking spaces. None of that
can be seen, so none of it makes two names differ.
"""

import difflib
import unicodedata
from collections.abc import Iterable

LONGEST_NORMALISED = 500
"""Characters of a name whose accents are composed. Python orders combining characters in quadratic time."""

COMPARED = 40
"""Characters of a name that are compared for similarity, which takes a time that grows with the square of them."""

MOST_COMPARED = 1_000
"""Names that one name is compared with for similarity."""


def composed(name: str) -> str:
    """``name`` with composed accents (NFC): the same text, canonically."""
    if name.isascii():
        return name
    return unicodedata.normalize("NFC", name[:LONGEST_NORMALISED]) + name[LONGEST_NORMALISED:]


def spellings(name: str) -> list[str]:
    """``name`` composed, as it is written, and decomposed: for a search that compares characters as they are stored."""
    decomposed = unicodedata.normalize("NFD", name[:LONGEST_NORMALISED]) + name[LONGEST_NORMALISED:]
    return list(dict.fromkeys((composed(name), name, decomposed)))


def canonical(name: str) -> str:
    """``name`` as :func:`composed`, with plain spaces in place of non-breaking ones and no blanks at its end."""
    if not name.isascii():
        name = composed(name)
        for blank in _BLANKS:
            name = name.replace(blank, " ")
    return name.rstrip(" ")


_BLANKS = "\u00a0\u2007\u202f"
"""Non-breaking spaces: the ordinary, the one as wide as a digit and the narrow one."""


def folded(name: str) -> str:
    """``name`` as :func:`canonical`, in lower case and with single blanks: for names that only differ in these."""
    plain = " ".join(canonical(name).casefold().split())
    # Lower case may have decomposed a letter anew.
    return plain if plain.isascii() else canonical(plain)


def similar(name: str, known: Iterable[str], most: int = 1, cutoff: float = 0.5) -> list[str]:
    """At most ``most`` of the names ``known`` that are like ``name``, the most similar first.

    ``cutoff`` is the least likeness, from 0 to 1. Bounded in time: however long the names and however many there are.
    """
    wanted = _start(name)
    by_start: dict[str, str] = {}
    for one in known:
        by_start.setdefault(_start(one), one)
    candidates = list(by_start)
    if len(candidates) > MOST_COMPARED:
        candidates.sort(key=lambda start: start[:2] != wanted[:2])
        del candidates[MOST_COMPARED:]
    return [by_start[start] for start in difflib.get_close_matches(wanted, candidates, most, cutoff)]


def nearest(value: object, known: Iterable[str]) -> str:
    """`` (did you mean …?)`` if one of ``known`` is similar to ``value``, else nothing."""
    near = similar(str(value), map(str, known))
    return f" (did you mean {near[0]}?)" if near else ""


def _start(name: str) -> str:
    return folded(name[: 2 * COMPARED])[:COMPARED]
