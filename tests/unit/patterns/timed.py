"""How the time of a regular expression grows with the text, in CPU time, on text made to be slow."""

import re
import time
from collections import deque
from collections.abc import Callable, Iterator

Text = Callable[[int], str]
"""A hostile text of about so many characters."""

MOST_PAIRED = 6
"""Characters of a pattern that are combined with each other."""

SMALL = (16, 20, 24, 28, 64)
"""Sizes that are tried first: exponential time would never end at a larger one."""

TOO_LONG = 0.05
"""Seconds of CPU that no text of these sizes may take; linear patterns take microseconds."""

SIZES = (256, 1_024, 8_192)
"""Sizes whose time is compared with that of a longer text, where it can be measured."""

LONGER = 8
"""Times that the longer text is longer: far enough that a busy machine cannot make one growth look like the other."""

QUADRATIC = 24.0
"""The ratio from which on the time counts as quadratic, whose own ratio is 64; that of linear time is 8."""

MEASURABLE = 0.004
"""Seconds. At the largest of the sizes even the fastest pattern of quadratic time takes more."""


def slowest(pattern: re.Pattern[str], method: str) -> tuple[float, str]:
    """By how much ``LONGER`` a text takes longer, at worst, and its beginning; 0 where it takes no time."""
    worst = (0.0, "")
    for text in hostile(pattern.pattern):
        if any(_seconds(pattern, method, text(size)) > TOO_LONG for size in SMALL):
            return (float("inf"), text(16))
        for size in SIZES:
            if _seconds(pattern, method, text(size)) > MEASURABLE:
                ratio = _ratio(pattern, method, text, size)
                worst = max(worst, (ratio, text(40)))
                if ratio > QUADRATIC:
                    return worst
    return worst


def _ratio(pattern: re.Pattern[str], method: str, text: Text, size: int) -> float:
    short = min(_seconds(pattern, method, text(size)) for _ in range(3))
    long = _seconds(pattern, method, text(LONGER * size))
    if long > QUADRATIC * short:  # or disturbed, once: another process had the caches
        long = min(long, _seconds(pattern, method, text(LONGER * size)))
    return long / short


def seconds_at(pattern: re.Pattern[str], method: str, size: int) -> float:
    """The CPU time of the slowest hostile text of ``size`` characters."""
    return max(_seconds(pattern, method, text(size)) for text in hostile(pattern.pattern))


def _seconds(pattern: re.Pattern[str], method: str, text: str) -> float:
    """Of one use; one that finds many matches is measured to its end."""
    began = time.process_time()
    if method in ("search", "match", "fullmatch"):
        getattr(pattern, method)(text)
    else:
        deque(pattern.finditer(text), maxlen=0)
    return time.process_time() - began


def hostile(source: str) -> Iterator[Text]:
    """Texts of what the pattern is made of, again and again, with an end that it cannot match."""
    letters = sorted(set(re.findall(r"[^\\\[\](){}?*+|^$]", source)))
    escaped = {character for character in re.findall(r"\\(\W)", source) if character.isprintable()}
    kinds: dict[str, str] = {}
    for character in [*escaped, *letters]:
        kind = "0" if character.isdigit() else "a" if character.islower() else "A" if character.isupper() else character
        kinds.setdefault(kind, character)
    singles = list(dict.fromkeys([*kinds.values(), "0", "a", "A", " ", ".", '"', "<", "\n", "é"]))
    prefix = _literal_start(source)
    for one in singles:
        yield from _of_parts(prefix, one, one)
    for one in singles[:MOST_PAIRED]:
        for other in singles[:MOST_PAIRED]:
            if one != other:
                yield from _of_parts(prefix, one, other)
    if len(prefix) > 1:
        yield lambda n: (prefix * n)[:n] + "!"


def _of_parts(prefix: str, one: str, other: str) -> Iterator[Text]:
    yield lambda n: prefix + (one + other) * (n // 2) + "!"
    yield lambda n: one + other * n + "\0"
    yield lambda n: one * (n // 2) + other * (n // 2) + "!"


def _literal_start(source: str) -> str:
    """What every match begins with."""
    start = re.match(r"\^?((?:[A-Za-z0-9:/_<%=-]|\\[.$])*)(?![?*{])", source)
    return start[1].replace("\\", "") if start else ""
