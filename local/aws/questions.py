"""A deployed run that waits for people's answers: how it is found, and how they reach it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

from functions.prompts.prompt import Given
from functions.runs.model import Prompt, Run
from functions.runs.store.runs import find_run
from functions.runs.store.table import RunTable
from functions.text import shorten
from local.aws.aws_errors import in_plain_words
from local.aws.execution import execution_arn
from local.aws.stack import stack_of
from local.errors import CannotGoOn, NotDone

DECLINED = "Declined"
"""The error with which the waiting ends when nobody is going to answer."""

LONGEST_REASON = 2_000
"""Bytes; a run keeps no more of it."""

_ARN = re.compile(
    r"arn:aws[a-z-]*:states:(?P<region>[a-z0-9-]+):[0-9]{12}:execution:datamart-runner-(?P<stage>[a-z0-9-]+):(?P<name>[^:]+)"
)

_TOO_LATE = "the question is not open any more: its time is over, it was answered already, or the run was stopped."

TOO_LATE = {"TaskTimedOut": _TOO_LATE, "TaskDoesNotExist": _TOO_LATE, "InvalidToken": _TOO_LATE}
"""What Step Functions says of the token, and what that means."""

NOTHING_TO_ANSWER: tuple[tuple[Callable[[Run], bool], str], ...] = (
    (lambda run: run.ended, "it has ended."),
    (lambda run: run.questions is None, 'it asks nobody: its request does not say "unanswered": "ask".'),
    (lambda run: bool(run.questions and run.questions.conclusion), "it was answered already, and goes on."),
    (lambda run: True, "it has not asked anything yet."),
)
"""Why a run without an open question has none; the first that fits."""


class NotTaken(NotDone):
    """There is nothing to answer, or not any more."""


@dataclass(frozen=True)
class Waiting:
    """A run with an open question. ``prompts`` are asked until ``until``; ``answered`` is what people answered before.

    Whoever has the token can answer: it is in no text that comes from here, and in no ``repr``.
    """

    arn: str
    prompts: list[Prompt]
    until: float
    refusal: str | None
    answered: list[Given]
    token: str = field(repr=False)

    def answer(self, answers: list[Given]) -> None:
        """Let the run go on with these answers. Raises NotTaken, CannotGoOn."""
        self._send("send_task_success", output=json.dumps({"prompts": answers}, ensure_ascii=False))

    def decline(self, reason: str) -> None:
        """Let the run end without answers. Raises NotTaken, CannotGoOn."""
        self._send("send_task_failure", error=DECLINED, cause=shorten(reason, LONGEST_REASON))

    def _send(self, operation: str, **what: str) -> None:
        try:
            with in_plain_words():
                _checked(getattr(boto3.client("stepfunctions"), operation), taskToken=self.token, **what)
        except CannotGoOn as problem:
            raise CannotGoOn(str(problem).replace(self.token, "…")) from None  # some of AWS's messages quote it


def _checked(call: Callable[..., Any], **arguments: str) -> None:
    try:
        call(**arguments)
    except ClientError as problem:
        if (code := problem.response["Error"]["Code"]) in TOO_LATE:
            raise NotTaken(TOO_LATE[code]) from None
        raise


def waiting_run(run: str, stage: str) -> Waiting:
    """The run that is called ``run``, with its open question.

    Parameters
    ----------
    run
        Its execution's ARN, which tells region and stage by itself, or its name.
    stage
        Whose stack, if it is a name.

    Raises
    ------
    NotTaken
        It waits for nothing.
    CannotGoOn
        There is no such run, or AWS cannot be asked.
    """
    with in_plain_words():
        found = _found(run, stage)
    question = found.question
    if question is None or found.ended:
        reason = next(words for holds, words in NOTHING_TO_ANSWER if holds(found))
        raise NotTaken(f"the run waits for no answers: {reason}")
    return Waiting(
        arn=found.arn,
        prompts=list(question.prompts),
        until=question.until,
        refusal=question.refusal,
        answered=found.answers_of_people,
        token=question.token,
    )


def _found(run: str, stage: str) -> Run:
    match = _ARN.fullmatch(run)
    if match is None and ":" in run:
        raise CannotGoOn(f"{run} is neither the ARN of a run of a datamart runner nor a run's name.")
    if match is not None:
        _look_in(match["region"])
    stack = stack_of(match["stage"] if match else stage)
    arn = execution_arn(stack.state_machine, match["name"] if match else run)
    if match and arn != run:
        raise CannotGoOn(f"{run} is in another account than these credentials; set AWS_PROFILE to one of that account.")
    found = find_run(RunTable(stack.run_table), arn)
    if found is None:
        raise CannotGoOn(f"there is no run {arn}: look for its name in the message that asked, or in the console.")
    return found


def _look_in(region: str) -> None:
    """Everything that follows looks into the region of an ARN, whatever the environment says."""
    if (boto3.DEFAULT_SESSION or boto3.Session()).region_name != region:
        boto3.setup_default_session(region_name=region)
