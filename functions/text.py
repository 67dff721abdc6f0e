"""Text from servers, files and people, made safe to show: no control characters, one line, quoted, cut.

Terminals, notifications and questions show text that somebody else wrote. A control character in it could clear a
screen, a newline could forge a line of ours ("What to do: …"), and a bidirectional override could reverse what is read.
"""

import json
import re
from collections.abc import Mapping

ELLIPSIS = "…"


def printable(text: object) -> str:
    """``text`` with every character that does not print (controls, newlines, bidi overrides) replaced by a space."""
    return "".join(character if character.isprintable() else " " for character in str(text))


def one_line(text: object, longest: int | None = None) -> str:
    """``text`` as one printable line with single spaces, cut to ``longest`` characters with an ellipsis."""
    line = " ".join(printable(text).split())
    return line if longest is None or len(line) <= longest else line[: max(0, longest - 1)] + ELLIPSIS


def shorten(text: str, longest: int) -> str:
    """``text`` as valid UTF-8 of at most ``longest`` bytes, with an ellipsis where it was cut.

    A lone surrogate, which no service takes, becomes a question mark.
    """
    raw = text.encode("utf-8", "replace")
    if len(raw) <= longest:
        return raw.decode()
    return raw[: longest - len(ELLIPSIS.encode())].decode("utf-8", "ignore") + ELLIPSIS


def quoted(text: object, longest: int = 200) -> str:
    """``text`` as one line in double quotes, so that a reader sees where foreign text begins and ends.

    A double quote inside becomes a single one: the text cannot end its own quotation.
    """
    return '"' + one_line(text, longest).replace('"', "'") + '"'


def labelled(lines: Mapping[str, object]) -> str:
    """``Name: value`` on a line each; what is empty is left out."""
    return "\n".join(f"{name}: {value}" for name, value in lines.items() if value)


_PLAIN = re.compile(r"(?!\s)(?:[^\":]|:(?=\d))+(?<!\s)")


def named(text: object, longest: int = 200) -> str:
    """``text`` as it is where it reads as a name, a path or a time; anything else as :func:`quoted`.

    A colon before a blank, a link or a quote could be read as the beginning of another line or sentence of ours.
    """
    name = str(text)
    plain = len(name) <= longest and name.isprintable() and "  " not in name and _PLAIN.fullmatch(name)
    return name if plain else quoted(name, longest)


def as_json(value: object, indent: int | None = None) -> str:
    """``value`` as JSON that reads the same and shows nothing unprintable: such characters are escaped."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=indent, default=str))


def shown(value: object) -> str:
    """``value`` as printable JSON on one line, at most 80 characters; a text is always quoted."""
    text = as_json(value)
    if len(text) <= 80:
        return text
    cut = _HALF_AN_ESCAPE.sub("", text[:77])
    return f'{cut}{ELLIPSIS}"' if isinstance(value, str) else cut + ELLIPSIS


def shown_key(key: str) -> str:
    """A key that a person wrote: as it is if it looks like a key, else as :func:`shown`."""
    return key if _KEY.fullmatch(key) and len(key) <= 80 else shown(key)


_KEY = re.compile(r"[\w.$-]+")
_HALF_AN_ESCAPE = re.compile(r"\\(u[0-9a-f]{0,3})?$")


def escaped(text: str) -> str:
    """JSON text with an escape for every character that does not print; its line breaks stay."""
    return "".join(char if char.isprintable() or char == "\n" else _escape(char) for char in text)


def _escape(character: str) -> str:
    # json leaves DEL as it is: it is ASCII, and above what JSON calls a control character.
    return json.dumps(character)[1:-1] if ord(character) > 0x7F else f"\\u{ord(character):04x}"


def duration(seconds: float) -> str:
    """A duration in words, by its two largest units from hours to seconds: ``24 h 5 min``, ``50 min``, ``0 s``."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min")) if hours else ((minutes, "min"), (rest, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"
