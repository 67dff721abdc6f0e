r"""Text with its escapes undone, a layer at a time, that still knows where in the original each character stands.

Undone are what JSON (``\u00e4``, ``\"``, ``\/``), HTML (``&amp;``, ``&#38;``, ``&#x26;``) and addresses (``%C3%A4``,
``%c3%a4``, ``%E4``) write; base64 is found by :func:`base64_runs`.
"""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote_to_bytes

_ESCAPE = re.compile(
    r"(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<unicode>(?:\\u[0-9A-Fa-f]{4})+)"
    r"|\\x(?P<byte>[0-9A-Fa-f]{2})"
    r"""|\\(?P<character>["'\\/bfnrt])"""
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?)"
)
_CHARACTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}")
_URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True)
class Layer:
    """A text with some layers of escapes undone.

    Parameters
    ----------
    text
        As it reads now.
    starts, ends
        For each of its characters, where what stands for it begins and ends in the original.
    """

    text: str
    starts: list[int]
    ends: list[int]

    @classmethod
    def of(cls, text: str) -> Self:
        """The original itself."""
        return cls(text, list(range(len(text))), list(range(1, len(text) + 1)))

    def undone(self) -> "Layer | None":
        """The next layer, or None if no escapes are left."""
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for found in _ESCAPE.finditer(self.text):
            meant = _meaning(found)
            if meant == found[0]:
                continue
            begin, end = found.span()
            parts += (self.text[done:begin], meant)
            starts += self.starts[done:begin] + [self.starts[begin]] * len(meant)
            ends += self.ends[done:begin] + [self.ends[end - 1]] * len(meant)
            done = end
        if not done:
            return None
        parts.append(self.text[done:])
        return Layer("".join(parts), starts + self.starts[done:], ends + self.ends[done:])

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Where the characters from ``begin`` to before ``end`` stand in the original."""
        return self.starts[begin], self.ends[end - 1]


def layers_of(text: str, most: int) -> Iterator[Layer]:
    """The text, and then with one layer of escapes after another undone, ``most`` at the most."""
    layer: Layer | None = Layer.of(text)
    for _ in range(most + 1):
        if layer is None:
            return
        yield layer
        layer = layer.undone()


def base64_runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Begin and end of what may be base64, and what it then stands for; four times, as its begin is not known."""
    for found in _BASE64.finditer(text):
        run = found[0].translate(_URL_SAFE)
        for skipped in range(4):
            whole = run[skipped:]
            whole = whole[: len(whole) - 1] if len(whole) % 4 == 1 else whole
            try:
                meant = base64.b64decode(whole + "=" * (-len(whole) % 4))
            except (binascii.Error, ValueError):
                continue
            yield found.start(), found.end(), _characters(meant)


def _meaning(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "percent":
        return _characters(unquote_to_bytes(found[0]))
    if kind == "unicode":
        units = bytes.fromhex(found[0].replace("\\u", ""))
        return units.decode("utf-16-be", "replace")
    if kind == "byte":
        return chr(int(found["byte"], 16))
    if kind == "character":
        return _CHARACTERS.get(found["character"], found["character"])
    return html.unescape(found[0])


def _characters(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
