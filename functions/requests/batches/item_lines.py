"""Finds the line of each item in a batch's JSON text, for error messages: the parsed items do not know it."""

import json
import re
from collections.abc import Iterator

_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r"[ \t\n\r]*")


def item_lines(text: str) -> list[int] | None:
    """The line on which each entry of the list ``items`` begins: that of ``batch``, or that of the text itself.

    Values are skipped whole, and none is read more than three times: the time grows with the text, not with its depth.

    Returns
    -------
    list of int
        None where it is not certain: the text is not a batch in JSON, or has items both in ``batch`` and beside it.
    """
    try:
        return _lines_of(text, _items_of(text))
    except (ValueError, IndexError, RecursionError):
        return None


def _items_of(text: str) -> int:
    """The index behind the ``[`` of the items. Raises ValueError where there is not exactly one such list."""
    values = _values(text, _after(text, 0, "{"))
    if "batch" in values and text[values["batch"]] == "{":
        if "items" in values:
            raise ValueError("two lists may be meant")
        values = _values(text, values["batch"] + 1)
    if "items" not in values:
        raise ValueError("there are no items")
    return _after(text, values["items"], "[")


def _values(text: str, at: int) -> dict[str, int]:
    """The index of each value of the object whose ``{`` is before ``at``; of a key that is twice the last one's."""
    found: dict[str, int] = {}
    for start in _entries(text, at, "}"):
        key, end = _DECODER.raw_decode(text, start)
        found[key] = _skipped(text, _after(text, _skipped(text, end), ":"))
    return found


def _entries(text: str, at: int, closing: str) -> Iterator[int]:
    """The index of each entry of a list, or of each key of an object, up to the ``closing`` bracket."""
    at = _skipped(text, at)
    while text[at] != closing:
        if closing == "}" and text[at] != '"':
            raise ValueError("a key is expected")
        yield at
        _, at = _DECODER.raw_decode(text, at)
        at = _skipped(text, at)
        if closing == "}":
            _, at = _DECODER.raw_decode(text, _skipped(text, _after(text, at, ":")))
            at = _skipped(text, at)
        if text[at] != closing:
            at = _skipped(text, _after(text, at, ","))


def _lines_of(text: str, at: int) -> list[int]:
    lines = []
    line, counted = 1, 0
    for start in _entries(text, at, "]"):
        line += _breaks(text, counted, start)
        counted = start
        lines.append(line)
    return lines


def _breaks(text: str, start: int, end: int) -> int:
    """Line breaks as editors count them: CR LF is one."""
    return text.count("\n", start, end) + text.count("\r", start, end) - text.count("\r\n", start, end)


def _skipped(text: str, at: int) -> int:
    """The index behind the white space at ``at``."""
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at


def _after(text: str, at: int, expected: str) -> int:
    """The index behind the character ``expected``. Raises ValueError where another one is there."""
    at = _skipped(text, at)
    if text[at] != expected:
        raise ValueError(f"{expected} is expected")
    return at + 1
