"""Read the open prompts and decide what is answered to each."""

import json
from typing import Any

from functions import clock
from functions.errors import DatamartFailed, PromptAnswerRejected, PromptsUnanswered, ServerBusy, ServerUnavailable
from functions.handlers._decorators import step
from functions.lifecycle.step import Step, StepResult
from functions.microstrategy.http.redaction import redactor
from functions.prompts import describe
from functions.prompts.choices import NoChoices
from functions.prompts.plan import Plan, plan
from functions.prompts.prompt import Prompt, address_of
from functions.prompts.server_choices import ServerChoices
from functions.prompts.used_answers import used_answers
from functions.runs.job_state import JobState, answered_a_moment_ago
from functions.runs.store.attempts import record_slow_lists
from functions.runs.store.job_states import record_standstill
from functions.runs.store.runs import record_unanswered

MOST_LOOKS = 400
"""Looks at the prompts in one attempt. Each level of nested prompts takes one or two, and up to six where a server goes
on listing what was answered: more than 50 levels."""

MOST_SLOW_LISTS = 2
"""Lists of prompts that may time out in a row: the next is asked for only after the job's status was read."""

LARGEST_ANSWERS = 200_000
"""Bytes of all answers as the API takes them: they pass through a state, whose data may have 256 KB."""

MOST_CHOICES = 50
"""Choices of a prompt that are kept for a person to see."""


@step
def handler(step: Step) -> StepResult:
    """Read the open prompts. Returns ``answers``: one for each, ready to send.

    ``answers`` is empty when nothing is open (any more), and after a list that timed out: the state machine then reads
    the job's status. Raises PromptsUnanswered (with what is missing, ready to paste), PromptAnswerRejected (also for a
    name whose look-up took too long), InstanceLost, and DatamartFailed after MOST_SLOW_LISTS lists that timed out.
    """
    run = step.run
    if step.event["round"] > MOST_LOOKS:
        raise PromptsUnanswered(
            f"prompts are still open after their list was read {MOST_LOOKS} times; the run gave up."
        )
    where = (run.project_id, run.datamart_id, str(run.execution_instance_id))
    asked_at = clock.now()
    listed = _listed(step, where)
    if listed is None:
        return {"answers": []}
    open_prompts = _open(step, listed, asked_at)
    given = [*step.event["prompts"], *run.answers_of_people]
    choices = ServerChoices(step.library, *where)
    made = _planned(step, open_prompts, given, choices)
    if made.problems:
        raise PromptAnswerRejected("; ".join(made.problems))
    if made.missing:
        raise _unanswered(step, made.missing, given, choices)
    if (size := len(json.dumps(made.answers, ensure_ascii=False).encode())) > LARGEST_ANSWERS:
        raise PromptAnswerRejected(f"the answers have {size} bytes, and {LARGEST_ANSWERS} are allowed; give fewer")
    step.facts |= used_answers(made.answers, open_prompts, redactor(step.library.secrets)) if made.answers else {}
    return {"answers": made.answers}


def _listed(step: Step, where: tuple[str, str, str]) -> list[Prompt] | None:
    """What the server lists, or None where it took too long for the first time.

    The list may still be in the making: the retries of the state machine would start it again, up to eight times.
    Raises DatamartFailed where it took too long again.
    """
    slow = step.run.attempt.slow_lists
    try:
        listed = step.library.get_prompts(*where)
    except ServerUnavailable as error:
        if not error.timed_out:
            raise
        if slow + 1 >= MOST_SLOW_LISTS:
            raise DatamartFailed(
                f"the server did not list the open prompts in time, {slow + 1} times in a row ({error}); the list may "
                "still be preparing on the server. Nothing was answered. Start a new run when the server is faster",
                step="get_prompts",
            ) from None
        record_slow_lists(step.run, slow + 1)
        return None
    if slow:
        record_slow_lists(step.run, 0)
    return listed


def _planned(step: Step, open_prompts: list[Prompt], given: list[dict[str, Any]], choices: ServerChoices) -> Plan:
    """What is answered to each. A look-up that took too long fails the run: a retry would start the query again."""
    try:
        return plan(open_prompts, given, step.event["unanswered"], choices, step.run.attempt.positions_sent)
    except ServerUnavailable as error:
        if error.timed_out:
            raise PromptAnswerRejected(str(error)) from None
        raise


def _open(step: Step, listed: list[Prompt], asked_at: float) -> list[Prompt]:
    """Those that are not only listed still, their answers taken a moment ago.

    One that was never answered shows that the job waits, and writes nothing.
    """
    answered = step.run.attempt.addresses_sent
    new = [prompt for prompt in listed if address_of(prompt)[1] not in answered]
    if new and step.run.attempt.job_state is not JobState.PROMPTING:
        record_standstill(step.run, step.event["round"])
    return new if answered_a_moment_ago(step.run.attempt, asked_at) else listed


def _unanswered(
    step: Step, missing: list[Prompt], given: list[dict[str, Any]], choices: ServerChoices
) -> PromptsUnanswered:
    """Keep what is missing in the run, whole: the error's text has only as much of it as fits."""
    try:
        asked = describe.questions(missing, choices, MOST_CHOICES)
    except (ServerUnavailable, ServerBusy):  # what is asked matters more than what may be answered
        asked = describe.questions(missing, NoChoices(), MOST_CHOICES)
    record_unanswered(step.run, describe.shortened(asked, describe.LARGEST))
    return PromptsUnanswered(describe.missing(asked, given))
