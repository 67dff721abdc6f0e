"""Read the open prompts and decide what is answered to each."""

from functions.run.answers import plan
from functions.run.errors import PromptsUnanswered
from functions.step import Answer, Step, step

MOST_ROUNDS = 30
"""Rounds of reading prompts in one attempt: nested prompts open new ones, and an answered prompt may still be
reported open for a moment (contract 7.3)."""


@step
def handler(step: Step) -> Answer:
    """Read the open prompts. Returns ``answers``: one for each, ready to send; empty when nothing is open (any more).

    Raises PromptsUnanswered (with what is missing, ready to paste), PromptAnswerRejected, InstanceLost.
    """
    run = step.run
    if step.event["round"] > MOST_ROUNDS:
        raise PromptsUnanswered(f"the datamart still asks after {MOST_ROUNDS} rounds of answers; it was given up.")
    prompts = step.library.get_prompts(run.project_id, run.datamart_id, str(run.execution_instance_id))
    return {"answers": plan(prompts, step.event["prompts"], step.event["unanswered"])}
