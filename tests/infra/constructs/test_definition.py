"""What the state machine does in its states, where AWS is stricter than the interpreter that the other tests use."""

import pytest

from functions.errors import OWN_ERRORS
from functions.microstrategy.endpoints import CREATE_INSTANCE, GET_EXECUTION
from functions.runs.polling import LONGEST_UNTOLD, seconds_until_next_look
from functions.runs.waiting import FIRST_IN_QUEUE, SUPERSEDED, InQueue
from functions.transient_errors import RETRIED
from infra.constructs import asl
from infra.constructs.definition import definition, function_of, machine
from infra.constructs.function_table import STEPS

DEFINITION = machine()
STATES = dict(asl.states(DEFINITION))
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def test_every_task_calls_the_function_of_its_own_name_except_those_that_repeat_another_state() -> None:
    named = {name: function_of(state).name for name, state in TASKS.items()}
    assert {name: function for name, function in named.items() if name != function} == {
        "ConfirmExecution": "GetStatus",
        "SaveBeforeFollowUps": "SaveDatamart",
    }


def test_a_function_that_no_state_calls_is_an_error_that_names_it() -> None:
    tokens = {spec.token for spec in STEPS}
    assert definition(tokens)
    with pytest.raises(asl.DefinitionError, match="ReportRunFunctionArn"):
        definition(tokens | {"ReportRunFunctionArn"})


def test_a_state_that_calls_no_function_of_the_table_is_an_error_that_names_it() -> None:
    with pytest.raises(asl.DefinitionError, match="LogOutFunctionArn"):
        definition({spec.token for spec in STEPS} - {"LogOutFunctionArn"})


WAITS_FOR_PEOPLE = "AskPerson"

OF_THE_QUEUE = {"PrepareRun": (InQueue.__name__,), "WaitInQueue": (InQueue.__name__, FIRST_IN_QUEUE, SUPERSEDED)}
"""Errors by which the queue says what follows, and after which the function is not invoked again."""


def test_people_may_take_as_long_as_the_request_says() -> None:
    assert TASKS[WAITS_FOR_PEOPLE]["Resource"].endswith(".waitForTaskToken")
    assert TASKS[WAITS_FOR_PEOPLE]["TimeoutSeconds"] == "{% $conclusion.askSeconds %}"


def test_however_the_waiting_for_people_ends_their_reply_or_the_reason_is_judged() -> None:
    (catch,) = TASKS[WAITS_FOR_PEOPLE]["Catch"]
    assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "TakeAnswers")


HARMLESS = {
    *("PrepareRun", "DescribeDatamart", "ConfirmExecution", "GetStatus", "GetPrompts"),
    *("PublishCube", "GetCubeStatus", "DeleteInstance", "LogOut", "ConcludeAttempt", "TakeAnswers"),
}
"""States that may be repeated whatever broke down in them: they only look, or do what is done once however often."""


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_a_harmless_state_is_repeated_after_any_failure_that_is_not_our_own(name: str) -> None:
    own, foreign = TASKS[name]["Retry"][-2:]
    assert (own["ErrorEquals"], own["MaxAttempts"]) == ([*OWN_ERRORS, *OF_THE_QUEUE.get(name, ())], 0)
    assert foreign["ErrorEquals"] == ["States.TaskFailed", "States.Timeout"]


@pytest.mark.parametrize("name", TASKS)
def test_every_retry_is_bounded_jittered_and_for_transient_errors_only(name: str) -> None:
    for retry in TASKS[name]["Retry"]:
        if retry["MaxAttempts"] == 0:
            assert retry["ErrorEquals"] in ([*OWN_ERRORS, *OF_THE_QUEUE.get(name, ())], ["ServerUnavailable"])
            continue
        if retry["ErrorEquals"] != list(RETRIED):  # how often these are retried is in test_transient_errors.py
            assert 1 <= retry["MaxAttempts"] <= 10
        assert retry["JitterStrategy"] == "FULL"
        assert retry["MaxDelaySeconds"] <= 60
        foreign = {"States.TaskFailed", "States.Timeout"} if name in HARMLESS else set()
        foreign |= {"States.TaskFailed"} if name == "WaitInQueue" else set()  # its timeout is not a failure
        for error in retry["ErrorEquals"]:
            assert error in {"ServerUnavailable", *foreign} or error.startswith("Lambda.")


@pytest.mark.parametrize("name", ["SaveDatamart", "AnswerPrompts"])
def test_saving_and_answering_are_not_repeated_when_the_server_may_have_heard(name: str) -> None:
    assert retries_of(name, "ServerUnavailable") == 0


def test_a_state_is_retried_as_often_as_the_endpoints_that_it_calls_allow() -> None:
    assert retries_of("CreateInstance", "ServerUnavailable") == CREATE_INSTANCE.step_retries == 1
    assert retries_of("GetStatus", "ServerUnavailable") == GET_EXECUTION.step_retries > 1


def retries_of(name: str, error: str) -> int:
    return sum(retry["MaxAttempts"] for retry in TASKS[name]["Retry"] if error in retry["ErrorEquals"])


def test_every_failure_of_an_execution_request_is_looked_into() -> None:
    (catch,) = TASKS["ExecuteDatamart"]["Catch"]
    assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "ConfirmExecution")


def test_whatever_fails_in_an_attempt_is_cleaned_up() -> None:
    (catch,) = STATES["Attempt"]["Catch"]
    assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "DeleteInstance")


@pytest.mark.parametrize("name", ["DeleteInstance", "LogOut", "ConcludeAttempt"])
def test_the_clean_up_goes_on_when_a_part_of_it_fails(name: str) -> None:
    (catch,) = TASKS[name]["Catch"]
    assert catch["ErrorEquals"] == ["States.ALL"]
    assert catch["Next"] == TASKS[name]["Next"]


def test_no_branch_assigns_a_variable_of_the_scope_around_it() -> None:
    outer = assigned(DEFINITION)
    for branch in list(asl.machines(DEFINITION))[1:]:
        assert outer & assigned(branch) == set()


def assigned(machine: asl.Machine) -> set[str]:
    """The variables that the states of one scope assign."""
    found: set[str] = set()
    for state in machine["States"].values():
        for assigning in (state, *state.get("Catch", []), *state.get("Choices", [])):
            found |= set(assigning.get("Assign", {}))
    return found


def test_the_wait_takes_whole_seconds_that_come_from_the_policy() -> None:
    assert STATES["WaitForStatus"]["Seconds"] == "{% $waitSeconds %}"
    assert STATES["WaitForNextAttempt"]["Seconds"] == "{% $conclusion.waitSeconds %}"


def test_answers_that_end_with_an_error_of_ours_are_not_sent_again() -> None:
    refused = TASKS["AnswerPrompts"]["Catch"][0]
    assert (refused["ErrorEquals"], refused["Next"]) == (list(OWN_ERRORS), "AnswersRefused")


def test_the_longest_run_stays_far_below_the_limit_of_the_history() -> None:
    per_poll = 12  # Wait 2, Task 5, Choice 2, evaluated variables, one retry now and then
    for longest in (LONGEST_UNTOLD, 1200):
        seconds, looks = 0.0, 0
        while seconds < 1440 * 60:
            cheapest = 1e-9  # as dear as no stage may say
            seconds += seconds_until_next_look(seconds, looks, [], retry_after=1, longest=longest, look_cost=cheapest)
            looks += 1
        assert looks > 300
        assert 200 + looks * per_poll < 25_000  # 200: everything that is not polling, and then some
