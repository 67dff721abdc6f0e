"""An invocation that is slow: when the server has answered it, another invocation of its step has done everything.

Lambda runs a function at least once, and Step Functions repeats an invocation without a response.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.clock import Clock
from local.simulator import catalogue
from tests.integration.conftest import System
from tests.support.by_hand import ByHand

COUNTRIES = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]

Overtaking = Callable[[str, Callable[[], Any]], None]


@pytest.fixture
def overtaking(afterwards: Any) -> Overtaking:
    """Lets something happen once in the middle of a call, however often that is called in the course of it."""

    def put(call: str, happens: Callable[[], Any]) -> None:
        due: Iterator[Callable[[], Any]] = iter([happens])
        afterwards(call, lambda: next(due, lambda: None)())

    return put


@pytest.fixture
def ended(system: System) -> Callable[[ByHand], None]:
    """Ends a run that was called by hand, whose clean-up leaves nothing."""

    def end(run: ByHand) -> None:
        run.call("delete_instance", "log_out")
        run.ends()
        state = system.simulator.state()
        assert (state["sessions"], state["instances"], state["jobs"]) == ([], [], [])
        assert system.leases() == {}

    return end


def test_a_login_opens_one_session(system: System, overtaking: Overtaking, ended: Callable[[ByHand], None]) -> None:
    run = ByHand(system)

    def it_is_repeated() -> None:
        with pytest.raises(RuntimeError, match="ServerBusy: another invocation of this step is logging in"):
            run.call("log_in")

    overtaking("log_in", it_is_repeated)
    run.call("log_in")
    assert system.posts("/auth/login") == 1
    ended(run)


def test_of_two_instances_one_is_deleted_at_once(
    system: System, overtaking: Overtaking, ended: Callable[[ByHand], None]
) -> None:
    run = ByHand(system)
    run.call("log_in", "describe_datamart")
    overtaking("create_instance", lambda: run.call("create_instance"))
    assert run.call("create_instance") == {"instanceId": run.attempt["instanceId"]}
    assert [instance["id"] for instance in system.simulator.state()["instances"]] == [run.attempt["instanceId"]]
    ended(run)


def test_a_look_from_before_the_result_does_not_take_the_result_back(
    system: System, clock: Clock, overtaking: Overtaking, ended: Callable[[ByHand], None]
) -> None:
    run = ByHand(system, datamart=catalogue.CATEGORY_SALES)
    run.call("log_in", "describe_datamart", "create_instance", "execute_datamart")

    def the_job_ends() -> None:
        clock.advance(60)
        assert run.call("get_status")["phase"] == "succeeded"

    overtaking("get_execution", the_job_ends)
    assert run.call("get_status") == {"phase": "unknown", "waitSeconds": 1}
    assert run.attempt["job"] == "loaded"
    assert run.call("get_status")["phase"] == "succeeded"
    ended(run)


def test_a_look_from_before_the_answers_does_not_say_that_nothing_was_loaded(
    system: System, clock: Clock, overtaking: Overtaking, ended: Callable[[ByHand], None]
) -> None:
    run = ByHand(system, prompts=COUNTRIES)
    run.call("log_in", "describe_datamart", "create_instance", "execute_datamart")
    clock.advance(5)

    def it_is_answered() -> None:
        assert run.call("get_status")["phase"] == "prompts"
        run.call("get_prompts", "answer_prompts")

    overtaking("get_execution", it_is_answered)
    assert run.call("get_status")["phase"] == "unknown"
    assert run.attempt["job"] == "accepted"
    ended(run)


def test_an_execution_request_whose_answer_is_late_does_not_take_the_result_back(
    system: System, clock: Clock, overtaking: Overtaking, ended: Callable[[ByHand], None]
) -> None:
    run = ByHand(system, datamart=catalogue.CATEGORY_SALES)
    run.call("log_in", "describe_datamart", "create_instance")

    def it_is_confirmed() -> None:
        with pytest.raises(RuntimeError, match="OutcomeUnknown"):
            run.call("execute_datamart")
        clock.advance(60)
        assert run.call("get_status")["phase"] == "succeeded"

    overtaking("execute", it_is_confirmed)
    run.call("execute_datamart")
    assert run.attempt["job"] == "loaded"
    assert run.attempt["jobId"]
    assert system.posts() == 1
    ended(run)
