"""Choices that lie in memory, and the calls that are made for them."""

from collections.abc import Callable
from typing import Any

from functions.prompts.choices import PAGE, Choice, ListedLater, NotListed

Page = Callable[[list[Choice], str, int], list[Choice]]


def searching(listed: list[Choice], pattern: str, offset: int) -> list[Choice]:
    """As API.md 7.1 has it: those that have the pattern in their name, 200 at a time."""
    wanted = pattern.casefold()
    return [one for one in listed if wanted in str(one.get("name")).casefold()][offset : offset + PAGE]


def deaf(listed: list[Choice], pattern: str, offset: int) -> list[Choice]:
    """A server that ignores the pattern."""
    return listed[offset : offset + PAGE]


def stuck(listed: list[Choice], pattern: str, offset: int) -> list[Choice]:
    """A server that ignores pattern and offset."""
    return listed[:PAGE]


class Offered:
    """The same choices for every prompt."""

    def __init__(self, listed: list[Choice], page: Page = searching) -> None:
        self.listed = listed
        self.calls: list[tuple[str, int]] = []
        self.searches: list[tuple[str, str]] = []
        self._page = page

    def page(self, prompt: dict[str, Any], pattern: str = "", offset: int = 0) -> list[Choice]:
        self.calls.append((pattern, offset))
        return self._page(self.listed, pattern, offset)

    def named(self, kind: str, name: str) -> list[Choice]:
        self.searches.append((kind, name))
        return [one for one in self.listed if one.get("type") == kind]


class Hidden:
    """A server that does not list its choices to this account."""

    def page(self, prompt: dict[str, Any], pattern: str = "", offset: int = 0) -> list[Choice]:
        raise NotListed("the account has no privilege to browse")

    def named(self, kind: str, name: str) -> list[Choice]:
        raise NotListed("the account has no privilege to search")


class Later:
    """A place where nothing is looked up."""

    def page(self, prompt: dict[str, Any], pattern: str = "", offset: int = 0) -> list[Choice]:
        raise ListedLater("not now")

    def named(self, kind: str, name: str) -> list[Choice]:
        raise ListedLater("not now")


def named(*names: str, kind: str | None = None) -> list[Choice]:
    """Choices with these names and ids made up for them."""
    more = {"type": kind} if kind else {}
    return [
        {"id": f"{number:032X}" if kind else f"h{number};{'A' * 32}", "name": name, **more}
        for number, name in enumerate(names, 1)
    ]


def customers(count: int = 50_000) -> list[Choice]:
    """More than anybody lists."""
    return named(*(f"Customer {number:05}" for number in range(1, count + 1)))
