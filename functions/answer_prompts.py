"""Send the answers to the open prompts; the job then goes on by itself, or opens further ones."""

from functions.library import PromptAnswerRejected
from functions.run.answers import told
from functions.run.outcome import Job
from functions.step import Answer, Step, step


@step
def handler(step: Step) -> Answer:
    """Answer every open prompt in one call. Returns ``phase`` and ``waitSeconds`` as get_status does.

    From the moment before the call the job counts as running: answered, it writes the table. Raises
    PromptAnswerRejected, InstanceLost; ServerUnavailable is answered by reading the prompts again (contract 8.5).
    """
    run = step.run
    answers = step.event["answers"]
    run.learn(job=Job.ACCEPTED.value)
    try:
        step.library.answer_prompts(
            run.project_id, run.datamart_id, str(run.execution_instance_id), [a["send"] for a in answers]
        )
    except PromptAnswerRejected:
        run.learn(job=Job.PROMPTING.value)
        raise
    run.learn(promptsAnswered=[*run.attempt.get("promptsAnswered", []), *(told(a) for a in answers)])
    return {"phase": "running", "waitSeconds": 1}
