"""No expression of the definition raises, or comes to nothing, over whatever failure AWS or a function reports.

A Fail state cannot catch: an expression that raises there ends the run as States.QueryEvaluationError, and the error
that brought it there is lost.
"""

import json
from typing import Any

import pytest

from functions.errors import OWN_ERRORS
from local.emulator.moto_patches.jsonata import evaluate
from tests.infra.constructs.test_definition import STATES

DEEP = "[" * 30_000 + "]" * 30_000
FAILURES: dict[str, Any] = {
    "nothing at all": None,
    "empty": {},
    "no cause": {"Error": "KeyError"},
    "a cause that is null": {"Error": "KeyError", "Cause": None},
    "an empty cause": {"Error": "States.Timeout", "Cause": ""},
    "no name": {"Cause": "boom"},
    "an empty name": {"Error": "", "Cause": "boom"},
    "a name that is null": {"Error": None, "Cause": "boom"},
    "a name that is a number": {"Error": 7, "Cause": "boom"},
    "plain text": {"Error": "KeyError", "Cause": "boom"},
    "text in braces": {"Error": "KeyError", "Cause": "{boom}"},
    "cut off": {"Error": "KeyError", "Cause": '{"errorMessage": "bo'},
    "cut off behind its message": {"Error": "KeyError", "Cause": '{"errorMessage": "boom", "stackTrace": ["Fi'},
    "a message that is null": {"Error": "KeyError", "Cause": '{"errorMessage": null}'},
    "a message that is a number": {"Error": "KeyError", "Cause": '{"errorMessage": 7}'},
    "a message that is an object": {"Error": "KeyError", "Cause": '{"errorMessage": {"errorMessage": ["boom"]}}'},
    "a message that is JSON": {"Error": "KeyError", "Cause": json.dumps({"errorMessage": '{"errorMessage": "boom"}'})},
    "an escape that JSON has not": {"Error": "KeyError", "Cause": r'{"errorMessage": "boom \x41"}'},
    "half an escape": {"Error": "KeyError", "Cause": r'{"errorMessage": "boom \u00e"}'},
    "a line break inside": {"Error": "KeyError", "Cause": '{"errorMessage": "bo\nom"}'},
    "every escape": {"Error": "KeyError", "Cause": json.dumps({"errorMessage": 'bo"\\/\b\f\n\r\tom äÄ😀'})},
    "a list": {"Error": "KeyError", "Cause": ["boom"]},
    "an object": {"Error": "KeyError", "Cause": {"errorMessage": "boom"}},
    "a long one": {"Error": "KeyError", "Cause": json.dumps({"errorMessage": 'ä"' * 8_000})},
    "deep JSON": {"Error": "KeyError", "Cause": DEEP},
}

FAILING = {name: state for name, state in STATES.items() if state["Type"] == "Fail"}
VARIABLES = {
    "ExecutionRefused": "executeFailure",
    "AnswersRefused": "answerFailure",
    "StillUnavailable": "unavailable",
    "RunFailed": "failure",
}
"""The variable that each Fail state reports."""


def value_of(expression: str, **variables: Any) -> Any:
    """What the expression comes to; fails where it comes to nothing, which AWS refuses."""
    text = expression.removeprefix("{%").removesuffix("%}")
    declared = "".join(f"${name}:={json.dumps(value, ensure_ascii=False)};" for name, value in variables.items())
    assert evaluate(f"({declared}$exists({text}))"), f"{text} comes to nothing"
    return evaluate(f"({declared}{text})")


def expressions(assign: dict[str, Any]) -> list[str]:
    """The JSONata expressions among the values of an Assign."""
    return [value for value in assign.values() if isinstance(value, str) and value.startswith("{%")]


def failed_as(state: str, failure: Any) -> tuple[str, str]:
    """Error and cause of a Fail state."""
    variables = {VARIABLES[state]: failure} | ({"conclusion": None, "loaded": "no"} if state == "RunFailed" else {})
    return value_of(FAILING[state]["Error"], **variables), value_of(FAILING[state]["Cause"], **variables)


def test_every_fail_state_is_tested_with_odd_failures() -> None:
    assert set(VARIABLES) == set(FAILING)


