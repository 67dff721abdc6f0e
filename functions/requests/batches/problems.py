"""Collects everything that is wrong with a batch, so that one error names all of it, up to a bound."""

from functions.errors import InvalidRequest
from functions.text import shorten

MOST_SHOWN = 20
"""Problems that one error shows."""

LONGEST_PROBLEM = 1_000
"""Bytes of one problem, where there are several."""

LONGEST_TOGETHER = 6_000
"""Bytes of all problems that are shown together: an error's cause has room for a little more."""


class Problems:
    """What is wrong with a batch, in the order in which it was found; ``where`` is what the batch is called."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._found: list[str] = []

    def __len__(self) -> int:
        return len(self._found)

    @property
    def is_shown(self) -> bool:
        """Whether the next problem is one that the error shows, so that a suggestion for it is worth its time."""
        return len(self._found) < MOST_SHOWN

    def add(self, problem: str) -> None:
        """One more: a sentence that begins with the item and the key."""
        if problem not in (*self._found[:MOST_SHOWN], *self._found[-1:]):
            self._found.append(problem)

    def raise_if_any(self) -> None:
        """Raise InvalidRequest with all that was found, or do nothing."""
        if not self._found:
            return
        if len(self._found) == 1:
            raise InvalidRequest(f"{self._where}: {self._found[0]}")
        shown: list[str] = []
        for number, problem in enumerate(self._found[:MOST_SHOWN], 1):
            text = f"({number}) {shorten(problem, LONGEST_PROBLEM)}"
            if sum(len(one.encode("utf-8", "replace")) for one in (*shown, text)) > LONGEST_TOGETHER:
                break
            shown.append(text)
        rest = len(self._found) - len(shown)
        more = f" And {rest} more." if rest else ""
        raise InvalidRequest(f"{self._where}: has {len(self._found)} problems. {' '.join(shown)}{more}")
