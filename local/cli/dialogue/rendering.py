"""Shows a prompt on a terminal: title, requirements, instruction, default and choices."""

from typing import Any

from rich.console import Console
from rich.text import Text

from functions.prompts import rendering
from functions.prompts.describe import Question
from functions.prompts.prompt import has_default, names_of
from functions.text import printable

SHOWN = 20
"""Choices that are listed with a number; others can be typed by name."""


def show_question(console: Console, questions: list[Question], refusal: str | None) -> None:
    """All prompts, after the reason why an earlier reply was rejected."""
    show_refusal(console, refusal)
    for number, question in enumerate(questions, 1):
        show_prompt(console, question, f"{number} of {len(questions)}")


def show_refusal(console: Console, refusal: str | None) -> None:
    """Why an earlier reply was rejected, if one was."""
    if refusal:
        show_reason(console, f"The last reply was refused: {refusal}")


def show_prompt(console: Console, question: Question, place: str) -> None:
    """One prompt; ``place`` is its position, such as ``2 of 3``."""
    console.print()
    title, *other = names_of(question)
    show_line(console, f"{place}: {title}" + "".join(f' (named "{name}")' for name in other), "bold")
    show_line(console, f"  {rendering.requirements(question)}")
    if question.get("instruction"):
        show_line(console, f"  {question['instruction']}")
    if has_default(question):
        show_line(console, f"  Default: {rendering.default(question, None)}")
    for number, choice in enumerate(choices_shown(question), 1):
        show_line(console, f"  {number:>2}  {choice.get('name') or choice.get('id')}")
    if question.get("more") or len(question.get("choices", [])) > SHOWN:
        show_line(console, "   …")


def show_line(console: Console, text: str, style: str = "") -> None:
    """Text without markup, not wrapped, so that names in it can be copied."""
    console.print(Text(printable(text), style=style), soft_wrap=True)


def show_reason(console: Console, text: str) -> None:
    """Why something was not accepted: a sentence, which is broken between words."""
    console.print(Text(printable(text), style="red"))


def choices_shown(question: Question) -> list[dict[str, Any]]:
    """The choices that have a number."""
    listed: list[dict[str, Any]] = question.get("choices", [])
    return listed[:SHOWN]
