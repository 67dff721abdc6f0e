"""Every state against the table of AWS's transient errors: what is retried, for how long, and what follows then."""

from functools import cache
from itertools import accumulate
from typing import Any

import botocore.session
import pytest

from functions.requests.request import SCHEMA
from functions.runs.polling import LONGEST_UNTOLD, seconds_until_next_look
from functions.transient_errors import IN_A_HANDLER, INVOKE, NOT_STARTED, PERMANENT, RETRIED, Invocation, passes
from tests.infra.constructs.test_definition import STATES, TASKS
from tests.infra.constructs.test_odd_failures import value_of
from tests.infra.template import Template

OUTSIDE_AN_ATTEMPT = {"PrepareRun", "WaitInQueue", "ConcludeAttempt", "AskPerson", "TakeAnswers"}
"""States that no other attempt and no other look would bring back: they go on for as long as a run has by default."""

LOOKS = {"ConfirmExecution", "GetStatus", "GetPrompts"}
ONCE_MORE_AFTER_A_LOOK = {"AnswerPrompts", "SaveDatamart"}

LONGEST_WAKING = 90
"""Seconds that a function in a VPC is reported to take until it can be invoked after two idle weeks."""


def retrier(name: str) -> dict[str, Any]:
    (found,) = [retry for retry in TASKS[name]["Retry"] if set(RETRIED) & set(retry["ErrorEquals"])]
    return dict(found)


def catchers(name: str, following: str) -> list[dict[str, Any]]:
    return [catch for catch in TASKS[name].get("Catch", []) if catch["Next"] == following]


def longest_delays(retry: dict[str, Any]) -> list[float]:
    """What each retry waits at most; with full jitter half of it is the mean."""
    first, rate, most = retry["IntervalSeconds"], retry["BackoffRate"], retry["MaxDelaySeconds"]
    return [min(first * rate**number, most) for number in range(retry["MaxAttempts"])]


def test_every_error_of_lambdas_invoke_is_decided() -> None:
    operation = botocore.session.get_session().get_service_model("lambda").operation_model("Invoke")
    assert set(INVOKE) == {error.name for error in operation.error_shapes}


def test_both_spellings_of_step_functions_client_are_retried() -> None:
    assert {"Lambda.ENINotReadyException", "Lambda.EniNotReadyException"} <= set(NOT_STARTED)
    assert {"Lambda.AWSLambdaException", "Lambda.LambdaException"} <= set(RETRIED)


def test_what_waiting_does_not_cure_is_not_waited_for() -> None:
    assert not any(map(passes, PERMANENT))
    assert not passes("Lambda.KMSAccessDeniedException")
    assert all(map(passes, (*RETRIED, *IN_A_HANDLER)))
    assert not set(PERMANENT) & set(RETRIED)


def test_of_an_internal_error_it_is_not_known_whether_the_function_started() -> None:
    assert INVOKE["ServiceException"] is Invocation.PERHAPS_STARTED
    assert "Lambda.ServiceException" not in NOT_STARTED


@pytest.mark.parametrize("name", TASKS)
def test_every_state_has_the_same_retrier(name: str) -> None:
    expected = {"ErrorEquals": list(RETRIED), "IntervalSeconds": 5, "BackoffRate": 2, "MaxDelaySeconds": 60}
    times = 240 if name in OUTSIDE_AN_ATTEMPT else 10
    assert retrier(name) == expected | {"MaxAttempts": times, "JitterStrategy": "FULL"}


@pytest.mark.parametrize("name", TASKS)
def test_no_state_retries_what_waiting_does_not_cure(name: str) -> None:
    retried = {error for retry in TASKS[name]["Retry"] for error in retry["ErrorEquals"] if retry["MaxAttempts"]}
    assert not retried & set(PERMANENT)


def test_a_function_that_wakes_is_waited_for_by_every_state() -> None:
    for name in TASKS:
        assert sum(longest_delays(retrier(name))) / 2 > 2 * LONGEST_WAKING


