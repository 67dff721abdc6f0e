"""What is sent once and may be lost on the way: the execution request, and the answers to prompts."""

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

import local.clock
from functions.errors import OWN_ERRORS
from functions.runs.store.table import run_table
from local.simulator import SCENARIOS, catalogue
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.support.by_hand import ByHand
from tests.support.cases import exhaustive, one_of

COUNTRIES = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]


@pytest.fixture
def around(system: System) -> Iterator[Callable[[Any], None]]:
    """Puts something around every call of a function."""
    before = system.emulator.runtime.around

    def put(make: Any) -> None:
        system.emulator.runtime.around = make

    yield put
    system.emulator.runtime.around = before


# -- the execution request ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [-2147205449, exhaustive(-2147205451), exhaustive(-2147217124)])
@pytest.mark.exhaustive  # guarded by: unit/handlers/test_execute_datamart.py, missing privileges
def test_an_execution_request_that_is_refused_for_good_keeps_the_servers_reason(system: System, code: int) -> None:
    refusal = {"code": "ERR001", "iServerCode": code, "message": "The table name is empty.", "ticketId": "T1"}
    system.simulator.inject("execute", status=500, json=refusal)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.error == "DatamartFailed"
    assert outcome.cause.startswith("Loaded: no. ")
    for said in ("The table name is empty", str(code), "T1"):
        assert said in outcome.cause
    assert system.posts() == 1


@pytest.mark.exhaustive  # guarded by: the next attempt below, unit/runs/test_conclusion.py
def test_an_execution_request_for_a_deleted_instance_was_never_executed(system: System) -> None:
    gone = {"code": "ERR004", "iServerCode": -2147468986, "message": "Not in the inbox."}
    system.simulator.inject("execute", status=404, json=gone, times=5)
    outcome = system.run(prompts=COUNTRIES)
    assert (outcome.error, outcome.cause[:10]) == ("InstanceLost", "Loaded: no")
    assert (outcome.states.count("Attempt"), system.posts()) == (3, 3)


def test_the_next_attempt_after_an_instance_that_was_gone_loads_the_table_once(system: System) -> None:
    gone = {"code": "ERR004", "iServerCode": -2147468986, "message": "Not in the inbox."}
    system.simulator.inject("execute", status=404, json=gone)
    assert system.run(prompts=COUNTRIES).status == "SUCCEEDED"
    assert system.loads() == 1


@pytest.mark.parametrize("status", [exhaustive(400), 403, exhaustive(404), exhaustive(405)])
def test_a_page_that_refuses_an_execution_request_does_not_prove_that_nothing_was_executed(
    system: System, status: int
) -> None:
    """A gateway's last word, after the server has taken the order: the table is loaded, and the run finds out."""
    system.simulator.inject("execute", kind="status after", status=status, body="<html>Blocked</html>")
    outcome = system.run(prompts=COUNTRIES)
    assert (outcome.status, system.posts(), system.loads()) == ("SUCCEEDED", 1, 1)


@pytest.mark.exhaustive  # guarded by: a server that says when to come back
def test_a_server_that_is_too_busy_for_a_look_is_looked_at_again(system: System) -> None:
    busy = {"code": "ERR001", "iServerCode": -2147209192, "message": "The project is idle."}
    system.simulator.inject("get_execution", status=500, json=busy, times=2)
    outcome = system.run(prompts=COUNTRIES)
    assert (outcome.status, system.posts(), system.loads()) == ("SUCCEEDED", 1, 1)


@pytest.mark.exhaustive  # guarded by: a page instead of an answer
def test_an_execution_request_without_a_result_reports_its_response_in_the_end(system: System) -> None:
    answer = {"code": "ERR002", "message": "A fault of the server.", "ticketId": "T2"}
    system.simulator.inject("execute", status=500, json=answer)
    outcome = system.run(prompts=COUNTRIES)
    assert (outcome.error, outcome.cause[:15]) == ("OutcomeUnknown", "Loaded: unknown")
    assert "A fault of the server" in outcome.cause
    assert "T2" in outcome.cause
    assert system.posts() == 1


def test_a_page_instead_of_an_answer_does_not_prove_that_the_execution_request_was_accepted(system: System) -> None:
    system.simulator.inject("execute", status=200, body="<html><title>Sign in</title></html>")
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.error == "OutcomeUnknown"
    assert "Sign in" in outcome.cause
    assert system.posts() == 1


def test_a_job_that_the_execution_response_reports_as_failed_keeps_that_reason(system: System) -> None:
    failed = {"id": CITY, "status": 3, "message": "boom: the real reason"}
    system.simulator.inject("execute", status=200, json=failed)
    system.simulator.inject("get_execution", kind="evict instance")
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.error == "DatamartFailed"
    assert "boom: the real reason" in outcome.cause


