"""Checks a reply to a question: untrusted input, accepted only if it answers exactly the prompts asked."""

import json
from typing import Any

from functions.errors import InvalidRequest
from functions.prompts.choices import Choice, ListedLater
from functions.prompts.describe import Question
from functions.prompts.plan import plan, unmatched_in_words
from functions.prompts.prompt import Given, Prompt, address_of, titled
from functions.requests.prompt_answers import ADDRESSED_BY
from functions.requests.request import prompts_of

LARGEST = 50_000
"""Bytes of all answers that people give in one run: the run's item holds them beside the question."""


class InvalidReply(Exception):
    """The reply does not answer the question; the text says why and what is expected."""


def answers_in(reply: Any, asked: list[Question], so_far: list[Given]) -> list[Given]:
    """The answers in the form of a request's ``prompts``, each addressed by the key of its prompt.

    Not by what the person wrote: a name could also match another prompt of that name that opens later.

    Parameters
    ----------
    reply
        What was sent: ``{"prompts": […]}``, or the list alone.
    asked
        The prompts that were asked.
    so_far
        The answers that people gave before in this run.

    Raises
    ------
    InvalidReply
        It is malformed, answers other prompts, leaves a prompt out, or an answer does not fit.
    """
    listed = reply["prompts"] if isinstance(reply, dict) and set(reply) == {"prompts"} else reply
    if not isinstance(listed, list):
        raise InvalidReply('the reply must be {"prompts": [{"name": …, "answers": …}]}, with an answer for each prompt')
    try:
        answers = prompts_of(listed)
    except InvalidRequest as problem:
        raise InvalidReply(str(problem)) from None
    made = plan(asked, answers, "fail", ShownChoices())
    missing = [f"{titled(prompt)} has no answer" for prompt in made.missing]
    if problems := [*unmatched_in_words(answers, asked), *made.problems, *missing]:
        raise InvalidReply("; ".join(problems))
    addresses = {answer["given"]: address_of(answer["send"]) for answer in made.answers}
    addressed = [_addressed(answer, *addresses[position]) for position, answer in enumerate(answers)]
    if (size := len(json.dumps([*so_far, *addressed], ensure_ascii=False).encode())) > LARGEST:
        raise InvalidReply(
            f"the answers of the run have {size} bytes, and {LARGEST} are allowed; give fewer or shorter answers"
        )
    return addressed


def _addressed(answer: Given, field: str, address: str) -> Given:
    return {field: address} | {key: said for key, said in answer.items() if key not in ADDRESSED_BY}


class ShownChoices:
    """The choices that were shown with the question."""

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """All choices. Raises ListedLater if there are more: names are looked up when the answers are sent."""
        choices: list[Choice] = prompt.get("choices", [])
        if prompt.get("more", True):
            raise ListedLater("the question shows only some of the choices")
        return choices

    def named(self, kind: str, name: str) -> list[Choice]:
        """Raises ListedLater: names are looked up when the answers are sent."""
        raise ListedLater("names are looked up when the answers are sent")
