"""Whole runs over a network that fails for a moment, is slow, or has somebody in between who redirects."""

import threading
from typing import Any

import pytest

from functions.microstrategy import endpoints
from functions.microstrategy.endpoints import Endpoint
from tests.integration.conftest import CITY, System
from tests.support.cases import one_of

COUNTRIES = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]
GETS = ("find_project", "find_datamart", "get_definition", "get_execution", "get_prompts", "search_elements")
ELSEWHERE = {"status": 302, "headers": {"Location": "https://sso.example.com/login"}}
HERE = {"status": 302, "headers": {"Location": "/portal/login"}}


def every_second_fails(system: System, step: str, **fault: Any) -> None:
    """The first, third, fifth … request of that step fails."""
    for passed in range(20):
        system.simulator.inject(step, **fault, skip=passed)


def requests_of(system: System, step: str) -> list[int | None]:
    """The HTTP statuses of that step's requests."""
    return [request["status"] for request in system.simulator.state()["requests"] if request["step"] == step]


def requests_in_the_end(system: System, step: str, expected: int) -> int:
    """How many of that step's requests the server saw; it notes one that stalls only when the stall is over."""
    for _ in range(200):
        if len(requests_of(system, step)) >= expected:
            break
        threading.Event().wait(0.05)
    return len(requests_of(system, step))


@pytest.mark.parametrize(
    "fault",
    one_of({"kind": "reset before"}, {"status": 503, "json": {"code": "ERR013", "message": "down"}}),
    ids=["reset", "503"],
)
def test_with_every_second_read_failing_a_step_of_several_calls_succeeds(system: System, fault: dict[str, Any]) -> None:
    for step in GETS:
        every_second_fails(system, step, **fault)
    outcome = system.run(project="MicroStrategy Tutorial", datamart="City", prompts=COUNTRIES)
    assert (outcome.status, outcome.error) == ("SUCCEEDED", None)
    for step in GETS:
        statuses = requests_of(system, step)
        failed = [status for status in statuses if status != 200]
        assert len(failed) * 2 == len(statuses), "each call took one retry"
    assert [len(requests_of(system, step)) for step in GETS if step != "get_execution"] == [2] * 5
    assert outcome.states.count("GetPrompts") == 1
    assert system.posts() == 1


redirected = pytest.mark.parametrize(
    "where",
    [pytest.param(ELSEWHERE, id="another host"), pytest.param(HERE, id="the same host", marks=pytest.mark.exhaustive)],
)


@redirected
def test_a_redirect_of_one_status_call_is_waited_for(system: System, where: dict[str, Any]) -> None:
    system.simulator.inject("get_execution", **where, times=4)  # more than one call's retries
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED"
    assert system.posts() == 1


@redirected
@pytest.mark.exhaustive  # guarded by: a redirect of a status call
def test_a_redirect_of_the_prompts_is_waited_for(system: System, where: dict[str, Any]) -> None:
    system.simulator.inject("get_prompts", **where, times=4)
    assert system.run(prompts=COUNTRIES).status == "SUCCEEDED"


@redirected
@pytest.mark.parametrize("kind", one_of("status after", "status"))
def test_a_redirected_execution_request_is_unknown_and_never_sent_again(
    system: System, where: dict[str, Any], kind: str
) -> None:
    system.simulator.inject("execute", **where, kind=kind)
    outcome = system.run(prompts=COUNTRIES)
    assert "ConfirmExecution" in outcome.states
    assert system.posts() == 1
    assert outcome.error == (None if kind == "status after" else "OutcomeUnknown")


@redirected
@pytest.mark.exhaustive  # guarded by: answers for which the server is too busy
def test_a_redirect_of_answers_has_the_prompts_read_again(system: System, where: dict[str, Any]) -> None:
    system.simulator.inject("answer_prompts", **where)
    assert system.run(prompts=COUNTRIES).status == "SUCCEEDED"
    assert system.posts() == 1


@redirected
@pytest.mark.exhaustive  # guarded by: test_runs_that_fail.py: down for a moment
def test_a_redirect_of_the_creation_of_an_instance_has_it_tried_once_more(
    system: System, where: dict[str, Any]
) -> None:
    system.simulator.inject("create_instance", **where, kind="status after")
    assert system.run(prompts=COUNTRIES).status == "SUCCEEDED"
    assert len(requests_of(system, "create_instance")) == 2


@redirected
@pytest.mark.exhaustive  # guarded by: test_saving.py: a save that fails
def test_a_redirect_of_saving_fails_the_saving_alone(system: System, where: dict[str, Any]) -> None:
    system.simulator.inject("save", **where)
    outcome = system.run(prompts=COUNTRIES, save={})
    assert outcome.error == "SaveFailed"
    assert (outcome.cause or "").startswith("Loaded: yes.")
    assert len(requests_of(system, "save")) == 1


