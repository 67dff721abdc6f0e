"""What a run takes of AWS: transitions by the documented formula, and no call to DynamoDB that could be spared."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.runs.store.table import run_table
from infra.costs.run_counts import (
    BYTES_AN_EVENT,
    BYTES_OF_LAMBDA,
    BYTES_OF_OURS,
    UNITS_OF_RECORD,
    Work,
    bytes_of_record,
    history_events,
    lambda_calls,
    read_units,
    transitions,
    units_of_record,
    write_units,
)
from local.outcome import Outcome
from local.simulator import catalogue
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.support.aws_calls import WRITE_UNIT, AwsCalls, counted
from tests.support.aws_logs import bytes_ingested, lambda_lines, machine_lines
from tests.support.by_hand import ByHand

COUNTRIES = [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}]}]
FOLLOW_UPS = [{"publishCube": "Category Cube"}, {"triggerEvent": "Load done"}, {"triggerEvent": catalogue.LOAD_DONE}]
REPLY = {"prompts": [{"name": "Elements of Country", "answers": ["USA"]}]}

MOST_WRITES, MOST_READS = 22, 12
"""Calls to the run table of a run without prompts that looks twice, to the end of its end_run."""


def counted_run(system: System, **request: Any) -> tuple[Outcome, AwsCalls]:
    """A run that succeeds, and what its functions called."""
    with counted(system.emulator) as calls:
        outcome = system.run(**request)
    assert outcome.status == "SUCCEEDED", outcome.cause
    return outcome, calls


def work_of(outcome: Outcome) -> Work:
    """What a run did, by the states that it entered."""
    entered = outcome.states.count
    return Work(
        *(entered("GetStatus"), entered("AnswerPrompts")),
        saves=entered("SaveDatamart") + entered("SaveBeforeFollowUps") > 0,
        questions=entered("AskPerson"),
        events=entered("TriggerEvent"),
        cubes=entered("PublishCube"),
        cube_looks=entered("GetCubeStatus"),
    )


@pytest.mark.parametrize(
    "request_of_the_run",
    [
        {"datamart": catalogue.CATEGORY_SALES},
        {"datamart": CITY, "prompts": COUNTRIES, "saveAs": {"name": "lean", "folder": "/Public Objects/Datamarts"}},
        {"datamart": CITY, "unanswered": "ask"},
        {"datamart": catalogue.CATEGORY_SALES, "then": FOLLOW_UPS},
        {"datamart": CITY, "prompts": COUNTRIES, "save": {}, "then": FOLLOW_UPS[:1]},
    ],
    ids=["unprompted", "with prompts and saved", "asking people", "with follow-ups", "saved, then a follow-up"],
)
def test_a_run_takes_what_the_documented_formulas_say(
    system: System, request_of_the_run: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.emulator, "person", lambda question: system.emulator.reply(question.token, REPLY))
    system.run(datamart=catalogue.CATEGORY_SALES)  # the first of a connection makes the item of its queue
    before = len(system.emulator.logs.read_text().splitlines())
    outcome, calls = counted_run(system, **request_of_the_run)
    work, logged = work_of(outcome), system.emulator.logs.read_text().splitlines()[before:]
    assert len(outcome.states) == transitions(work), outcome.states
    assert len(outcome.history) == history_events(work)
    assert len(calls.invocations) == lambda_calls(work)
    assert calls.read_units == read_units(work)
    assert 0.9 < calls.write_units / write_units(work) <= 1
    assert calls.history_units == units_of_record(work, UNITS_OF_RECORD - 1), "it is of no job"
    events, invocations = history_events(work), lambda_calls(work)
    assert bytes_ingested(machine_lines(outcome)) == pytest.approx(BYTES_AN_EVENT * events, rel=0.02)
    assert bytes_ingested(lambda_lines(calls.invocations)) == pytest.approx(BYTES_OF_LAMBDA * invocations, rel=0.02)
    records = [line for line in logged if '"message":"run ended"' in line]
    assert bytes_ingested(records) == pytest.approx(bytes_of_record(work), rel=0.1)
    of_steps = bytes_ingested(logged) - bytes_ingested(records)
    assert of_steps == pytest.approx(BYTES_OF_OURS * invocations, rel=0.1)


def test_a_run_that_waits_takes_what_the_documented_formulas_say(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    ByHand(system).ends_at_wait(monkeypatch, 3)
    outcome, calls = counted_run(system, datamart=catalogue.CATEGORY_SALES)
    work = work_of(outcome)._replace(waits=1, looks_as_first=2)
    assert outcome.states[:5] == ["PrepareRun", *["WaitInQueue"] * 3, "PrepareRun"]
    assert len(outcome.states) == transitions(work)
    assert len(calls.invocations) == lambda_calls(work) + 1, "and the end_run of the run that it waits for"
    assert len(outcome.history) == history_events(work)
    assert bytes_ingested(machine_lines(outcome)) == pytest.approx(BYTES_AN_EVENT * len(outcome.history), rel=0.02)


def test_a_run_without_contention_makes_no_call_to_the_run_table_in_vain(system: System) -> None:
    system.run(datamart=catalogue.CATEGORY_SALES)  # the first of a connection makes the item of its queue
    outcome, calls = counted_run(system, datamart=catalogue.CATEGORY_SALES)
    assert outcome.states.count("GetStatus") == 2
    assert calls.writes <= MOST_WRITES, calls
    assert calls.reads <= MOST_READS, calls
    assert calls.refused == []


def test_each_look_at_the_job_is_one_read_and_one_write(system: System) -> None:
    outcome, calls = counted_run(system, prompts=COUNTRIES)
    looks = outcome.states.count("GetStatus")
    of_looks = [call.operation for call in calls if call.module == "get_status" and call.key == outcome.execution_arn]
    assert of_looks == ["GetItem", "UpdateItem"] * looks
    assert outcome.output["polls"] == looks


def test_a_look_is_one_write_also_where_each_response_changes_a_cookie(new_system: Callable[..., System]) -> None:
    system = new_system("sticky-balancer")
    system.run(datamart=catalogue.CATEGORY_SALES)  # the first of a connection makes the item of its queue
    outcome, calls = counted_run(system, datamart=catalogue.CATEGORY_SALES)
    looks = outcome.states.count("GetStatus")
    of_looks = [call.operation for call in calls if call.module == "get_status" and call.key == outcome.execution_arn]
    assert of_looks == ["GetItem", "UpdateItem"] * looks
    assert len(system.simulator.server.sessions.issued) > looks
    assert calls.refused == []


def test_the_item_of_a_nightly_run_takes_two_units_of_a_write_and_one_once_it_has_ended(system: System) -> None:
    """It knows the durations of as many runs before it as any."""
    known = {"seconds": [1_800.1 + 10 * night for night in range(20)], "lastRun": "the night before", "expiresAt": 0}
    run_table().create({"executionArn": f"durations/default/{TUTORIAL}/{catalogue.CATEGORY_SALES}"} | known)
    nightly = {"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00"}
    with counted(system.emulator) as calls:
        outcome = system.run_input(nightly | {"request": {"datamart": catalogue.CATEGORY_SALES, "prompts": []}})
    assert outcome.output["loaded"] == "yes"
    assert calls.history_units == UNITS_OF_RECORD
    sizes = [(call.module, call.size) for call in calls if call.key == outcome.execution_arn]
    assert WRITE_UNIT < max(size for module, size in sizes if module == "get_status") <= 1.4 * WRITE_UNIT
    assert 0.9 * WRITE_UNIT < max(size for module, size in sizes if module == "end_run") <= WRITE_UNIT