def test_a_state_outside_an_attempt_goes_on_for_the_default_time_of_a_run() -> None:
    minutes = SCHEMA.check({"project": "P", "datamart": "D"})["timeoutMinutes"]
    for name in OUTSIDE_AN_ATTEMPT:
        assert sum(longest_delays(retrier(name))) / 2 == pytest.approx(60 * minutes, rel=0.05)


@pytest.mark.parametrize("name", sorted(LOOKS | ONCE_MORE_AFTER_A_LOOK))
def test_once_executed_a_run_looks_again_until_its_deadline(name: str) -> None:
    (catch,) = catchers(name, "JudgeDeadline")
    server = {"ServerUnavailable"} if name in LOOKS else set()
    assert set(catch["ErrorEquals"]) == {*RETRIED, *IN_A_HANDLER} | server
    assert catch["Assign"]["waitSeconds"] == 60


def test_a_state_that_may_have_been_heard_looks_again_before_any_other_catch() -> None:
    nexts = [catch["Next"] for catch in TASKS["AnswerPrompts"]["Catch"]]
    assert nexts == ["AnswersRefused", "JudgeDeadline", "JudgeBreakdown"]


def test_events_that_nobody_waits_for_are_kept_while_lambda_cannot_start_their_function(template: Template) -> None:
    """The starter, expect_load and the sweep: Lambda retries a throttled or sleeping function for as long as this."""
    configured = template.resources("AWS::Lambda::EventInvokeConfig").values()
    assert configured
    assert all(config["MaximumEventAgeInSeconds"] >= 7_200 for config in configured)
    schedules = template.resources("AWS::Scheduler::Schedule").values()
    assert all(one["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] >= 7_200 for one in schedules)


def test_after_the_deadline_nothing_is_looked_at_any_more() -> None:
    judge = STATES["JudgeDeadline"]
    assert [choice["Next"] for choice in judge["Choices"]] == ["WaitForStatus"]
    assert judge["Default"] == "StillUnavailable"


MOST_EVENTS = 25_000
EVENTS_OF_A_LOOK = 9  # Wait 2, Task 5, Choice 2
EVENTS_OF_A_RETRY = 3  # scheduled, started, failed
REST = 1_000
"""Events of a run beside its polls, and a margin."""


@pytest.mark.parametrize("retries", [0, 1, 4, 10, 21])
def test_retries_at_every_look_of_the_longest_run_stay_below_the_limit_of_the_history(retries: int) -> None:
    """However many retries each look has: what is waited between two looks grows with them, up to 200 s."""
    seconds, looks = 0, 0
    while seconds < 1440 * 60:
        wait = seconds_until_next_look(seconds, looks, [], longest=LONGEST_UNTOLD)
        seconds += waited_after(wait, retries)
        looks += 1
    assert REST + looks * (EVENTS_OF_A_LOOK + EVENTS_OF_A_RETRY * retries) < MOST_EVENTS


@cache
def waited_after(wait: int, retries: int) -> int:
    """Seconds that the machine waits after a look that asks for ``wait``, and that was retried so often."""
    result = {"Payload": {"phase": "running", "waitSeconds": wait}}
    states = {"result": result, "context": {"State": {"RetryCount": retries}}}
    return int(value_of(STATES["GetStatus"]["Assign"]["waitSeconds"], states=states))


def test_looks_that_all_fail_until_the_deadline_of_the_longest_run_stay_below_it_too() -> None:
    retry = retrier("GetStatus")
    means = [0.0, *(total / 2 for total in accumulate(longest_delays(retry)))]
    seconds = means[-1] + 60
    events = EVENTS_OF_A_LOOK + 2 + EVENTS_OF_A_RETRY * (retry["MaxAttempts"] + 1)
    assert REST + events * 1440 * 60 / seconds < MOST_EVENTS