@redirected
def test_a_redirect_of_the_login_names_the_address_and_the_base_url(system: System, where: dict[str, Any]) -> None:
    system.simulator.inject("log_in", **where)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "FAILED"
    assert where["headers"]["Location"] in (outcome.cause or "")
    assert "correct baseUrl" in (outcome.cause or "")
    assert len(requests_of(system, "log_in")) == 1


def test_a_look_up_that_is_too_slow_is_made_once_and_the_error_asks_for_ids(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server needs longer for the elements than the step has: here its patience is shortened."""
    monkeypatch.setitem(vars(endpoints.SEARCH_ELEMENTS), "read_timeout", 0.3)
    system.simulator.inject("search_elements", kind="stall", seconds=0.6, times=9)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.error == "PromptAnswerRejected"
    assert "IDs need no look-up" in (outcome.cause or "")
    assert '"Elements of Country"' in (outcome.cause or "").replace("\\", "")
    assert requests_in_the_end(system, "search_elements", 1) == 1
    assert system.loads(CITY) == 0


SEARCHES: dict[str, tuple[Endpoint, str, dict[str, Any]]] = {
    "project": (endpoints.FIND_PROJECT, "find_project", {"project": "MicroStrategy Tutorial"}),
    "datamart": (endpoints.FIND_DATAMART, "find_datamart", {"datamart": "City"}),
    "folder": (endpoints.FIND_FOLDER, "find_datamart", {"saveAs": {"name": "Copy", "folder": "/Public Objects"}}),
}
"""The call, what the simulator names it (both searches have one path), and a request that needs it."""


@pytest.mark.parametrize("of", one_of(*SEARCHES))
def test_a_search_by_name_that_is_too_slow_is_sent_once_an_attempt_and_the_error_asks_for_an_id(
    system: System, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    endpoint, search, asked = SEARCHES[of]
    monkeypatch.setitem(vars(endpoint), "read_timeout", 0.2)
    system.simulator.inject(search, kind="stall", seconds=0.4, times=99)
    outcome = system.run(**asked, prompts=COUNTRIES, timeoutMinutes=2)
    attempts = outcome.states.count("DescribeDatamart")
    assert outcome.error == "RunTimedOut"
    assert "the query may still be running on the server" in (outcome.cause or "")
    assert "an ID needs no " in (outcome.cause or "")
    assert attempts >= 2
    assert requests_in_the_end(system, search, attempts) == attempts
    assert outcome.states.count("LogOut") == len(requests_of(system, "log_out")) == attempts
    assert system.loads(CITY) == 0


@pytest.mark.exhaustive  # guarded by: the search above: another attempt follows
def test_a_search_by_name_that_is_slow_for_a_while_delays_the_run(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(endpoints.FIND_DATAMART), "read_timeout", 0.5)
    system.simulator.inject("find_datamart", kind="stall", seconds=0.8)
    outcome = system.run(datamart="City", prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED"
    assert outcome.states.count("DescribeDatamart") == 2


def test_a_list_of_prompts_that_is_too_slow_is_asked_for_twice_and_nothing_is_executed_again(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(endpoints.GET_PROMPTS), "read_timeout", 0.3)
    system.simulator.inject("get_prompts", kind="stall", seconds=0.6, times=99)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.error == "DatamartFailed"
    assert "did not list the open prompts in time, 2 times in a row" in (outcome.cause or "")
    assert (outcome.cause or "").startswith("Loaded: no.")
    assert requests_in_the_end(system, "get_prompts", 2) == 2
    assert (system.posts(), system.loads(CITY)) == (1, 0)


def test_a_run_goes_on_after_a_list_of_prompts_that_was_too_slow_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(endpoints.GET_PROMPTS), "read_timeout", 0.3)
    system.simulator.inject("get_prompts", kind="stall", seconds=0.6)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED"
    assert outcome.states.count("GetPrompts") == 2
    assert requests_in_the_end(system, "get_prompts", 2) == 2


@pytest.mark.exhaustive  # guarded by: unit/prompts/test_elements.py
def test_the_elements_of_a_prompt_given_by_id_are_not_searched(system: System) -> None:
    system.simulator.inject("search_elements", kind="stall", seconds=0.1)
    known = "8D679D3711D3E4981000E787EC6DE8A4:1"
    outcome = system.run(prompts=[{"name": "Elements of Country", "answers": [{"id": known, "name": "USA"}]}])
    assert requests_of(system, "search_elements") == []
    assert outcome.error != "ServerUnavailable"
