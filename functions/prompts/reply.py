"""A reply to a question: untrusted, so it is taken only if it answers just what was asked."""

import json
from typing import Any

from functions.errors import InvalidRequest
from functions.prompts.choices import Choice, ListedLater
from functions.prompts.describe import Question
from functions.prompts.plan import plan, strangers
from functions.prompts.prompt import Given, Prompt, address_of, titled
from functions.requests.prompt_address import ADDRESSED_BY
from functions.requests.request import prompts_of

LARGEST = 50_000
"""Bytes of the answers that people give in one run: they lie in the run's item beside the question."""


class WrongReply(Exception):
    """The reply does not answer the question; the text says why."""


def answers_in(reply: Any, asked: list[Question], so_far: list[Given]) -> list[Given]:
    """The answers, in the form of a request's ``prompts``, each addressed as the prompt that was asked is.

    By whatever the person named it: a name alone could also answer another prompt of that name that opens later.

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
    made = plan(asked, answers, "fail", AsAsked())
    missing = [f"{titled(prompt)} has no answer" for prompt in made.missing]
    if problems := [*strangers(answers, asked), *made.problems, *missing]:
        raise WrongReply("; ".join(problems))
    addresses = {answer["given"]: address_of(answer["send"]) for answer in made.answers}
    addressed = [_addressed(answer, *addresses[position]) for position, answer in enumerate(answers)]
    if (size := len(json.dumps([*so_far, *addressed], ensure_ascii=False).encode())) > LARGEST:
        raise WrongReply(f"the answers of the run have {size} bytes, and {LARGEST} are allowed")
    return addressed


def _addressed(answer: Given, field: str, address: str) -> Given:
    return {field: address} | {key: said for key, said in answer.items() if key not in ADDRESSED_BY}


class AsAsked:
    """The choices that were shown with the question, where these are all."""

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """All of them. Raises ListedLater where there are more: these are looked up when the answers are sent."""
        choices: list[Choice] = prompt.get("choices", [])
        if prompt.get("more", True):
            raise ListedLater("only some were shown; the server has the others")
        return choices

    def named(self, kind: str, name: str) -> list[Choice]:
        """Raises ListedLater: it is looked up when the answers are sent."""
        raise ListedLater("the server is not asked here")
