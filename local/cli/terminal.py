"""All output of the commands: text from servers, files and people moves no cursor and forges no line.

Every command prints through this module and local/cli/console.py, and through nothing else (a test looks for it). A
text is one line here, with a space for each character that does not print (functions/text.py); JSON escapes those.
"""

import json
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from functions.text import escaped, printable
from local import signals


def say(message: object) -> None:
    """One line for people, on standard error."""
    _write(sys.stderr, printable(message))


def put(line: object) -> None:
    """One line of the result, on standard output."""
    _write(sys.stdout, printable(line))


def put_fields(fields: Iterable[object]) -> None:
    """One line of the result with tabs between its fields, on standard output: for other programs."""
    _write(sys.stdout, "\t".join(map(printable, fields)))


def put_csv(text: str) -> None:
    """The lines of a CSV file, on standard output; the text is that of local/cli/csv_output.py."""
    _write(sys.stdout, text.removesuffix("\n"))


def put_json(*values: Any) -> None:
    """The JSON objects that ``--json`` prints, one a line, on standard output."""
    if not signals.is_first_to_report():
        return
    in_ascii = not _takes_everything(sys.stdout)
    _write(sys.stdout, "\n".join(as_json(value, in_ascii=in_ascii) for value in values))


def _write(stream: TextIO, line: str) -> None:
    """Whole: a line whose writing is interrupted by a signal could be written twice."""
    with signals.deferred():
        stream.write(f"{line}\n")
        stream.flush()


def as_json(value: Any, indent: int | None = None, in_ascii: bool = False) -> str:
    """``value`` as JSON with an escape for every character that does not print; lines only where ``indent`` says so."""
    return escaped(json.dumps(value, ensure_ascii=in_ascii, indent=indent))


def _takes_everything(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").startswith("utf8")
