"""Finds a deployed run that waits for people's answers, and sends it the reply."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

from functions.names import EXECUTION_ARN, execution_arn
from functions.prompts.prompt import Given
from functions.runs.model import Prompt, Run
from functions.runs.store.runs import find_run
from functions.runs.store.table import RunTable
from functions.text import shorten
from local.aws.aws_errors import in_plain_words
from local.aws.found_execution import look_in
from local.aws.stack import stack_of
from local.errors import CannotGoOn, NotDone

DECLINED = "Declined"
"""The error of a declined question."""

LONGEST_REASON = 2_000
"""Maximum size in bytes of the reason; a run stores no more."""

_TOO_LATE = "the question is closed: its time is over, it was answered, or the run was stopped."

TOO_LATE = {"TaskTimedOut": _TOO_LATE, "TaskDoesNotExist": _TOO_LATE, "InvalidToken": _TOO_LATE}
"""From Step Functions' error codes about the token to their meaning."""

NOTHING_TO_ANSWER: tuple[tuple[Callable[[Run], bool], str], ...] = (
    (lambda run: run.ended, "it has ended."),
    (lambda run: run.questions is None, 'its request does not have "unanswered": "ask".'),
    (lambda run: bool(run.questions and run.questions.conclusion), "it was answered, and goes on."),
    (lambda run: True, "it has not asked a question yet."),
)
"""Reasons why a run has no open question; the first that applies counts."""


class NotTaken(NotDone):
    """There is no open question."""


@dataclass(frozen=True)
class Waiting:
    """A run with an open question. Its ``prompts`` are open until ``until``; ``answered`` are people's earlier answers.

    The token authorises a reply: no text of this module and no ``repr`` contains it.
    """

    arn: str
    prompts: list[Prompt]
    until: float
    refusal: str | None
    answered: list[Given]
    token: str = field(repr=False)

    def answer(self, answers: list[Given]) -> None:
        """Send the answers; the run continues. Raises NotTaken, CannotGoOn."""
        self._send("send_task_success", output=json.dumps({"prompts": answers}, ensure_ascii=False))

    def decline(self, reason: str) -> None:
        """End the run without answers. Raises NotTaken, CannotGoOn."""
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
    """Find a run and its open question.

    Parameters
    ----------
    run
        Its execution's ARN, which names region and stage, or its name.
    stage
        The stage, if ``run`` is a name.

    Raises
    ------
    NotTaken
        It has no open question.
    CannotGoOn
        There is no such run, or the call to AWS fails.
    """
    with in_plain_words():
        found = _found(run, stage)
    question = found.question
    if question is None or found.ended:
        reason = next(words for holds, words in NOTHING_TO_ANSWER if holds(found))
        raise NotTaken(f"the run has no open question: {reason}")
    return Waiting(
        arn=found.arn,
        prompts=list(question.prompts),
        until=question.until,
        refusal=question.refusal,
        answered=found.answers_of_people,
        token=question.token,
    )


def _found(run: str, stage: str) -> Run:
    match = EXECUTION_ARN.fullmatch(run)
    if match is None and ":" in run:
        raise CannotGoOn(f'invalid run "{run}": use the ARN of an execution of a datamart runner, or its name.')
    if match is not None:
        look_in(match["region"])
    stack = stack_of(match["stage"] if match else stage)
    arn = execution_arn(stack.state_machine, match["name"] if match else run)
    if match and arn != run:
        raise CannotGoOn(f"{run} is in another account than these credentials; set AWS_PROFILE to one of that account.")
    found = find_run(RunTable(stack.run_table), arn)
    if found is None:
        raise CannotGoOn(f'unknown run "{arn}": use the name in the question\'s message or in the console.')
    return found