# -- what a failed job says about the table -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "loaded"),
    [exhaustive((None, "no")), (-2147205467, "no"), (-2147212544, "unknown"), exhaustive((-2147209196, "unknown"))],
)
@pytest.mark.exhaustive  # guarded by: unit/microstrategy/test_failed_jobs.py
def test_a_failure_in_the_query_engine_or_a_cancelled_job_leaves_the_state_of_the_table_unknown(
    system: System, code: int | None, loaded: str
) -> None:
    failed = {"id": CITY, "status": 3, "message": "it failed"} | ({"iServerCode": code} if code else {})
    system.simulator.inject("get_execution", status=200, json=failed)
    assert system.run(datamart=catalogue.CATEGORY_SALES).cause.startswith(f"Loaded: {loaded}. ")


def test_a_failure_long_after_the_last_look_leaves_the_state_of_the_table_unknown(
    system: System, clock: Any, around: Any
) -> None:
    @contextlib.contextmanager
    def late(module: str, event: Any) -> Iterator[None]:
        if module == "get_status":
            clock.advance(60)
        yield

    around(late)
    system.simulator.inject("get_execution", status=200, json={"id": CITY, "status": 3, "message": "it failed"})
    assert system.run(datamart=catalogue.CATEGORY_SALES).cause.startswith("Loaded: unknown. ")


# -- time -----------------------------------------------------------------------------------------------------------


@pytest.mark.exhaustive  # guarded by: the same run on a slow machine
def test_a_job_that_ends_just_before_the_deadline_is_not_a_time_out(new_system: Callable[..., System]) -> None:
    system = new_system(replace(SCENARIOS["default"], slow_seconds=58.5))
    outcome = system.run(datamart=catalogue.SLOW_LOAD, timeoutMinutes=1)
    assert outcome.status == "SUCCEEDED", outcome.cause


