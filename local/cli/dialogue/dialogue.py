"""Prompt after prompt: shown, typed, judged at once, asked again until it is right."""

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.text import Text

from functions.prompts.describe import Question
from functions.prompts.prompt import Given
from functions.prompts.reply import WrongReply, answers_in
from local.cli.dialogue.hints import hint
from local.cli.dialogue.invalid_input import NotUnderstood
from local.cli.dialogue.rendering import show_line, show_prompt, show_refusal
from local.cli.dialogue.typed_answer import answer_from

Read = Callable[[Text], str]
"""Shows the text and gives the line that is then typed, without its end."""


def ask_about(
    questions: list[Question], console: Console, refusal: str | None = None, read: Read | None = None
) -> dict[str, Any]:
    """Ask a person all ``questions`` and return the reply, ``{"prompts": [...]}``, as a run takes it.

    Ctrl-C and the end of the input end it with KeyboardInterrupt and EOFError.

    Parameters
    ----------
    questions
        The prompts, as the run's item holds them.
    console
        Where they are shown.
    refusal
        Why an earlier reply was not taken.
    read
        Where the lines come from; the console if left out.
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
        except (NotUnderstood, WrongReply) as problem:
            show_line(console, f"  Not taken: {problem}", "red")
