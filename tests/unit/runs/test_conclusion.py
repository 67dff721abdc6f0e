"""How an attempt ends: succeed, fail or again, and the sentence that a person reads."""

import json
from typing import Any

import pytest

from functions import clock
from functions.errors import ERRORS, NamedError, PromptAnswerRejected, SaveFailed, ServerBusy
from functions.runs.conclusion import conclude
from functions.runs.failure import advice
from functions.runs.job_state import LOADED, JobState
from functions.runs.model import Run
from functions.runs.outcome import Again, Conclusion, Fail, Succeed
from functions.runs.store.item_format import run_of
from functions.runs.waiting import SUPERSEDED, superseded_by


def run_with(job: JobState | None = None, minutes_left: float = 60, number: int = 1, **more: Any) -> Run:
    item: dict[str, Any] = {
        "executionArn": "arn",
        "startedAt": clock.now(),
        "deadline": clock.now() + 60 * minutes_left,
        "asked": {"project": "P", "datamart": "City"},
        "onConflict": "fail",
        "target": {"source": "Statistics", "table": "DM_CITY", "append": False},
        "polls": 0,
        "lostLogIns": 0,
        "attempts": {"1": {"job": job.value} if job else {}},
    }
    return run_of(item | more, number)


def failed(run: Run, failure: dict[str, str], saving: bool = False) -> Fail:
    conclusion = conclude(run, failure, saving)
    assert isinstance(conclusion, Fail)
    return conclusion


def lambda_failure(error: str, message: str) -> dict[str, str]:
    cause = {"errorMessage": message, "errorType": error, "stackTrace": ["File …"], "requestId": "1"}
    return {"Error": error, "Cause": json.dumps(cause)}


def test_without_a_failure_the_run_succeeds_with_its_output() -> None:
    conclusion = conclude(run_with(JobState.LOADED), None, saving=False)
    assert isinstance(conclusion, Succeed)
    assert conclusion.output["loaded"] == "yes"


@pytest.mark.parametrize("error", [name for name, error in ERRORS.items() if not error.times_out])
def test_a_cause_begins_with_the_table_and_ends_with_what_to_do(error: str) -> None:
    conclusion = failed(run_with(JobState.FAILED), lambda_failure(error, "it broke."))
    assert conclusion.error == error
    assert conclusion.cause.startswith('Loaded: unknown. Datamart "City": it broke. ' + advice(error, "unknown"))


def test_an_unknown_result_names_the_table_to_look_at() -> None:
    cause = failed(run_with(JobState.ACCEPTED), lambda_failure("SessionLost", "gone")).cause
    assert cause.endswith("The table is DM_CITY in Statistics.")


@pytest.mark.parametrize("number", [0, 1])
def test_a_run_whose_time_passed_in_the_queue_tries_again(number: int) -> None:
    waited = {"queued": {"since": clock.now() - 3 * 3_600, "seconds": 0}}
    run = run_with(minutes_left=-60, number=number, attempts={}, **waited)
    assert isinstance(conclude(run, lambda_failure("ThrottlingException", "slow down"), saving=False), Again)


def test_a_run_whose_steps_fail_in_the_queue_tries_again_until_its_queue_minutes_are_used_up() -> None:
    run = run_with(number=0, attempts={}, queueMinutes=180, queued={"since": clock.now() - 9_000, "seconds": 0})
    throttled = lambda_failure("Lambda.TooManyRequestsException", "Rate exceeded")
    conclusion = conclude(run, throttled, saving=False, queue_seconds=12)
    assert isinstance(conclusion, Again)
    assert 1 <= conclusion.wait_seconds <= 7  # a last try needs five
    conclusion = conclude(run, throttled, saving=False, queue_seconds=1)
    assert isinstance(conclusion, Fail)
    assert conclusion.error == "ServerUnavailable"
    assert conclusion.reason is not None
    assert conclusion.reason.startswith(
        "the run waited in the queue for its queueMinutes (180); the last error was: AWS"
    )


