"""Whether another attempt may follow and after which pause, and what a failure is called that is not one of ours."""

import random
from typing import Any

import pytest

from functions import clock
from functions.errors import NamedError, NotFound, PromptsUnanswered, ServerUnavailable
from functions.runs.conclusion import LAST_TRY, conclude, error_of, may_follow, reason_of
from functions.runs.job_state import JobState
from functions.runs.outcome import Again, Ask, Fail, Succeed
from tests.unit.runs.test_conclusion import after, failed, lambda_failure, pause_after, run_with

THROTTLED = "Lambda.TooManyRequestsException"
LOST = {"job": JobState.LOST.value}
REPLACING: dict[str, Any] = {
    "rerunIfReplacing": True,
    "definition": {"readable": True, "runsExtraSql": False},
    "target": {"source": "Statistics", "table": "DM_CITY", "append": False},
}
"""A run that may execute its datamart once more after it lost its job."""

NOT_HARMLESS: list[dict[str, Any]] = [
    {"rerunIfReplacing": False},
    {"definition": None},
    {"definition": {"readable": False, "runsExtraSql": False}},
    {"definition": {"readable": True, "runsExtraSql": True}},
    {"target": None},
    {"target": {"append": True}},
    {"target": {"append": None}},
]

# -- a job that was lost ----------------------------------------------------------------------------------------------


def test_a_run_whose_job_was_lost_executes_a_harmless_datamart_once_more() -> None:
    assert isinstance(after("SessionLost", run_with(attempts={"1": LOST}, **REPLACING)), Again)


@pytest.mark.parametrize("known", NOT_HARMLESS)
def test_a_run_whose_job_was_lost_executes_no_other_datamart_again(known: dict[str, Any]) -> None:
    assert isinstance(after("SessionLost", run_with(attempts={"1": LOST}, **(REPLACING | known))), Fail)


def test_a_datamart_is_executed_again_only_once() -> None:
    run = run_with(number=2, attempts={"1": LOST, "2": LOST}, **REPLACING)
    assert isinstance(after("SessionLost", run), Fail)


@pytest.mark.parametrize("job", [JobState.ACCEPTED, JobState.POSTING, JobState.FAILED])
def test_a_session_that_is_lost_beside_a_job_that_is_not_lost_is_not_replaced(job: JobState) -> None:
    run = run_with(number=2, attempts={"1": LOST, "2": {"job": job.value}}, **REPLACING)
    assert isinstance(after("SessionLost", run), Fail)


def test_the_second_execution_of_a_harmless_datamart_waits_for_the_server() -> None:
    run = run_with(number=2, attempts={"1": LOST, "2": {}}, **REPLACING)
    assert isinstance(after("ServerBusy", run), Again)


@pytest.mark.parametrize("known", NOT_HARMLESS)
def test_no_other_run_whose_table_may_be_loaded_waits_for_the_server(known: dict[str, Any]) -> None:
    run = run_with(number=2, attempts={"1": LOST, "2": {}}, **(REPLACING | known))
    assert isinstance(after("ServerBusy", run), Fail)


@pytest.mark.parametrize("job", [JobState.ACCEPTED, JobState.LOST])
def test_an_outage_after_the_second_execution_is_not_waited_for(job: JobState) -> None:
    run = run_with(number=2, attempts={"1": LOST, "2": {"job": job.value}}, **REPLACING)
    assert isinstance(after("ServerBusy", run), Fail)


def test_a_session_that_is_lost_before_the_second_execution_is_not_replaced() -> None:
    run = run_with(number=2, attempts={"1": LOST, "2": {}}, **REPLACING)
    assert isinstance(after("SessionLost", run), Fail)


@pytest.mark.parametrize("error", ["NotFound", "OutcomeUnknown", "KeyError"])
def test_an_error_that_no_attempt_cures_is_final(error: str) -> None:
    assert isinstance(after(error, run_with(onConflict="wait", attempts={"1": {"outage": {}}})), Fail)


@pytest.mark.parametrize("error", [NotFound, ServerUnavailable])
def test_without_an_outage_no_attempt_follows_an_error_that_may_be_permanent(error: type[NamedError]) -> None:
    assert may_follow(run_with(), error, aws_passes=False) is False


# -- pauses -----------------------------------------------------------------------------------------------------------


