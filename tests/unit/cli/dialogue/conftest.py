"""A person at a terminal: the lines that are typed, and what is on the screen."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from local.cli.dialogue import ask_about

KEY = "0123456789ABCDEF0123456789ABCDEF@0@10"


class Person:
    """Types line after line and then nothing more, which is an EOFError; ``screen`` is all that was to see."""

    def __init__(self) -> None:
        self._screen = io.StringIO()
        self.lines: list[str] = []

    def reply_to(self, questions: list[dict[str, Any]], *lines: str, refusal: str | None = None) -> dict[str, Any]:
        self.lines = list(lines)
        return ask_about(questions, Console(file=self._screen, width=80), refusal, self._type)

    def answer_to(self, question: dict[str, Any], *lines: str) -> dict[str, Any]:
        """Of the one answer all but which prompt it is for."""
        (given,) = self.reply_to([question], *lines)["prompts"]
        assert self.lines == [], "not everything that was typed was asked for"
        assert given.pop("key") == KEY
        return dict(given)

    @property
    def screen(self) -> str:
        return self._screen.getvalue()

    @property
    def said(self) -> str:
        """The same, wherever its lines are broken."""
        return " ".join(self.screen.split())

    def _type(self, prompt: Text) -> str:
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def prompt() -> Callable[..., dict[str, Any]]:
    """A prompt as the run's item holds it."""

    def made(kind: str, **more: Any) -> dict[str, Any]:
        return {"key": KEY, "name": "Region", "title": "Region", "type": kind, "required": True} | more

    return made


@pytest.fixture
def countries(prompt: Any) -> Callable[..., dict[str, Any]]:
    """A prompt for some of five countries."""
    names = ("England", "France", "Germany", "Spain", "Bosnia, Herzegovina")
    listed = [
        {"id": f"h{number};8D679D3711D3E4981000E787EC6DE8A4", "name": name} for number, name in enumerate(names, 1)
    ]

    def made(**more: Any) -> dict[str, Any]:
        return prompt("ELEMENTS", **{"choices": listed, "more": False} | more)  # type: ignore[no-any-return]

    return made