def test_a_run_in_the_queue_whose_deadline_is_nearer_than_its_queue_minutes_names_its_timeout() -> None:
    run = run_with(minutes_left=0.05, number=0, attempts={}, queued={"since": clock.now(), "seconds": 0})
    conclusion = conclude(run, lambda_failure("ThrottlingException", "slow"), saving=False, queue_seconds=3_600)
    assert isinstance(conclusion, Fail)
    assert "did not end within its timeoutMinutes" in conclusion.cause


def test_a_run_that_finds_the_queue_full_pauses_long_also_before_its_first_attempt() -> None:
    run = run_with(number=0, attempts={}, queued={"since": clock.now(), "seconds": 0})
    conclusion = conclude(run, lambda_failure("ServerBusy", "1000 runs wait"), saving=False)
    assert isinstance(conclusion, Again)
    assert conclusion.wait_seconds >= 300


def test_a_run_that_waits_in_the_queue_goes_there_after_a_second() -> None:
    conclusion = conclude(run_with(), lambda_failure("ServerBusy", "cap"), saving=False, queues=True)
    assert isinstance(conclusion, Again)
    assert conclusion.wait_seconds == 1


def test_no_stack_trace_reaches_a_person() -> None:
    assert "File" not in failed(run_with(), lambda_failure("NotFound", "no City")).cause


@pytest.mark.parametrize("text", ["{cut off", "plain", "", "[1]", '{"a": 1}'])
def test_a_cause_that_is_not_lambdas_json_is_reported_as_it_is(text: str) -> None:
    cause = failed(run_with(), {"Error": "NotFound", "Cause": text}).cause
    assert text.rstrip(". ") in cause


@pytest.mark.parametrize(
    ("job", "error", "name"),
    [
        (None, "States.Timeout", "ServerUnavailable"),
        (None, "Lambda.Unknown", "ServerUnavailable"),
        (None, "Sandbox.Timedout", "ServerUnavailable"),
        (None, "KeyError", "DatamartFailed"),
        (JobState.POSTING, "States.Timeout", "OutcomeUnknown"),
        (JobState.ACCEPTED, "KeyError", "OutcomeUnknown"),
    ],
)
def test_what_breaks_down_gets_a_name_of_the_closed_list(job: JobState | None, error: str, name: str) -> None:
    conclusion = failed(run_with(job), {"Error": error, "Cause": "boom"})
    assert conclusion.error == name
    assert error in conclusion.cause


def test_a_busy_server_is_tried_again_within_the_deadline() -> None:
    conclusion = conclude(run_with(), lambda_failure("ServerBusy", "cap"), saving=False)
    assert isinstance(conclusion, Again)
    assert 15 <= conclusion.wait_seconds <= ServerBusy.next_attempt.first_pause


def test_the_pause_never_goes_past_the_deadline() -> None:
    conclusion = conclude(run_with(minutes_left=0.2), lambda_failure("ServerBusy", "cap"), saving=False)
    assert isinstance(conclusion, Again)
    assert 1 <= conclusion.wait_seconds <= 7  # twelve seconds are left, and a last try needs five


def after(error: str, run: Run) -> Conclusion:
    return conclude(run, lambda_failure(error, "down"), saving=False)


def pause_after(error: str, run: Run) -> int:
    conclusion = after(error, run)
    assert isinstance(conclusion, Again)
    return conclusion.wait_seconds


@pytest.mark.parametrize("job", [None, JobState.NOT_SENT, JobState.REFUSED])
def test_an_outage_before_the_execution_request_is_waited_for(job: JobState | None) -> None:
    attempt = {"outage": {"retryAfter": None}} | ({"job": job.value} if job else {})
    conclusion = after("ServerUnavailable", run_with(attempts={"1": attempt}))
    assert isinstance(conclusion, Again)
    assert conclusion.waits_for == "ServerUnavailable: down"


@pytest.mark.parametrize("job", sorted(job for job in JobState if LOADED[job] == "unknown"))
def test_an_outage_while_the_table_may_be_loaded_is_not(job: JobState) -> None:
    attempt = {"outage": {"retryAfter": None}, "job": job.value}
    assert isinstance(after("ServerUnavailable", run_with(attempts={"1": attempt})), Fail)


def test_what_no_waiting_cures_is_not_an_outage() -> None:
    assert isinstance(after("ServerUnavailable", run_with()), Fail)


