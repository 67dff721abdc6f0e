"""Each failure that API.md 8 names: its error, whether the table was loaded, and nothing left behind."""

from collections.abc import Callable
from typing import Any

import pytest

from local.simulator import catalogue
from tests.integration.conftest import System
from tests.support.cases import exhaustive, one_of

COUNTRIES = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]


def ends(outcome: Any, error: str, loaded: str) -> str:
    """Assert how a run failed; return its cause."""
    assert (outcome.status, outcome.error) == ("FAILED", error), outcome.cause
    assert outcome.cause.startswith(f"Loaded: {loaded}. "), outcome.cause
    assert "Traceback" not in outcome.cause
    assert len(outcome.cause.encode()) < 8192
    return str(outcome.cause)


def test_wrong_credentials_are_tried_once(system: System) -> None:
    system.connect(password="wrong-one")
    cause = ends(system.run(), "CredentialsRejected", "no")
    assert "ERR003" in cause
    assert system.steps() == ["POST /MicroStrategyLibrary/api/auth/login"]


def test_an_empty_secret_is_reported_with_the_command_that_fills_it(system: System) -> None:
    system.connect(baseUrl=None)
    cause = ends(system.run(), "CredentialsRejected", "no")
    assert "baseUrl" in cause
    assert "put-secret-value" in cause
    assert system.steps() == []


def test_a_request_that_is_none_never_reaches_the_server(system: System) -> None:
    cause = ends(system.run(datmart="City"), "InvalidRequest", "no")
    assert "did you mean datamart?" in cause
    assert system.steps() == []


@pytest.mark.parametrize("request_", one_of(None, [], "City", 5))
def test_an_input_that_is_not_an_object_is_an_invalid_request(system: System, request_: Any) -> None:
    ends(system.run_input(request_), "InvalidRequest", "no")


def test_a_connection_that_is_not_configured_is_an_invalid_request(system: System) -> None:
    assert "defualt" in ends(system.run(connection="defualt"), "InvalidRequest", "no")


def test_a_datamart_that_does_not_exist_is_not_found(system: System) -> None:
    ends(system.run(datamart="0" * 31 + "1"), "NotFound", "no")
    ends(system.run(datamart="Citty"), "NotFound", "no")


def test_a_name_that_is_not_unique_lists_the_candidates(system: System) -> None:
    cause = ends(system.run(datamart="Same Name"), "NotFound", "no")
    assert "/Public Objects/Datamarts" in cause


@pytest.mark.exhaustive  # guarded by: unit/microstrategy/test_calls.py, the id of a report
def test_an_ordinary_report_is_not_a_datamart(system: System) -> None:
    ends(system.run(datamart="City Report"), "NotFound", "no")


def test_a_project_that_does_not_exist_names_the_nearest(system: System) -> None:
    assert "MicroStrategy Tutorial" in ends(system.run(project="MicroStrategy Tutorail"), "NotFound", "no")


def test_missing_privileges_are_reported(system: System) -> None:
    system.simulator.inject(
        "execute", status=403, json={"code": "ERR014", "iServerCode": -2147213784, "message": "No privilege."}
    )
    cause = ends(system.run(prompts=COUNTRIES), "PermissionDenied", "no")
    assert "ERR014" in cause
    assert system.posts() == 1


def test_an_idle_project_is_waited_for_until_the_deadline(system: System) -> None:
    outcome = system.run(project="Idle Project", timeoutMinutes=5)
    cause = ends(outcome, "RunTimedOut", "no")
    assert outcome.states.count("LogIn") >= 2
    assert "idle" in cause
    assert "raise timeoutMinutes" in cause


@pytest.mark.exhaustive  # guarded by: test_notifications.py: the same run
def test_a_warehouse_error_carries_the_servers_message(system: System) -> None:
    cause = ends(system.run(datamart=catalogue.BROKEN_SQL), "DatamartFailed", "unknown")
    assert "no such" in cause


@pytest.mark.exhaustive  # guarded by: test_saving.py: what was not loaded
def test_a_job_that_fails_before_sql_left_the_table_alone(system: System) -> None:
    ends(system.run(datamart=catalogue.FAILS_EARLY), "DatamartFailed", "no")


