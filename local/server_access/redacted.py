"""Redacts secrets from texts before they are shown."""

from functions.microstrategy.http.redaction import redactor
from functions.text import one_line


class Redactor:
    """Redacts known secrets, which a server may quote in its responses."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def add(self, *secrets: str) -> None:
        """Redact these from now on."""
        self._secrets |= set(secrets)

    def __call__(self, text: str) -> str:
        """``text`` without the secrets, as one printable line."""
        return one_line(redactor(self._secrets)(text))
