"""The rich console of the commands: no string is markup, and no text from outside has control characters."""

from collections.abc import Iterable
from typing import Any, TextIO, cast

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from functions.text import printable

WIDTH = 100
"""Columns of the output where it goes into no terminal."""


class SafeConsole(Console):
    """A rich console on which a string is never markup and no output has control characters.

    A string is one line: ``Text(printable(string))``. Any other renderable, such as a ``Text``
    made of a raw string, loses its control characters when it is rendered.
    """

    def render_str(self, text: str, *, style: Any = "", justify: Any = None, overflow: Any = None, **_: Any) -> Text:
        """The text as it is, but printable; what rich would take for markup or emoji is not looked for."""
        return Text(printable(text), style=style, justify=justify, overflow=overflow)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Segments without control characters, but for those of rich itself (the cursor of a live table)."""
        for segment in super().render(renderable, options):
            safe = segment.control or segment.text.isprintable()
            yield segment if safe else Segment(_lines(segment.text), segment.style)


def _lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


class _WithoutBlanks:
    """A stream to which no line is written that ends in blanks: a table fills its last column with them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write it; what follows the last line feed, such as a question, is left as it is."""
        *lines, rest = text.split("\n")
        self._stream.write("\n".join([*(line.rstrip(" ") for line in lines), rest]))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def console_for(stream: TextIO) -> Console:
    """A console on ``stream``, of a fixed width and without colours and filling where that is not a terminal."""
    plain = not stream.isatty()
    file = cast(TextIO, _WithoutBlanks(stream)) if plain else stream
    return SafeConsole(
        file=file, markup=False, emoji=False, highlight=False, no_color=plain, width=WIDTH if plain else None
    )
