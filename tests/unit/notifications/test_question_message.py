"""The message that asks people can always be answered, however much the prompts say of themselves."""

from typing import Any

from functions.handlers.take_answers import _not_answered
from functions.notifications import question_message
from functions.notifications.publish import LONGEST
from functions.prompts.describe import LARGEST, questions, shortened
from functions.runs.model import Run
from functions.runs.store.item_format import run_of
from tests.unit.prompts.offered import Offered, named

ARN = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:a"


def run_that_asks(prompts: list[dict[str, Any]]) -> Run:
    question = {"token": "the-token", "askedAt": 0, "until": 60, "prompts": prompts, "refusal": None}
    asking = {"hours": 1, "answers": [], "fresh": 0, "refused": {}, "seconds": 0}
    item = {
        "executionArn": ARN,
        "attempts": {},
        "datamart": {"id": "A", "name": "City"},
        "asking": asking,
        "question": question,
    }
    return run_of(item, 1)


def test_how_to_answer_is_said_at_the_end_of_a_message_that_is_too_long() -> None:
    default = [{"id": f"h{n};", "name": "é"} for n in range(60)]
    prompt = {"type": "ELEMENTS", "required": True, "defaultAnswer": default}
    many = [prompt | {"key": f"{n:032X}@0@10", "name": f"Prompt {n}"} for n in range(100)]
    asked = shortened(questions(many, Offered(named("USA")), 50), LARGEST)
    run = run_that_asks(asked)
    assert run.question is not None
    text = question_message.text(run, run.question)
    assert "…" in text
    assert len(text.encode()) <= LONGEST
    for told in ("'the-token'", f"datamart answer {ARN} answers.json", "Execution: https://"):
        assert told in text[-2_000:]


def test_a_redriven_question_ends_as_what_it_is() -> None:
    ended = {"Error": "RunAlreadyEnded", "Cause": '{"errorMessage": "this run was closed"}'}
    conclusion = _not_answered(run_that_asks([]), ended)
    assert conclusion.error == "RunAlreadyEnded"
    assert "this run was closed" in conclusion.cause