@pytest.mark.exhaustive  # guarded by: test_prompts.py: with fail
def test_a_required_prompt_without_an_answer_fails_before_anything_is_written(system: System) -> None:
    cause = ends(system.run(unanswered="fail"), "PromptsUnanswered", "no")
    assert '"Elements of Country"' in cause
    assert system.loads() == 0


@pytest.mark.parametrize("step", [exhaustive("get_execution"), "get_prompts", "answer_prompts"])
def test_a_session_lost_in_the_middle_is_never_taken_for_not_executed(system: System, step: str) -> None:
    system.simulator.inject(step, kind="evict session")
    outcome = system.run(prompts=COUNTRIES)
    ends(outcome, "SessionLost", "unknown" if step == "get_execution" else "no")  # a job at its prompts stands still
    assert system.posts() == 1


def test_an_instance_lost_in_the_middle_is_reported(system: System) -> None:
    system.simulator.inject("get_execution", kind="evict instance")
    assert system.run(prompts=COUNTRIES).error == "InstanceLost"
    assert system.posts() == 1


@pytest.mark.parametrize(
    "step",
    [
        "create_instance",
        *map(exhaustive, ("log_in", "get_definition", "get_execution", "get_prompts", "answer_prompts")),
    ],
)
def test_a_server_that_is_down_for_a_moment_is_asked_again(system: System, step: str) -> None:
    system.simulator.inject(step, status=503, body="<html>down</html>")
    assert system.run(prompts=COUNTRIES).status == "SUCCEEDED"
    assert system.loads() == 1


@pytest.mark.parametrize(
    ("step", "error", "loaded"),
    one_of(("get_prompts", "RunTimedOut", "no"), ("get_execution", "ServerUnavailable", "unknown")),
)
def test_a_server_that_goes_down_after_the_execution_is_looked_at_until_the_deadline(
    system: System, step: str, error: str, loaded: str
) -> None:
    system.simulator.inject(step, status=503, body="<html>down</html>", times=1000)
    outcome = system.run(prompts=COUNTRIES, timeoutMinutes=10)
    assert "HTTP 503" in ends(outcome, error, loaded)
    assert 3 <= outcome.states.count("JudgeDeadline") <= 20
    assert (system.posts(), system.loads()) == (1, 0)


@pytest.mark.parametrize("step", ["get_execution", exhaustive("get_prompts")])
@pytest.mark.exhaustive  # guarded by: a server that says when to come back: 14 minutes
def test_an_outage_of_ten_minutes_after_the_execution_ends_no_run(system: System, step: str) -> None:
    system.simulator.inject(step, status=503, body="<html>maintenance</html>", times=25)
    outcome = system.run(prompts=COUNTRIES)
    assert (outcome.status, system.loads(), system.posts()) == ("SUCCEEDED", 1, 1), outcome.cause


@pytest.mark.parametrize("step", ["log_in", exhaustive("get_definition"), exhaustive("create_instance")])
@pytest.mark.exhaustive  # guarded by: the idle project, an outage of minutes
def test_a_server_that_is_down_before_the_execution_request_is_waited_for_until_the_deadline(
    system: System, step: str
) -> None:
    system.simulator.inject(step, status=503, body="<html>down</html>", times=1000)
    outcome = system.run(prompts=COUNTRIES, timeoutMinutes=10)
    # Pauses are drawn by lot: the deadline may pass within an attempt, or before another one.
    assert "HTTP 503" in ends(outcome, str(outcome.error), "no")
    assert outcome.error in ("ServerUnavailable", "RunTimedOut")
    assert 3 <= outcome.states.count("Attempt") <= 12
    assert system.posts() == 0


def test_after_an_outage_of_minutes_the_table_is_loaded(system: System) -> None:
    system.simulator.inject("log_in", status=503, body="<html>maintenance</html>", times=12)
    outcome = system.run(prompts=COUNTRIES)
    assert (outcome.status, system.loads()) == ("SUCCEEDED", 1)
    assert outcome.states.count("WaitForNextAttempt") >= 2


