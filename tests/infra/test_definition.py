"""The state machine's definition, where AWS is stricter than the interpreter that the other tests use."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from functions.errors import OWN_ERRORS
from functions.microstrategy import endpoints as at
from functions.microstrategy.endpoints import Repeat
from functions.runs.polling import LONGEST, wait_seconds
from functions.transient_errors import RETRIED
from infra.constructs.function_table import STEPS
from tests.infra import asl

PATH = Path(__file__).parents[2] / "statemachine" / "run_datamart.asl.json"
DEFINITION: dict[str, Any] = json.loads(PATH.read_text("utf-8"))
STATES = dict(asl.states(DEFINITION))
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
FUNCTIONS = {spec.token: spec for spec in STEPS}


def function_of(state: dict[str, Any]) -> str:
    return str(state["Arguments"]["FunctionName"].strip("${}"))


def test_the_definition_is_one_that_aws_accepts() -> None:
    assert asl.problems(DEFINITION) == []


BREAKAGES = {
    "a missing target": lambda d: d["States"]["PrepareRun"].update(Next="Atempt"),
    "an unreachable state": lambda d: d["States"].update(Lost={"Type": "Succeed"}),
    "an unknown field": lambda d: d["States"]["LogOut"].update(ResultPath="$.x"),
    "bad JSONata": lambda d: d["States"]["RunSucceeded"].update(Output="{% $outcome.( %}"),
    "JSONPath": lambda d: d["States"]["RunSucceeded"].update(Output="$.outcome"),
    "an unknown type": lambda d: d["States"]["RunSucceeded"].update(Type="Success"),
    "neither Next nor End": lambda d: d["States"]["LogOut"].pop("Next"),
    "an unknown field in Retry": lambda d: d["States"]["LogOut"]["Retry"][0].update(Backoff=2),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_the_validator_of_the_definition_finds(breakage: str) -> None:
    broken = copy.deepcopy(DEFINITION)
    BREAKAGES[breakage](broken)
    assert asl.problems(broken) != []


def test_every_task_calls_the_function_of_its_own_name_except_the_confirming_look() -> None:
    named = {name: function_of(state).removesuffix("FunctionArn") for name, state in TASKS.items()}
    assert {name: function for name, function in named.items() if name != function} == {"ConfirmExecution": "GetStatus"}


def test_every_function_is_called() -> None:
    assert {function_of(state) for state in TASKS.values()} == set(FUNCTIONS)


WAITS_FOR_PEOPLE = "AskPerson"


def test_people_may_take_as_long_as_the_request_says() -> None:
    assert TASKS[WAITS_FOR_PEOPLE]["Resource"].endswith(".waitForTaskToken")
    assert TASKS[WAITS_FOR_PEOPLE]["TimeoutSeconds"] == "{% $conclusion.askSeconds %}"


def test_however_the_waiting_for_people_ends_their_reply_or_the_reason_is_judged() -> None:
    (catch,) = TASKS[WAITS_FOR_PEOPLE]["Catch"]
    assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "TakeAnswers")


@pytest.mark.parametrize("name", [name for name in TASKS if name != WAITS_FOR_PEOPLE])
def test_a_tasks_timeout_is_longer_than_its_functions(name: str) -> None:
    assert TASKS[name]["TimeoutSeconds"] > FUNCTIONS[function_of(TASKS[name])].timeout_seconds


HARMLESS = {
    *("DescribeDatamart", "ConfirmExecution", "GetStatus", "GetPrompts"),
    *("DeleteInstance", "LogOut", "ConcludeAttempt", "TakeAnswers"),
}
"""States that may be repeated whatever broke down in them: they only look, or do what is done once however often."""


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_a_harmless_state_is_repeated_after_any_failure_that_is_not_our_own(name: str) -> None:
    own, foreign = TASKS[name]["Retry"][-2:]
    assert (own["ErrorEquals"], own["MaxAttempts"]) == (list(OWN_ERRORS), 0)
    assert foreign["ErrorEquals"] == ["States.TaskFailed", "States.Timeout"]


@pytest.mark.parametrize("name", TASKS)
def test_every_retry_is_bounded_jittered_and_for_transient_errors_only(name: str) -> None:
    for retry in TASKS[name]["Retry"]:
        if retry["MaxAttempts"] == 0:
            assert retry["ErrorEquals"] == list(OWN_ERRORS)
            continue
        if retry["ErrorEquals"] != list(RETRIED):  # how often these are retried is in test_transient_errors.py
            assert 1 <= retry["MaxAttempts"] <= 10
        assert retry["JitterStrategy"] == "FULL"
        assert retry["MaxDelaySeconds"] <= 60
        foreign = {"States.TaskFailed", "States.Timeout"} if name in HARMLESS else set()
        for error in retry["ErrorEquals"]:
            assert error in {"ServerUnavailable", *foreign} or error.startswith("Lambda.")


def test_saving_and_answering_are_not_repeated_when_the_server_may_have_heard() -> None:
    for name in ("SaveDatamart", "AnswerPrompts"):
        retried = {error for retry in TASKS[name]["Retry"] for error in retry["ErrorEquals"]}
        assert "ServerUnavailable" not in retried


CALLS = {
    "LogIn": [at.LOG_IN],
    "DescribeDatamart": [at.FIND_PROJECT, at.FIND_DATAMART, at.GET_OBJECT, at.GET_DEFINITION],
    "CreateInstance": [at.CREATE_INSTANCE],
    "ExecuteDatamart": [at.EXECUTE],
    "ConfirmExecution": [at.GET_EXECUTION],
    "GetStatus": [at.GET_EXECUTION],
    "GetPrompts": [at.GET_PROMPTS, at.SEARCH_ELEMENTS, at.SEARCH_OBJECTS, at.FIND_OBJECTS],
    "AnswerPrompts": [at.ANSWER_PROMPTS],
    "SaveDatamart": [at.SAVE, at.SAVE_AS],
    "DeleteInstance": [at.DELETE_INSTANCE, at.DELETE_RUN_INSTANCE],
    "LogOut": [at.LOG_OUT],
}
"""The calls of each state that calls the Library server."""

COUNTED_BY_THE_HANDLER = {"LogIn", "AnswerPrompts"}
"""These count for themselves: lost log-ins, and answers that fail in a row."""

RAISED_ONLY_IF_NOT_SENT = {"ExecuteDatamart"}
"""Its handler raises ServerUnavailable only when the POST provably never left."""


def test_every_state_that_calls_the_server_is_held_against_the_table() -> None:
    assert set(CALLS) == set(TASKS) - {"PrepareRun", "ConcludeAttempt", "AskPerson", "TakeAnswers"}


@pytest.mark.parametrize("name", sorted(set(CALLS) - COUNTED_BY_THE_HANDLER - RAISED_ONLY_IF_NOT_SENT))
def test_a_state_repeats_what_its_calls_allow_and_no_more(name: str) -> None:
    retries = [r["MaxAttempts"] for r in TASKS[name]["Retry"] if "ServerUnavailable" in r["ErrorEquals"]]
    most = sum(retries)
    allowed = {call.repeat for call in CALLS[name]}
    if Repeat.IF_NOT_SENT in allowed:
        assert most == 0
    elif Repeat.UNLESS_ANSWERED in allowed:
        assert most == 1
    else:
        assert most >= 1


def test_whatever_fails_in_the_order_to_execute_is_looked_into() -> None:
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
    outer = asl.assigned(DEFINITION)
    for branch in list(asl.machines(DEFINITION))[1:]:
        assert outer & asl.assigned(branch) == set()


def test_the_wait_takes_whole_seconds_that_come_from_the_policy() -> None:
    assert STATES["WaitForStatus"]["Seconds"] == "{% $waitSeconds %}"
    assert STATES["WaitForNextAttempt"]["Seconds"] == "{% $conclusion.waitSeconds %}"


@pytest.mark.parametrize("field", ["Error", "Cause"])
def test_without_a_conclusion_every_error_of_ours_keeps_its_name(field: str) -> None:
    (listed,) = re.findall(r"in \[([^\]]*)\]", STATES["RunFailed"][field])
    assert [name.strip(" '") for name in listed.split(",")] == list(OWN_ERRORS)


def test_answers_that_end_with_an_error_of_ours_are_not_sent_again() -> None:
    refused = TASKS["AnswerPrompts"]["Catch"][0]
    assert (refused["ErrorEquals"], refused["Next"]) == (list(OWN_ERRORS), "AnswersRefused")


def test_the_longest_run_stays_far_below_the_limit_of_the_history() -> None:
    per_poll = 12  # Wait 2, Task 5, Choice 2, evaluated variables, one retry now and then
    for retry_after in (None, 0, 1):
        seconds, events = 0.0, 200.0  # 200: everything that is not polling, and then some
        while seconds < 1440 * 60:
            seconds += wait_seconds(seconds, retry_after)
            events += per_poll
        assert events < 25_000
    assert LONGEST == 60


def test_the_whole_runs_timeout_is_only_a_backstop() -> None:
    longest_run, longest_asking = 1440 * 60, 7 * 86_400
    assert DEFINITION["TimeoutSeconds"] > longest_run + longest_asking
