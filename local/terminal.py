"""All output of the commands: text from servers, files and people never moves a cursor, forges a line or is markup.

Every command prints through this module and nothing else does (a test looks for it). A text is one line here, with a
space for each character that does not print (functions/text.py); JSON has escapes for those.
"""

import json
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from functions.text import printable
from local import signals

WIDTH = 100
"""Columns of the output where it goes into no terminal."""


class SafeConsole(Console):
    """A rich console on which a string is never markup, and whatever is printed has no control characters.

    A string is one line: ``Text(printable(string))``. What reaches the console in another way (a ``Text`` that somebody
    made of a raw string) loses its control characters when it is rendered.
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


def console_for(stream: TextIO) -> Console:
    """A console on ``stream``, of a fixed width and without colours where that is no terminal."""
    plain = not stream.isatty()
    return SafeConsole(
        file=stream, markup=False, emoji=False, highlight=False, no_color=plain, width=WIDTH if plain else None
    )


def say(message: object) -> None:
    """One line for the eye, on standard error."""
    _write(sys.stderr, printable(message))


def put(line: object) -> None:
    """One line of the result, on standard output."""
    _write(sys.stdout, printable(line))


def put_json(value: Any) -> None:
    """The one JSON object that ``--json`` prints, on standard output."""
    if not signals.tells_the_end():
        return
    _write(sys.stdout, as_json(value, in_ascii=not _takes_everything(sys.stdout)))


def _write(stream: TextIO, line: str) -> None:
    """Whole: a line whose writing is interrupted by a signal could be written twice."""
    with signals.deferred():
        stream.write(f"{line}\n")
        stream.flush()


def as_json(value: Any, indent: int | None = None, in_ascii: bool = False) -> str:
    """``value`` as JSON with an escape for every character that does not print; lines only where ``indent`` says so."""
    text = json.dumps(value, ensure_ascii=in_ascii, indent=indent)
    return "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return json.dumps(character)[1:-1] if ord(character) > 0x7F else f"\\u{ord(character):04x}"


def _takes_everything(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").startswith("utf8")
