"""The message that asks people: what the datamart wants to know, what may be answered, and how."""

import json
import os

from functions.answering import words
from functions.answering.prompt import titled
from functions.answering.question import Question, skeleton
from functions.run import clock
from functions.run.errors import shorten
from functions.run.run import Run
from functions.telling.notice import EXAMPLES, LONGEST, console_link, publish


def subject(run: Run) -> str:
    """``Datamart City asks 2 questions``."""
    count = len(run.item["question"]["prompts"])
    return f"Datamart {run.asked} asks {count} question{'s' if count != 1 else ''}"


def text(run: Run) -> str:
    """The whole message. The token in it lets anybody reply: the topic's readers are whom the run asks.

    Where it would be too long, what there is to say of the prompts is cut, never how to answer.
    """
    item, question = run.item, run.item["question"]
    about = [
        f'Datamart "{run.asked}" waits for answers until {clock.timestamp(question["until"])}. Nothing is loaded yet.',
        *([f"The last reply was refused: {question['refusal']}"] if question["refusal"] else []),
        *(f"{name}: {value}" for name, value in (("Job", item.get("job")), ("For", item.get("asOf"))) if value),
        "",
        *(line for number, prompt in enumerate(question["prompts"], 1) for line in _about(number, prompt)),
        "To answer, change the answers below and save them as answers.json:",
        json.dumps({"prompts": skeleton(question["prompts"], EXAMPLES)}, ensure_ascii=False, indent=2),
    ]
    how = [
        '"useDefault": true in place of "answers" takes the default; "answers": [] leaves an optional prompt open.',
        "Then either",
        f"  datamart answer {run.arn} answers.json",
        "or",
        f"  aws stepfunctions send-task-success --task-output file://answers.json --task-token '{question['token']}'",
        "",
        f"Execution: {console_link(run.arn)}",
    ]
    end = "\n".join(how)
    return shorten("\n".join(about), LONGEST - len(end.encode("utf-8", "replace")) - 1) + f"\n{end}"


def _about(number: int, prompt: Question) -> list[str]:
    head = titled(prompt)
    lines = [f"{number}. {head[0].upper()}{head[1:]}: {words.taken(prompt)}"]
    if "instruction" in prompt:
        lines.append(f"   {prompt['instruction']}")
    if "defaultAnswer" in prompt:
        lines.append(f"   Default: {words.default(prompt, None)}")
    if "choices" in prompt:
        lines.append(f"   Choices: {words.choices(prompt, None)}")
    return [*lines, ""]


def send(run: Run) -> None:
    """Publish it on the topic of questions (environment variable ``QUESTION_TOPIC_ARN``)."""
    publish(subject(run), text(run), topic_arn=os.environ["QUESTION_TOPIC_ARN"])
