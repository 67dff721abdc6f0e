"""What a run takes of AWS: transitions by the documented formula, and no call to DynamoDB that could be spared."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.documents.run_counts import Work, lambda_calls, log_bytes, read_units, transitions, write_units
from local.outcome import Outcome
from local.simulator import catalogue
from tests.integration.conftest import CITY, System
from tests.support.aws_calls import WRITE_UNIT, AwsCalls, counted

COUNTRIES = [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}]}]
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
    return Work(entered("GetStatus"), entered("AnswerPrompts"), entered("SaveDatamart") > 0, entered("AskPerson"))


@pytest.mark.parametrize(
    "request_of_the_run",
    [
        {"datamart": catalogue.CATEGORY_SALES},
        {"datamart": CITY, "prompts": COUNTRIES, "saveAs": {"name": "lean", "folder": "/Public Objects/Datamarts"}},
        {"datamart": CITY, "unanswered": "ask"},
    ],
    ids=["unprompted", "with prompts and saved", "asking people"],
)
def test_a_run_takes_what_the_documented_formulas_say(
    system: System, request_of_the_run: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.emulator, "person", lambda question: system.emulator.reply(question.token, REPLY))
    system.run(datamart=catalogue.CATEGORY_SALES)  # the first of a connection makes the item of its queue
    logged = system.emulator.logs.stat().st_size
    outcome, calls = counted_run(system, **request_of_the_run)
    logged, work = system.emulator.logs.stat().st_size - logged, work_of(outcome)
    assert len(outcome.states) == transitions(work), outcome.states
    assert len(calls.invocations) == lambda_calls(work)
    assert calls.read_units == read_units(work)
    assert 0.9 < calls.write_units / write_units(work) <= 1
    assert 0.8 < logged / log_bytes(work) < 1.2


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


def test_the_item_of_a_run_that_has_ended_takes_one_unit_of_a_write(system: System) -> None:
    outcome, calls = counted_run(system, datamart=catalogue.CATEGORY_SALES)
    ended = [call.size for call in calls if call.module == "end_run" and call.key == outcome.execution_arn]
    assert 0 < max(ended) <= WRITE_UNIT