def test_a_server_that_says_when_to_come_back_is_left_alone_until_then() -> None:
    run = run_with(attempts={"1": {"outage": {"retryAfter": 900}}})
    assert 900 < pause_after("ServerUnavailable", run) <= 930


def test_after_an_outage_not_all_runs_come_back_at_once() -> None:
    waits = {pause_after("ServerBusy", run_with()) for _ in range(200)}
    assert min(waits) >= 15
    assert max(waits) <= 30
    assert len(waits) > 8


@pytest.mark.parametrize("number", [1, 2, 3, 20])
def test_the_pause_doubles_with_every_attempt_up_to_its_longest(number: int) -> None:
    again = ServerBusy.next_attempt
    longest = min(again.first_pause * 2 ** (number - 1), again.longest_pause)
    attempts = {str(each): {} for each in range(1, number + 1)}
    waits = {pause_after("ServerBusy", run_with(attempts=attempts, number=number, attempt=number)) for _ in range(100)}
    assert longest // 2 <= min(waits) < max(waits) <= longest


def test_a_busy_server_is_waited_for_after_however_many_attempts_and_lost_logins() -> None:
    attempts = {str(each): {"lostAt": 5} for each in range(1, 6)}
    assert isinstance(after("ServerBusy", run_with(lostLogIns=2, attempts=attempts)), Again)


@pytest.mark.parametrize("error", ["SessionLost", "InstanceLost"])
def test_a_session_lost_before_execution_is_replaced_twice_and_no_more(error: str) -> None:
    lost = {"lostAt": 5}
    assert isinstance(after(error, run_with(attempts={"1": lost})), Again)
    assert isinstance(after(error, run_with(attempts={"1": lost, "2": lost})), Again)
    assert isinstance(after(error, run_with(attempts={"1": lost, "2": lost, "3": lost})), Fail)


def test_a_login_whose_answer_was_lost_twice_is_not_repeated() -> None:
    assert isinstance(after("SessionLost", run_with(lostLogIns=2, attempts={"1": {"lostAt": 5}})), Fail)


def test_a_run_whose_time_is_over_says_what_it_waited_for() -> None:
    cause = failed(run_with(waitsFor="ServerUnavailable: HTTP 503"), lambda_failure("RunTimedOut", "down")).cause
    assert "down An earlier attempt of it had ended with ServerUnavailable: HTTP 503." in cause


def test_a_busy_server_after_the_deadline_is_a_time_out_that_tells_why() -> None:
    conclusion = failed(run_with(minutes_left=0.05), lambda_failure("ServerBusy", "session cap"))
    assert conclusion.error == "RunTimedOut"
    assert "session cap" in conclusion.cause


@pytest.mark.parametrize("error", ERRORS)
def test_nobody_is_advised_to_start_again_where_a_second_load_may_do_harm(error: str) -> None:
    assert advice(error, "unknown").endswith("Look at the table before you start a new run.")
    assert advice(error, "no").endswith("Then start a new run.")


def test_a_busy_server_is_not_tried_again_when_a_job_may_have_started() -> None:
    assert failed(run_with(JobState.ACCEPTED), lambda_failure("ServerBusy", "x")).error == "ServerBusy"


def test_a_loaded_table_is_not_turned_into_a_failed_run() -> None:
    conclusion = conclude(run_with(JobState.LOADED), {"Error": "States.Timeout", "Cause": ""}, saving=False)
    assert isinstance(conclusion, Succeed)


def test_a_loaded_table_whose_saving_broke_down_is_save_failed() -> None:
    conclusion = failed(run_with(JobState.LOADED), {"Error": "States.Timeout", "Cause": ""}, saving=True)
    assert (conclusion.error, conclusion.cause[:12]) == ("SaveFailed", "Loaded: yes.")


def test_a_cause_stays_under_eight_kilobytes() -> None:
    conclusion = failed(run_with(JobState.FAILED), lambda_failure("DatamartFailed", "ü" * 50_000))
    assert len(conclusion.cause.encode()) < 8192
    assert conclusion.cause.endswith("DM_CITY in Statistics.")


