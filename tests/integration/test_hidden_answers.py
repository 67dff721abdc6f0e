"""With ``showAnswers = false`` no value of an answer is in anything that people read, whatever quotes it, and when."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from functions.requests.hidden_answers import HIDDEN
from functions.runs.store import sent_answers
from local.emulator.history_table import find_record
from local.outcome import Outcome
from local.simulator import catalogue
from tests.integration.conftest import CITY, System
from tests.integration.test_logs import lines_of

SECRET = "Germany"
ANSWERS = [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": SECRET}]}]
QUOTED = f"the statement failed: WHERE COUNTRY = '{SECRET}'"
SEEN = f"COUNTRY = '{HIDDEN}'"


@pytest.fixture(autouse=True)
def hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOW_ANSWERS", "false")


def seen_by_people(system: System, outcome: Outcome) -> str:
    """Logs, cause, notifications, end events, the run's record and what its item keeps of errors."""
    record = find_record(system.emulator.deployed.history_table, outcome.execution_arn)
    item = system.item(outcome)
    told: list[Any] = [outcome.cause, outcome.output, system.notices(), system.events(), lines_of(system, outcome)]
    return json.dumps([*told, record and asdict(record), item["attempts"], item.get("outcome")], default=str)


def check(system: System, outcome: Outcome) -> None:
    """The error is there without the value."""
    seen = seen_by_people(system, outcome)
    assert SEEN in seen
    assert SECRET not in seen


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("get_execution", {"skip": 1, "status": 200, "json": {"id": CITY, "status": 3, "message": QUOTED}}),
        ("get_execution", {"skip": 1, "times": 900, "status": 500, "json": {"code": "ERR001", "message": QUOTED}}),
        ("answer_prompts", {"status": 400, "json": {"code": "ERR006", "message": QUOTED}}),
        ("get_execution", {"skip": 1, "times": 900, "status": 503, "body": f"<html>{QUOTED}</html>"}),
    ],
)
def test_a_server_that_quotes_an_answer_is_shown_without_it(system: System, step: str, fault: dict[str, Any]) -> None:
    system.simulator.inject(step, **fault)
    outcome = system.run(prompts=ANSWERS, timeoutMinutes=30)
    assert outcome.status == "FAILED"
    check(system, outcome)


def test_a_job_that_failed_when_it_was_stopped_is_shown_without_the_answer(system: System) -> None:
    system.simulator.inject("get_execution", skip=1, times=900, status=200, json={"id": CITY, "status": 6})
    arn = system.emulator.start({"project": "MicroStrategy Tutorial", "datamart": CITY, "prompts": ANSWERS})

    def running() -> bool:
        (fault,) = system.simulator.faults_due()
        if fault.times == 900:
            return False
        fault.json = {"id": CITY, "status": 3, "message": QUOTED}
        return True

    system.emulator.wait(arn, stopping=running)
    check(system, system.watch(arn))


def test_an_answer_that_people_gave_is_shown_in_no_error(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        system.emulator, "person", lambda asked: system.emulator.reply(asked.token, {"prompts": ANSWERS})
    )
    system.simulator.inject("get_execution", skip=2, status=200, json={"id": CITY, "status": 3, "message": QUOTED})
    check(system, system.run(unanswered="ask"))


def test_where_too_much_was_sent_nothing_of_the_servers_text_is_shown(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent_answers, "LARGEST", 5)
    system.simulator.inject("get_execution", skip=1, status=200, json={"id": CITY, "status": 3, "message": QUOTED})
    outcome = system.run(prompts=ANSWERS)
    assert "the statement failed" not in seen_by_people(system, outcome)
    assert HIDDEN in str(outcome.cause)


def test_with_answers_shown_the_servers_text_is_whole_and_no_answer_is_kept(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOW_ANSWERS", "true")
    system.simulator.inject("get_execution", skip=1, status=200, json={"id": CITY, "status": 3, "message": QUOTED})
    outcome = system.run(prompts=ANSWERS)
    assert QUOTED in str(outcome.cause)
    assert system.emulator.item(f"{sent_answers.PREFIX}{outcome.execution_arn}") is None


def test_an_error_about_a_datamart_without_prompts_is_shown_whole(system: System) -> None:
    outcome = system.run(datamart=catalogue.BROKEN_SQL)
    assert "no_such_column" in str(outcome.cause)
