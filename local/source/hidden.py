"""What a server says, made fit for a terminal."""

from functions.library.hiding import hider


def plain(text: str) -> str:
    """``text`` on one line, with nothing in it that a terminal takes for a command of its own."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


class Hidden:
    """Knows what nobody may read, whatever a server may quote."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def add(self, *secrets: str) -> None:
        """From now on none of these is shown."""
        self._secrets |= set(secrets)

    def __call__(self, text: str) -> str:
        """``text`` without it, and plain."""
        return plain(hider(self._secrets)(text))