def test_between_half_of_a_pause_and_the_whole_chance_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "randint", lambda least, most: least)
    assert pause_after("ServerBusy", run_with()) == 15
    monkeypatch.setattr(random, "randint", lambda least, most: most)
    assert pause_after("ServerBusy", run_with()) == 30


def test_the_last_attempt_begins_a_few_seconds_before_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: 1_800_000_000.0)
    assert LAST_TRY == 5
    assert pause_after("ServerBusy", run_with(minutes_left=0.2)) == 7


def test_the_reason_that_a_run_waits_for_names_the_error_and_is_short() -> None:
    conclusion = conclude(run_with(), lambda_failure("ServerBusy", "x" * 5_000), saving=False)
    assert isinstance(conclusion, Again)
    assert conclusion.waits_for is not None
    assert conclusion.waits_for.startswith("ServerBusy: xxx")
    assert len(conclusion.waits_for.encode()) < 1_100


# -- people -----------------------------------------------------------------------------------------------------------


def test_a_run_that_finds_open_questions_asks_people() -> None:
    asking = {"hours": 2, "answers": [], "fresh": 0, "refused": {}, "seconds": 600}
    run = run_with(asking=asking, unanswered={"attempt": 1, "prompts": []})
    assert after(PromptsUnanswered.name, run) == Ask(6_600)


def test_a_loaded_table_that_was_saved_is_a_success_whatever_happened_then() -> None:
    run = run_with(JobState.LOADED, saved={"objectId": "O"})
    assert isinstance(conclude(run, {"Error": "States.Timeout", "Cause": ""}, saving=True), Succeed)


# -- errors that are not ours -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "attempts", "name"),
    [
        (THROTTLED, {"1": {}}, "ServerUnavailable"),
        ("ThrottlingException", {"1": {}}, "ServerUnavailable"),
        ("ReadTimeoutError", {"1": {"job": "refused"}}, "ServerUnavailable"),
        (THROTTLED, {"1": LOST, "2": {}}, "ServerUnavailable"),
        (THROTTLED, {"1": LOST, "2": {"job": "accepted"}}, "OutcomeUnknown"),
        ("KeyError", {"1": LOST, "2": {}}, "OutcomeUnknown"),
        ("States.Timeout", {"1": {}}, "ServerUnavailable"),
        ("KeyError", {"1": {}}, "DatamartFailed"),
    ],
)
def test_an_error_of_aws_is_an_outage_unless_the_table_may_be_loaded(
    error: str, attempts: dict[str, Any], name: str
) -> None:
    run = run_with(number=len(attempts), attempts=attempts)
    assert error_of(run, {"Error": error, "Cause": "?"}).name == name


def test_a_transient_error_of_aws_is_waited_for_although_no_handler_recorded_an_outage() -> None:
    assert isinstance(conclude(run_with(), {"Error": THROTTLED, "Cause": "slow down"}, saving=False), Again)
    assert isinstance(conclude(run_with(), {"Error": "States.Timeout", "Cause": ""}, saving=False), Fail)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ({"Error": THROTTLED, "Cause": "slow"}, f"AWS did not start a step's function ({THROTTLED}): slow"),
        ({"Error": "KeyError", "Cause": "'x'"}, "a step of the run broke down (KeyError): 'x'"),
        ({"Error": "KeyError"}, "a step of the run broke down (KeyError)"),
        ({}, "a step of the run broke down (UnnamedError)"),
        (lambda_failure("NotFound", "no City"), "no City"),
    ],
)
def test_a_failure_that_is_not_ours_says_what_broke(failure: dict[str, str], reason: str) -> None:
    assert reason_of(failure) == reason


def test_a_run_that_timed_out_says_only_what_it_knows() -> None:
    assert failed(run_with(), lambda_failure("RunTimedOut", "it took too long")).reason == "it took too long."
    run = run_with(attempts={"1": {"unavailable": {"at": 0, "reason": "HTTP 503"}}}, waitsFor="ServerBusy: cap")
    assert failed(run, lambda_failure("RunTimedOut", "it took too long")).reason == (
        "it took too long An earlier attempt of it had ended with ServerBusy: cap "
        "The server was last unavailable at 1970-01-01T00:00:00.000Z: HTTP 503."
    )