@pytest.mark.exhaustive  # guarded by: unit/runs/test_conclusion.py
def test_a_server_that_says_when_its_maintenance_ends_is_not_asked_before(system: System) -> None:
    began = system.emulator.clock.now()
    busy = {"code": "ERR016", "message": "Maintenance."}
    system.simulator.inject("log_in", status=503, json=busy, headers={"Retry-After": "1800"}, times=5)
    assert system.run(prompts=COUNTRIES).status == "SUCCEEDED"
    assert system.emulator.clock.now() - began > 1_800


@pytest.mark.parametrize("step", [exhaustive("get_definition"), "create_instance"])
def test_a_session_that_is_lost_before_the_execution_request_is_replaced(system: System, step: str) -> None:
    system.simulator.inject(step, kind="evict session")
    assert system.run(prompts=COUNTRIES).status == "SUCCEEDED"
    assert (system.posts(), system.loads()) == (1, 1)


def test_sessions_that_are_lost_again_and_again_end_the_run(system: System) -> None:
    system.simulator.inject("get_definition", kind="evict session", times=1000)
    outcome = system.run(prompts=COUNTRIES)
    assert (outcome.error, outcome.states.count("Attempt")) == ("SessionLost", 3)
    assert str(outcome.cause).startswith("Loaded: no. ")


def test_a_lost_response_to_the_execution_request_is_confirmed_and_never_repeated(system: System) -> None:
    system.simulator.inject("execute", kind="reset after")
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert "ConfirmExecution" in outcome.states
    assert (system.posts(), system.loads()) == (1, 1)


@pytest.mark.parametrize(
    "scenario",
    [
        "get-before-post-404",
        exhaustive("get-before-post-13"),
        pytest.param("get-before-post-0", marks=pytest.mark.exhaustive),
        pytest.param("get-before-post-500", marks=pytest.mark.exhaustive),
    ],
)
def test_an_execution_request_that_never_arrived_is_not_repeated_and_ends_as_unknown(
    new_system: Callable[..., System], scenario: str
) -> None:
    system = new_system(scenario)
    system.simulator.inject("execute", kind="reset before")
    ends(system.run(prompts=COUNTRIES), "OutcomeUnknown", "unknown")
    assert system.loads() == 0


def test_an_execution_request_that_is_accepted_late_is_found(new_system: Callable[..., System]) -> None:
    system = new_system("late-accept")
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert (system.posts(), system.loads()) == (1, 1)


@pytest.mark.exhaustive  # guarded by: the idle project
def test_a_session_cap_is_waited_for_outside_the_attempt(system: System) -> None:
    system.simulator.inject(
        "get_definition", status=500, json={"code": "ERR001", "iServerCode": -2147072486, "message": "cap"}, times=2
    )
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.states.count("LogIn") == 3
    assert system.loads() == 1


def test_a_second_lost_login_is_the_last(system: System) -> None:
    system.expect_left = True  # what no client can know of, until the idle timeout
    system.simulator.inject("log_in", kind="reset after", times=10)
    ends(system.run(), "SessionLost", "no")
    assert system.steps() == ["POST /MicroStrategyLibrary/api/auth/login"] * 2


@pytest.mark.parametrize("step", [exhaustive("delete_instance"), "log_out"])
def test_a_clean_up_that_fails_does_not_turn_a_loaded_table_into_a_failed_run(system: System, step: str) -> None:
    system.expect_left = True
    system.simulator.inject(step, status=500, json={"code": "ERR001", "message": "no"}, times=1000)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.output["loaded"] == "yes"


@pytest.mark.parametrize("step", ["delete_instance", exhaustive("log_out")])
def test_a_clean_up_that_fails_does_not_hide_the_first_error(system: System, step: str) -> None:
    system.expect_left = True
    system.simulator.inject(step, status=500, json={"code": "ERR001", "message": "no"}, times=1000)
    ends(system.run(datamart=catalogue.FAILS_EARLY), "DatamartFailed", "no")
