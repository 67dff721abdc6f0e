"""Read the open prompts and decide what is answered to each."""

import json
from typing import Any

from functions.answering import question
from functions.answering.choices import OfServer
from functions.answering.plan import plan
from functions.answering.prompt import Prompt, address_of
from functions.library import PromptAnswerRejected
from functions.run import clock
from functions.run.errors import PromptsUnanswered
from functions.step import Answer, Step, step

MOST_LOOKS = 120
"""Looks at the prompts in one attempt. Each level of nested prompts takes one or two: some 50 levels at the least."""

SETTLING_SECONDS = 10
"""How long a prompt may still be listed as open after the server took its answer (contract 7.3)."""

LARGEST_ANSWERS = 200_000
"""Bytes of all answers as the API takes them: they pass through a state, whose data may have 256 KB."""

MOST_CHOICES = 50
"""Choices of a prompt that are kept for a person to see."""


@step
def handler(step: Step) -> Answer:
    """Read the open prompts. Returns ``answers``: one for each, ready to send; empty when nothing is open (any more).

    Raises PromptsUnanswered (with what is missing, ready to paste), PromptAnswerRejected, InstanceLost.
    """
    run = step.run
    if step.event["round"] > MOST_LOOKS:
        raise PromptsUnanswered(f"the datamart still asks after {MOST_LOOKS} looks at its prompts; it was given up.")
    where = (run.project_id, run.datamart_id, str(run.execution_instance_id))
    open_prompts = [p for p in step.library.get_prompts(*where) if address_of(p)[1] not in _settling(step)]
    given = [*step.event["prompts"], *run.persons_answers]
    choices = OfServer(step.library, *where)
    made = plan(open_prompts, given, step.event["unanswered"], choices, run.used_answers)
    if made.problems:
        raise PromptAnswerRejected("; ".join(made.problems))
    if made.missing:
        raise _unanswered(step, made.missing, given, choices)
    if (size := len(json.dumps(made.answers, ensure_ascii=False).encode())) > LARGEST_ANSWERS:
        raise PromptAnswerRejected(f"the answers have {size} bytes, and {LARGEST_ANSWERS} are allowed; give fewer")
    return {"answers": made.answers}


def _settling(step: Step) -> set[str]:
    """The prompts whose answers the server took a moment ago: they may still be listed as open."""
    attempt = step.run.attempt
    if clock.now() - attempt.get("answeredAt", 0) > SETTLING_SECONDS:
        return set()
    return {str(prompt["at"]) for prompt in attempt.get("prompts", [])}


def _unanswered(step: Step, missing: list[Prompt], given: list[dict[str, Any]], choices: OfServer) -> PromptsUnanswered:
    """Keep what is missing in the run, whole: the error's text has only as much of it as fits."""
    asked = question.questions(missing, choices, MOST_CHOICES)
    step.run.note(unanswered={"attempt": step.run.number, "prompts": question.within(asked, question.LARGEST)})
    return PromptsUnanswered(question.missing(asked, given))