@pytest.mark.parametrize("odd", FAILURES)
@pytest.mark.parametrize("state", VARIABLES)
def test_a_fail_state_has_an_error_and_a_cause_that_are_text(state: str, odd: str) -> None:
    error, cause = failed_as(state, FAILURES[odd])
    assert isinstance(error, str)
    assert isinstance(cause, str)
    assert error
    assert error in OWN_ERRORS or state != "RunFailed"


@pytest.mark.parametrize("odd", FAILURES)
def test_without_a_conclusion_the_cause_has_the_name_and_what_can_be_read(odd: str) -> None:
    _, cause = failed_as("RunFailed", FAILURES[odd])
    failure = FAILURES[odd] or {}
    name = failure.get("Error") if isinstance(failure.get("Error"), str) and failure["Error"] else "UnnamedError"
    assert cause.startswith(f"Loaded: no. a step of the run broke down ({name}): ")
    assert len(cause) < 8_000
    if "boom" in json.dumps(failure):
        assert "boom" in cause


def test_without_a_conclusion_a_person_reads_the_handlers_own_sentence() -> None:
    cause = {"errorMessage": 'unknown key "datmart".\nSee ä.', "errorType": "InvalidRequest", "stackTrace": ["File …"]}
    backwards = dict(reversed(cause.items()))
    for text in (json.dumps(cause), json.dumps(backwards, ensure_ascii=False, separators=(",", ":"))):
        said = failed_as("RunFailed", {"Error": "InvalidRequest", "Cause": text})
        assert said == ("InvalidRequest", 'Loaded: no. unknown key "datmart".\nSee ä.')


@pytest.mark.parametrize("state", sorted(set(VARIABLES) - {"RunFailed"}))
def test_inside_an_attempt_error_and_cause_are_handed_on_as_they_are(state: str) -> None:
    assert failed_as(state, {"Error": "Lambda.ServiceException", "Cause": "{boom}"}) == (
        "Lambda.ServiceException",
        "{boom}",
    )


@pytest.mark.parametrize("result", [None, {"loaded": "yes"}])
@pytest.mark.parametrize("saved", [None, {"objectId": "A"}])
def test_an_attempt_that_is_done_has_an_output_whatever_is_known_of_its_result(result: Any, saved: Any) -> None:
    found = value_of(STATES["AttemptDone"]["Output"], loadedResult=result, saved=saved)
    assert found == (result or {}) | {"saved": saved}


@pytest.mark.parametrize("deadline", [None, 0, 4_102_444_800])
def test_without_a_deadline_there_is_nothing_to_look_again_for(deadline: Any) -> None:
    (choice,) = STATES["JudgeDeadline"]["Choices"]
    assert value_of(choice["Condition"], deadline=deadline) is bool(deadline)


ODD_RESULTS: tuple[Any, ...] = (
    {"Payload": {"phase": "running"}},
    {"Payload": {"phase": "running", "waitSeconds": 7}},
    {"Payload": {"phase": "running", "waitSeconds": 90, "result": {"loaded": "yes"}}},
    {"Payload": {"phase": "running", "waitSeconds": 600}},
)


@pytest.mark.parametrize("context", [{}, {"State": {}}, {"State": {"RetryCount": 0}}, {"State": {"RetryCount": 3}}])
@pytest.mark.parametrize("result", ODD_RESULTS)
@pytest.mark.parametrize("state", ["GetStatus", "ConfirmExecution"])
def test_the_wait_after_a_look_is_whole_seconds_and_longer_after_retries(state: str, result: Any, context: Any) -> None:
    asked = result["Payload"].get("waitSeconds", 1)
    retries = context.get("State", {}).get("RetryCount", 0)
    for expression in expressions(STATES[state]["Assign"]):
        value_of(expression, states={"result": result, "context": context})
    found = value_of(STATES[state]["Assign"]["waitSeconds"], states={"result": result, "context": context})
    assert found == int(found)
    assert asked <= found <= asked * (1 + retries / 4) + 1
    assert found <= max(asked, 200)


@pytest.mark.parametrize("odd", FAILURES)
def test_a_catcher_takes_any_failure(odd: str) -> None:
    for state in STATES.values():
        for catch in state.get("Catch", []):
            for expression in expressions(catch.get("Assign", {})):
                if FAILURES[odd] is not None:  # AWS always has an error output there
                    value_of(expression, states={"errorOutput": FAILURES[odd]}, breakdowns=4)
