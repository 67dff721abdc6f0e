"""Values nested deeper than DynamoDB allows go through a whole run: people's answers, the server's defaults."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.runs.model import OpenQuestion
from local.simulator import catalogue
from tests.integration.conftest import System
from tests.support.cases import exhaustive

DAY = {"name": "From day", "answers": "2026-02-01"}


def nested(operators: int) -> dict[str, Any]:
    """An expression that the simulator refuses, and that our own checks leave to the server."""
    value: dict[str, Any] = {"operator": "Equals", "operands": [{"type": "constant", "value": "1"}] * 2}
    for _ in range(operators):
        value = {"operator": "And", "operands": [value, {"type": "constant", "value": "1"}]}
    return {"expression": value}


@pytest.fixture
def questions(system: System, operators: int) -> Iterator[list[dict[str, Any]]]:
    """A person who first replies with a deep expression, and then leaves every prompt to its default or open."""
    asked: list[OpenQuestion] = []

    def answer(question: OpenQuestion) -> None:
        asked.append(question)
        first = len(asked) == 1
        answers = [
            {"name": prompt["name"]}
            | ({"answers": nested(operators)} if first and prompt["type"] == "EXPRESSION" else {"answers": []})
            for prompt in question.prompts
        ]
        system.emulator.reply(question.token, {"prompts": answers})

    system.emulator.person = answer
    yield asked
    system.emulator.person = None


@pytest.mark.parametrize("operators", [exhaustive(12), 40])
@pytest.mark.exhaustive  # guarded by: unit/runs/store/test_packing.py
def test_a_reply_that_is_nested_too_deep_for_the_table_is_sent_and_judged_by_the_server(
    system: System, questions: list[OpenQuestion], operators: int
) -> None:
    outcome = system.run(datamart=catalogue.ALL_PROMPTS, prompts=[DAY], unanswered="ask")
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert len(questions) == 2
    assert questions[1].refusal
    sent = [body["body"] for body in system.simulator.state()["answers"]]
    assert all("And" not in json.dumps(body) for body in sent), "the simulator took what it should refuse"


@pytest.mark.parametrize(("operators", "kept_as"), [exhaustive((12, nested(12))), (40, "(too long to be shown)")])
def test_a_default_of_the_server_that_is_nested_too_deep_is_kept_and_told(
    system: System, operators: int, kept_as: Any
) -> None:
    key = {"key": "0C2D5CA4483E29FFB0AF969D68588E95@0@10", "id": "0C2D5CA4483E29FFB0AF969D68588E95"}
    about = {"name": "Filter", "title": "Filter", "type": "EXPRESSION", "required": True}
    prompt = key | about | {"defaultAnswer": nested(operators)}
    system.simulator.inject("get_prompts", status=200, json=[prompt])
    outcome = system.run(unanswered="fail")
    assert outcome.error == "PromptsUnanswered", outcome.cause
    (kept,) = system.item(outcome)["unanswered"]["prompts"]
    assert kept["defaultAnswer"] == kept_as
    assert "Filter" in system.notices()[-1]["Message"]
