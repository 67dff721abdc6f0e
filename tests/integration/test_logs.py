"""What the functions log of a run: one line a step, with HTTP requests, statuses, answers and what was cleaned up."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.outcome import Outcome
from local.simulator import catalogue
from tests.integration.conftest import System
from tests.support.by_hand import ByHand

COUNTRIES = [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}]}]


def lines_of(system: System, outcome: Outcome) -> list[dict[str, Any]]:
    """What the functions logged of an execution."""
    text = system.emulator.logs.read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines() if outcome.execution_arn in line]
    return [line for line in lines if "message" in line]


def steps(lines: list[dict[str, Any]], step: str) -> list[dict[str, Any]]:
    return [line for line in lines if line.get("step") == step]


def called(lines: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    return [(call["method"], call["path"], call["status"]) for line in lines for call in line.get("calls", [])]


def test_the_lines_of_a_run_have_each_http_request_that_the_server_saw(system: System) -> None:
    outcome = system.run(prompts=COUNTRIES)
    lines = lines_of(system, outcome)
    seen = system.simulator.state()["requests"]
    assert len(called(lines)) == len(seen) > 10
    assert [(method, status) for method, _, status in called(lines)] == [(r["method"], r["status"]) for r in seen]
    assert not any("/" + catalogue.CITY in path for _, path, _ in called(lines)), "paths have no IDs"


def test_the_lines_of_a_run_have_statuses_answers_and_what_was_cleaned_up(system: System) -> None:
    lines = lines_of(system, system.run(prompts=COUNTRIES))
    assert [line["status"] for line in steps(lines, "get_status")] == [2, 6, 1]
    (answered,) = [line["answers"] for line in lines if "answers" in line]
    assert answered == [{"name": "Elements of Country", "type": "ELEMENTS", "how": "answers", "values": ["USA"]}]
    assert [line["cleaned"] for line in lines if "cleaned" in line] == [
        {"instance": "deleted"},
        {"session": "logged out"},
    ]
    assert [line["end"] for line in steps(lines, "conclude_attempt")] == ["Succeed"]


def test_hidden_answers_are_in_no_line(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOW_ANSWERS", "false")
    lines = lines_of(system, system.run(prompts=COUNTRIES))
    (answered,) = [line["answers"] for line in lines if "answers" in line]
    assert answered == [{"name": "Elements of Country", "type": "ELEMENTS", "how": "answers"}]
    assert "USA" not in json.dumps(lines)


@pytest.mark.parametrize("asks", [False, True])
def test_hidden_answers_are_in_no_cause_and_in_no_notification(
    system: System, monkeypatch: pytest.MonkeyPatch, asks: bool
) -> None:
    monkeypatch.setenv("SHOW_ANSWERS", "false")
    wrong = {"name": "Elements of Country", "answers": ["Atlantis"]}
    monkeypatch.setattr(
        system.emulator, "person", lambda asked: system.emulator.reply(asked.token, {"prompts": [wrong]})
    )
    outcome = system.run(**({"unanswered": "ask"} if asks else {"prompts": [wrong]}))
    assert outcome.error == "PromptAnswerRejected"
    assert "(hidden)" in str(outcome.cause)
    told = [str(outcome.cause), *map(str, system.notices()), *map(str, system.events()), str(lines_of(system, outcome))]
    assert not [text for text in told if "Atlantis" in text]


def test_the_line_of_a_step_that_failed_has_its_requests_and_their_errors(system: System) -> None:
    system.simulator.inject("find_datamart", status=503, times=3)
    lines = lines_of(system, system.run(datamart="City"))
    (failed, done) = steps(lines, "describe_datamart")
    assert (failed["message"], failed["error"], failed["attempt"]) == ("step failed", "ServerUnavailable", 1)
    assert [call.get("retry", 0) for call in failed["calls"]][-3:] == [0, 1, 2]
    assert {call.get("error") for call in failed["calls"][-3:]} == {"ServerUnavailable"}
    assert done["message"] == "step done"


def test_a_run_that_waits_logs_its_place_and_for_whom_it_waits(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    holding = ByHand(system)
    holding.ends_at_wait(monkeypatch, 2)
    lines = lines_of(system, system.run(datamart=catalogue.CATEGORY_SALES))
    (queue,) = {json.dumps(line["queue"] | {"seconds": 0}): line["queue"] for line in lines if "queue" in line}.values()
    assert (queue["position"], queue["of"]) == (1, 1)
    assert queue["hasSlot"] == holding.arn.rpartition(":")[2]


def test_what_the_end_of_a_stopped_run_removes_is_logged(new_system: Callable[..., System]) -> None:
    system = new_system()
    stopped = system.emulator.start({"project": "MicroStrategy Tutorial", "datamart": "Slow Load"})
    system.emulator.wait(stopped, stopping=lambda: system.posts() > 0)
    lines = lines_of(system, system.watch(stopped))
    cleaned = {name: how for line in lines for name, how in line.get("cleaned", {}).items()}
    assert cleaned["session"] == "logged out"
    assert cleaned["instance"] == "deleted"
    assert any(line["message"] == "cleaned up" and line["calls"] for line in lines)
