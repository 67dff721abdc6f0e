"""Lambda answers that a function cannot start now: every state waits for it, and no datamart is executed twice."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions import clock
from local.emulator.history_table import find_record
from tests.faults.lambdas import lambda_error
from tests.integration.conftest import System
from tests.support.cases import exhaustive, one_of

COUNTRIES = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]
SAVE_AS = {"name": "City of mine", "folder": "/Public Objects/Archive"}

NOT_READY = "Lambda.ResourceNotReadyException"
THROTTLED = "Lambda.TooManyRequestsException"
DENIED = "Lambda.KMSAccessDeniedException"

BEFORE = ("log_in", "describe_datamart", "create_instance", "execute_datamart")
"""Functions before anything is executed."""

AFTER = ("get_status", "get_prompts", "answer_prompts", "save_datamart")
CLEAN_UP = ("delete_instance", "log_out")
OUTSIDE = ("prepare_run", "conclude_attempt")


def now_and_the_others(now: tuple[str, ...], *groups: tuple[str, ...]) -> list[Any]:
    """Those that every ``make test`` takes, and the others, which only ``make test-all`` does."""
    every = [module for group in groups for module in group]
    return [*now, *(exhaustive(module) for module in every if module not in now)]


class Refusals:
    """Lets Lambda refuse to start a function, and counts how often it did."""

    def __init__(self, system: System) -> None:
        self._world = system
        self.count = 0

    def of(self, module: str, error: str, seconds: float = float("inf")) -> None:
        """From its first invocation on, for as many seconds by the run's clock."""
        until: list[float] = []

        @contextlib.contextmanager
        def make(called: str, event: Any) -> Iterator[None]:
            if called == module:
                until[:] = until or [clock.now() + seconds]
                if clock.now() < until[0]:
                    self.count += 1
                    raise lambda_error(error, "not now")
            yield

        self._world.emulator.runtime.around = make


@pytest.fixture
def refusals(system: System) -> Iterator[Refusals]:
    before = system.emulator.runtime.around
    yield Refusals(system)
    system.emulator.runtime.around = before


@pytest.mark.parametrize(
    "module",
    now_and_the_others(("execute_datamart", "log_out"), BEFORE, AFTER, CLEAN_UP, OUTSIDE),
)
def test_a_function_that_wakes_after_two_idle_weeks_is_waited_for(
    system: System, refusals: Refusals, module: str
) -> None:
    refusals.of(module, NOT_READY, 90)
    outcome = system.run(prompts=COUNTRIES, saveAs=SAVE_AS)
    assert (outcome.status, system.loads(), system.posts()) == ("SUCCEEDED", 1, 1), outcome.cause
    assert refusals.count >= 2
    assert outcome.output["saved"]["objectId"]


@pytest.mark.parametrize("module", now_and_the_others(("save_datamart",), BEFORE, AFTER, OUTSIDE))
def test_a_function_that_is_throttled_for_a_quarter_of_an_hour_is_waited_for(
    system: System, refusals: Refusals, module: str
) -> None:
    refusals.of(module, THROTTLED, 900)
    outcome = system.run(prompts=COUNTRIES, saveAs=SAVE_AS)
    assert (outcome.status, system.loads(), system.posts()) == ("SUCCEEDED", 1, 1), outcome.cause
    assert outcome.output["saved"]["objectId"]
    attempts = outcome.states.count("Attempt")
    assert attempts > 1 if module in BEFORE else attempts == 1
    assert ("JudgeDeadline" in outcome.states) == (module in AFTER)


@pytest.mark.parametrize("module", [exhaustive("log_in"), "execute_datamart"])
@pytest.mark.exhaustive  # guarded by: the idle project; tests/infra/constructs/test_transient_errors.py
def test_until_the_deadline_a_run_that_has_executed_nothing_tries_again(
    system: System, refusals: Refusals, module: str
) -> None:
    refusals.of(module, THROTTLED)
    outcome = system.run(prompts=COUNTRIES, timeoutMinutes=12)
    # Pauses are drawn by lot: the deadline may pass within an attempt, or before another one.
    assert outcome.error in ("ServerUnavailable", "RunTimedOut")
    assert outcome.cause.startswith("Loaded: no. ")
    assert THROTTLED in outcome.cause
    assert outcome.states.count("Attempt") > 2
    assert system.posts() == 0
    assert THROTTLED in system.notices()[-1]["Message"]


@pytest.mark.parametrize("module", one_of("get_status", "save_datamart"))
def test_until_the_deadline_a_run_that_has_executed_looks_again(
    system: System, refusals: Refusals, module: str
) -> None:
    refusals.of(module, THROTTLED)
    outcome = system.run(prompts=COUNTRIES, saveAs=SAVE_AS, timeoutMinutes=12)
    assert outcome.error == ("SaveFailed" if module == "save_datamart" else "OutcomeUnknown")
    assert THROTTLED in outcome.cause
    assert outcome.states.count("JudgeDeadline") > 2
    assert outcome.states[-1] == "RunFailed"
    assert system.posts() == 1


@pytest.mark.parametrize("module", now_and_the_others(("log_in", "conclude_attempt"), BEFORE, AFTER, CLEAN_UP, OUTSIDE))
def test_what_waiting_does_not_cure_ends_the_run_at_once_and_by_its_name(
    system: System, refusals: Refusals, module: str
) -> None:
    refusals.of(module, DENIED)
    outcome = system.run(prompts=COUNTRIES, saveAs=SAVE_AS)
    record = find_record(system.emulator.deployed.history_table, outcome.execution_arn)
    assert record is not None
    assert record.duration_seconds is not None
    assert record.duration_seconds < 120
    if module in (*CLEAN_UP, "conclude_attempt"):
        assert (outcome.status, system.loads()) == ("SUCCEEDED", 1)  # the end of the run does what is left
    else:
        assert DENIED in outcome.cause
        assert outcome.states[-1] == "RunFailed"


@pytest.mark.exhaustive  # guarded by: tests/infra/constructs/test_transient_errors.py, which looks at every state
@pytest.mark.parametrize("module", ["ask_person", "take_answers"])
def test_people_are_asked_and_heard_when_lambda_can_start_the_function(
    system: System, refusals: Refusals, module: str, answering: Callable[[Any], None]
) -> None:
    refusals.of(module, THROTTLED, 900)
    answering({"prompts": COUNTRIES})
    outcome = system.run(unanswered="ask")
    assert (outcome.status, system.loads()) == ("SUCCEEDED", 1), outcome.cause


@pytest.fixture
def answering(system: System) -> Iterator[Callable[[Any], None]]:
    """Lets a person give one reply to whatever is asked."""

    def put(reply: Any) -> None:
        system.emulator.person = lambda question: system.emulator.reply(question.token, reply)

    yield put
    system.emulator.person = None
