"""The message that asks people: what the datamart wants to know, what may be answered, and how."""

import os
import shlex
from typing import Any

from functions import clock
from functions.notifications.console_link import console_link
from functions.notifications.failure_notice import EXAMPLES
from functions.notifications.publish import LONGEST, publish_text
from functions.prompts import rendering
from functions.prompts.describe import LONGEST_INSTRUCTION, Question, skeleton
from functions.prompts.prompt import titled
from functions.runs.model import OpenQuestion, Run
from functions.text import as_json, named, one_line, quoted, shorten


def subject(run: Run, question: OpenQuestion) -> str:
    """``Datamart City asks 2 questions``."""
    count = len(question.prompts)
    return f"Datamart {named(run.datamart_in_words, 70)} asks {count} question{'s' if count != 1 else ''}"


def text(run: Run, question: OpenQuestion) -> str:
    """The whole message. The token in it lets anybody reply: the topic's readers are whom the run asks.

    Where it would be too long, what there is to say of the prompts is cut, never how to answer.
    """
    about = [
        f"Datamart {quoted(run.datamart_in_words)} waits for answers until {clock.minute(question.until)}. "
        "Nothing is loaded yet.",
        *([f"The last reply was refused: {one_line(question.refusal)}"] if question.refusal else []),
        *(f"{name}: {named(value)}" for name, value in (("Job", run.job_name), ("For", run.as_of)) if value),
        "",
        *(line for number, prompt in enumerate(question.prompts, 1) for line in _about(number, prompt)),
        "To answer, change the answers below and save them as answers.json:",
        as_json({"prompts": skeleton(question.prompts, EXAMPLES)}, indent=2),
    ]
    how = [
        '"useDefault": true in place of "answers" takes the default; "answers": [] leaves an optional prompt open.',
        "Then either",
        f"  datamart answer {shlex.quote(run.arn)} answers.json",
        "or",
        f"  aws stepfunctions send-task-success --task-output file://answers.json --task-token '{question.token}'",
        "",
        f"Execution: {console_link(run.arn)}",
    ]
    end = "\n".join(how)
    return shorten("\n".join(about), LONGEST - len(end.encode("utf-8", "replace")) - 1) + f"\n{end}"


def _about(number: int, prompt: Question) -> list[str]:
    """What there is to say of a prompt; its texts can be edited in MicroStrategy: each is one line."""
    head, shown = titled(prompt), _marked(prompt)
    lines = [f"{number}. {head[0].upper()}{head[1:]}: {one_line(rendering.requirements(shown))}"]
    if "instruction" in prompt:
        lines.append(f"   Instruction: {quoted(prompt['instruction'], LONGEST_INSTRUCTION)}")
    if "defaultAnswer" in prompt:
        lines.append(f"   Default: {one_line(rendering.default(shown, None))}")
    if "choices" in prompt:
        lines.append(f"   Choices: {one_line(rendering.choices(shown, None))}")
    return [*lines, ""]


def _marked(value: Any) -> Any:
    """The same with each text in it quoted, unless it is plain."""
    if isinstance(value, dict):
        return {key: _marked(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_marked(one) for one in value]
    return named(value) if isinstance(value, str) and value else value


def send(run: Run, question: OpenQuestion) -> None:
    """Publish it on the topic of questions (environment variable ``QUESTION_TOPIC_ARN``)."""
    publish_text(os.environ["QUESTION_TOPIC_ARN"], subject(run, question), text(run, question))
