"""A reply to a question: untrusted, so it is taken only if it answers just what was asked."""

import json
from typing import Any

from functions.answering.choices import Choice, ListedLater
from functions.answering.plan import plan, strangers
from functions.answering.prompt import Given, Prompt, titled
from functions.answering.question import Question
from functions.run.errors import InvalidRequest
from functions.run.request import prompts_of

LARGEST = 50_000
"""Bytes of the answers that people give in one run: they lie in the run's item beside the question."""


class WrongReply(Exception):
    """The reply does not answer the question; the text says why."""


def answers_in(reply: Any, asked: list[Question], so_far: list[Given]) -> list[Given]:
    """The answers, in the form of a request's ``prompts``.

    Parameters
    ----------
    reply
        Whatever was sent: ``{"prompts": […]}``, or the list alone.
    asked
        The prompts that were asked.
    so_far
        What people answered before in this run.

    Raises
    ------
    WrongReply
        It is malformed, answers something else, leaves something out, or cannot be right.
    """
    listed = reply["prompts"] if isinstance(reply, dict) and set(reply) == {"prompts"} else reply
    if not isinstance(listed, list):
        raise WrongReply('a reply is {"prompts": [{"name": …, "answers": …}]}, with an answer for each prompt asked')
    try:
        answers = prompts_of(listed)
    except InvalidRequest as problem:
        raise WrongReply(str(problem)) from None
    if (size := len(json.dumps([*so_far, *answers], ensure_ascii=False).encode())) > LARGEST:
        raise WrongReply(f"the answers of the run have {size} bytes, and {LARGEST} are allowed")
    made = plan(asked, answers, "fail", AsAsked())
    missing = [f"{titled(prompt)} has no answer" for prompt in made.missing]
    if problems := [*strangers(answers, asked), *made.problems, *missing]:
        raise WrongReply("; ".join(problems))
    return answers


class AsAsked:
    """The choices that were shown with the question, where these are all."""

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """All of them. Raises ListedLater where there are more: these are looked up when the answers are sent."""
        choices: list[Choice] = prompt.get("choices", [])
        if prompt.get("more", True):
            raise ListedLater("only some were shown; the server has the others")
        return choices
