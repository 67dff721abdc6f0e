"""Asks for one prompt after another, checks each answer at once, and asks again until it fits."""

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.text import Text

from functions.prompts.describe import Question
from functions.prompts.prompt import Given
from functions.prompts.reply import InvalidReply, answers_in
from local.cli.dialogue.hints import hint
from local.cli.dialogue.rendering import show_line, show_prompt, show_reason, show_refusal
from local.cli.dialogue.selections import InvalidInput
from local.cli.dialogue.typed_answer import answer_from

Read = Callable[[Text], str]
"""Shows the text and returns the line typed after it, without its line break."""


def ask_about(
    questions: list[Question], console: Console, refusal: str | None = None, read: Read | None = None
) -> dict[str, Any]:
    """Ask a person all ``questions`` and return the reply, ``{"prompts": [...]}``, as a run accepts it.

    Ctrl-C raises KeyboardInterrupt, the end of the input EOFError.

    Parameters
    ----------
    questions
        The prompts, as the run's item holds them.
    console
        Where they are shown.
    refusal
        Why an earlier reply was rejected, or None.
    read
        Where the lines come from; the console by default.
    """
    read = read or console.input
    show_refusal(console, refusal)
    answers: list[Given] = []
    for number, question in enumerate(questions, 1):
        show_prompt(console, question, f"{number} of {len(questions)}")
        show_line(console, f"  {hint(question)}", "dim")
        answers += _answered(question, console, read)
    return {"prompts": answers}


def _answered(question: Question, console: Console, read: Read) -> list[Given]:
    while True:
        line = read(Text("> "))
        try:
            return answers_in({"prompts": [answer_from(question, line)]}, [question], [])
        except (InvalidInput, InvalidReply) as problem:
            show_reason(console, f"  Not accepted: {problem}")
