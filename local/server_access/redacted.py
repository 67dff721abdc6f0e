"""What a server says, made fit for a terminal."""

from functions.microstrategy.http.redaction import redactor
from functions.text import one_line


class Hidden:
    """Knows what nobody may read, whatever a server may quote."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def add(self, *secrets: str) -> None:
        """From now on none of these is shown."""
        self._secrets |= set(secrets)

    def __call__(self, text: str) -> str:
        """``text`` without it, as one printable line."""
        return one_line(redactor(self._secrets)(text))