def test_how_slow_the_machine_is_does_not_matter_where_waits_are_skipped(
    new_system: Callable[..., System], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty seconds pass whenever somebody looks at the real time; the deadline is a minute away."""
    passing = itertools.count(time.time(), 20)
    monkeypatch.setattr(local.clock, "time", SimpleNamespace(time=lambda: next(passing)))
    system = new_system(replace(SCENARIOS["default"], slow_seconds=58.5))
    outcome = system.run(datamart=catalogue.SLOW_LOAD, timeoutMinutes=1)
    assert outcome.status == "SUCCEEDED", outcome.cause


def test_a_server_that_says_when_to_come_back_is_asked_then(system: System) -> None:
    busy = {"code": "ERR016", "message": "Restarting."}
    system.simulator.inject("get_execution", status=503, json=busy, headers={"Retry-After": "55"}, times=15)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.output["durationSeconds"] > 15 * 55


# -- answers to prompts ---------------------------------------------------------------------------------------------


@pytest.mark.exhaustive  # guarded by: test_prompts.py: answers that were taken
def test_answers_whose_response_was_lost_are_reported_once(system: System) -> None:
    system.simulator.inject("answer_prompts", kind="reset after")
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert [prompt["name"] for prompt in outcome.output["promptsAnswered"]] == ["Elements of Country"]
    assert len(system.simulator.state()["answers"]) == 1


def test_answers_after_which_the_query_failed_were_taken(system: System) -> None:
    """The answer to the answers tells how the job ended: no reason to believe that it still waits for them."""
    failed = {"code": "ERR002", "iServerCode": -2147212544, "message": "The query engine failed."}
    system.simulator.inject("answer_prompts", kind="status after", status=500, json=failed)
    outcome = system.run(prompts=COUNTRIES)
    assert (outcome.error, str(outcome.cause)[:15]) == ("DatamartFailed", "Loaded: unknown")


def test_answers_for_which_the_server_is_too_busy_are_sent_again(system: System) -> None:
    busy = {"code": "ERR001", "iServerCode": -2147209053, "message": "Too many jobs."}
    system.simulator.inject("answer_prompts", status=500, json=busy)
    outcome = system.run(prompts=COUNTRIES)
    assert (outcome.status, system.posts(), system.loads()) == ("SUCCEEDED", 1, 1)


def test_a_look_that_is_long_on_its_way_is_as_old_as_its_question(system: System, clock: Any, afterwards: Any) -> None:
    """It was answered before the job went on, and read after the moment in which that may be so (API.md 7.3)."""
    run = ByHand(system, prompts=COUNTRIES)
    run.call("log_in", "describe_datamart", "create_instance", "execute_datamart")
    clock.advance(5)
    run.call("get_status", "get_prompts", "answer_prompts")
    still_open = {"id": CITY, "status": 2}
    system.simulator.inject("get_execution", status=200, json=still_open)
    afterwards("get_execution", lambda: clock.advance(12))
    assert run.call("get_status")["phase"] == "prompts"
    assert run.attempt["job"] == "accepted"
    run.call("delete_instance", "log_out")
    run.ends()


def test_answers_are_sent_once_though_the_step_is_invoked_twice(system: System, around: Any) -> None:
    seen: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def twice(module: str, event: Any) -> Iterator[None]:
        yield
        if module == "answer_prompts" and not seen:
            seen.append(event)
            assert system.invoke("answer_prompts", event)["phase"] == "running"

    around(twice)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert len(system.simulator.state()["answers"]) == 1


@pytest.mark.exhaustive  # guarded by: test_prompts.py: answers that were taken
def test_a_refusal_of_answers_that_may_have_been_taken_before_proves_nothing(new_system: Callable[..., System]) -> None:
    system = new_system("prompts-still-reported-open")
    system.simulator.inject("answer_prompts", kind="reset after")
    refusal = {"code": "ERR006", "message": "The prompt is closed."}
    system.simulator.inject("answer_prompts", status=400, json=refusal, skip=1)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert (system.posts(), system.loads()) == (1, 1)


@pytest.mark.exhaustive  # guarded by: test_prompts.py: what only the server can refuse
def test_a_refusal_of_the_first_answers_is_a_no(system: System) -> None:
    system.simulator.inject("answer_prompts", status=400, json={"code": "ERR006", "message": "No element."})
    outcome = system.run(prompts=COUNTRIES)
    assert (outcome.error, outcome.cause[:10]) == ("PromptAnswerRejected", "Loaded: no")


def test_answers_that_never_get_through_end_the_run_with_the_servers_reason(system: System) -> None:
    system.simulator.inject("answer_prompts", status=503, json={"code": "ERR013", "message": "Down."}, times=99)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.error == "ServerUnavailable"
    assert "Down" in outcome.cause
    assert "Look at the table" in outcome.cause


# -- what nobody else knows of --------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["session", "instanceId"])
def test_what_cannot_be_kept_is_closed_again(system: System, field: str) -> None:
    """DynamoDB fails at the write that keeps the session or the instance."""

    def fails(params: dict[str, Any], **_: Any) -> None:
        if f'"#{field}"' in str(params["body"]) and "SET" in str(params["body"]):
            raise ConnectionError("DynamoDB is away")

    events = run_table()._client.meta.events
    events.register("before-call.dynamodb.UpdateItem", fails)
    try:
        outcome = system.run(prompts=COUNTRIES)
    finally:
        events.unregister("before-call.dynamodb.UpdateItem", fails)
    assert outcome.status == "FAILED"
    assert outcome.cause.startswith("Loaded: no. ")
    assert system.posts() == 0


# -- scenarios ------------------------------------------------------------------------------------------------------


SLICE = {
    "logout-ends-all-sessions",
}
"""What every `make test` goes through; `make test-all` goes through all."""


@pytest.mark.parametrize(
    "name", [name if name in SLICE else pytest.param(name, marks=pytest.mark.exhaustive) for name in SCENARIOS]
)
def test_a_run_and_its_clean_up_hold_however_the_server_behaves(new_system: Callable[..., System], name: str) -> None:
    """What the run says of the table is checked against the server's own count in every one of them."""
    system = new_system(name)
    outcome = system.run(prompts=COUNTRIES, timeoutMinutes=30)
    assert outcome.error in (None, *OWN_ERRORS), outcome.cause


SURVIVING = ["job-survives-delete", "job-survives-logout"]


@pytest.mark.parametrize("name", one_of(*SURVIVING))
def test_a_run_that_is_timed_out_cancels_its_job(new_system: Callable[..., System], name: str) -> None:
    system = new_system(name)
    outcome = system.run(datamart=catalogue.SLOW_LOAD, timeoutMinutes=1)
    assert (outcome.error, outcome.cause[:15]) == ("RunTimedOut", "Loaded: unknown")
    assert outcome.states[-5:] == ["DeleteInstance", "LogOut", "ConcludeAttempt", "JudgeConclusion", "RunFailed"]
    assert system.simulator.state()["jobs"] == []
    for told in (outcome.cause, system.notices()[-1]["Message"]):
        assert "may still be running" not in told


# -- ids ------------------------------------------------------------------------------------------------------------


def test_a_project_id_that_does_not_exist_is_not_waited_for(system: System) -> None:
    outcome = system.run(project="B" * 32)
    assert outcome.error == "NotFound"
    assert sum("auth/login" in step for step in system.steps()) == 1


def test_the_id_of_a_report_is_not_a_datamart(system: System) -> None:
    outcome = system.run(datamart=catalogue.CITY_REPORT)
    assert (outcome.error, outcome.cause[:10]) == ("NotFound", "Loaded: no")


def test_where_the_definition_may_not_be_read_the_object_says_what_it_is(new_system: Callable[..., System]) -> None:
    system = new_system("definition-forbidden")
    assert system.run(datamart=catalogue.CITY_REPORT).error == "NotFound"
    output = system.run(project=TUTORIAL, prompts=COUNTRIES).output
    assert output["datamart"]["name"] == "City"
    assert output["target"] == {"source": None, "table": None, "append": True}  # to be on the safe side