@pytest.mark.parametrize("error", [SaveFailed, PromptAnswerRejected])
def test_what_else_was_asked_for_and_not_done_fails_a_run_whose_table_is_loaded(error: type[NamedError]) -> None:
    conclusion = failed(run_with(JobState.LOADED), lambda_failure(error.name, "it was refused"), saving=True)
    assert conclusion.error == error.name
    assert conclusion.advice == f"{error.advice} {error.when_loaded}"


@pytest.mark.parametrize("conflict", ["fail", "wait"])
def test_another_run_of_the_datamart_is_waited_for_only_where_the_request_says_so(conflict: str) -> None:
    assert isinstance(after("RunInProgress", run_with(onConflict=conflict)), Again) is (conflict == "wait")


def in_progress(run: Run) -> Conclusion:
    return conclude(run, lambda_failure("RunInProgress", "another run has it"), saving=False)


def test_a_run_that_shall_be_skipped_succeeds_and_says_that_it_was() -> None:
    conclusion = in_progress(run_with(onConflict="skip"))
    assert isinstance(conclusion, Succeed)
    assert (conclusion.output["skipped"], conclusion.output["loaded"]) == (True, "no")


def test_a_run_that_may_have_loaded_its_table_is_not_skipped() -> None:
    earlier = {"1": {"job": JobState.LOST.value}, "2": {}}
    assert isinstance(in_progress(run_with(onConflict="skip", number=2, attempts=earlier)), Fail)


def test_a_run_that_shall_not_wait_for_another_fails() -> None:
    conclusion = in_progress(run_with())
    assert isinstance(conclusion, Fail)
    assert conclusion.error == "RunInProgress"


NEWER = "arn:aws:states:eu-west-1:123456789012:execution:machine:uploads-2"


def test_a_run_of_a_burst_that_need_not_wait_succeeds_and_names_the_newer_one() -> None:
    conclusion = conclude(run_with(), {"Error": SUPERSEDED, "Cause": superseded_by(NEWER)}, saving=False)
    assert isinstance(conclusion, Succeed)
    output = conclusion.output
    assert (output["loaded"], output["skipped"], output["supersededBy"]) == ("no", True, NEWER)


def test_a_run_that_may_have_loaded_its_table_is_not_superseded() -> None:
    run = run_with(JobState.ACCEPTED)
    assert isinstance(conclude(run, {"Error": SUPERSEDED, "Cause": superseded_by(NEWER)}, saving=False), Fail)


def test_only_a_run_that_finds_another_at_it_is_skipped() -> None:
    conclusion = conclude(run_with(onConflict="skip"), lambda_failure("NotFound", "no City"), saving=False)
    assert isinstance(conclusion, Fail)
    assert conclusion.error == "NotFound"


@pytest.mark.parametrize(("seconds_left", "again"), [(5, False), (6, False), (7, True)])
def test_another_attempt_follows_only_if_seconds_are_left_before_its_last_try(
    monkeypatch: pytest.MonkeyPatch, seconds_left: int, again: bool
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "_source", lambda: now)
    run = run_with(minutes_left=(seconds_left - 0.5) / 60)
    assert isinstance(after("ServerBusy", run), Again) is again


def test_a_run_that_timed_out_says_when_the_server_was_last_unavailable() -> None:
    run = run_with(attempts={"1": {"unavailable": {"at": 1_800_000_000, "reason": "HTTP 503"}}})
    cause = failed(run, lambda_failure("RunTimedOut", "it took too long")).cause
    assert "The server was last unavailable at 2027-01-15T08:00:00.000Z: HTTP 503" in cause
    assert "was last unavailable" not in failed(run_with(), lambda_failure("RunTimedOut", "it took too long")).cause


def test_a_server_that_was_never_out_of_reach_is_not_waited_for() -> None:
    assert isinstance(after("ServerUnavailable", run_with()), Fail)


def test_a_session_that_is_lost_while_a_job_goes_on_is_not_replaced_although_an_earlier_job_was_lost() -> None:
    attempts = {"1": {"job": JobState.LOST.value}, "2": {"job": JobState.ACCEPTED.value}}
    definition = {"readable": True, "runsExtraSql": False}
    run = run_with(number=2, attempts=attempts, definition=definition, rerunIfReplacing=True)
    assert isinstance(after("SessionLost", run), Fail)
