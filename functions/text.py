"""Text from servers, files and people, made safe to show: no control characters, one line, quoted, cut.

Terminals, notifications and questions show text that somebody else wrote. A control character in it could clear a
screen, a newline could forge a line of ours ("What to do: …"), and a bidirectional override could reverse what is read.
"""

ELLIPSIS = "…"


def printable(text: object) -> str:
    """``text`` with every character that does not print (controls, newlines, bidi overrides) replaced by a space."""
    return "".join(character if character.isprintable() else " " for character in str(text))


def one_line(text: object, longest: int | None = None) -> str:
    """``text`` as one printable line with single spaces, cut to ``longest`` characters with an ellipsis."""
    line = " ".join(printable(text).split())
    return line if longest is None or len(line) <= longest else line[: max(0, longest - 1)] + ELLIPSIS


def quoted(text: object, longest: int = 200) -> str:
    """``text`` as one line in double quotes, so that a reader sees where foreign text begins and ends.

    A double quote inside becomes a single one: the text cannot end its own quotation.
    """
    return '"' + one_line(text, longest).replace('"', "'") + '"'
