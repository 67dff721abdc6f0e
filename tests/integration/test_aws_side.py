"""What goes wrong on the AWS side: functions that break down, are called twice or late, executions that are stopped."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from local.emulator.moto_patches.moto_objects import execution as moto_execution
from local.simulator import catalogue
from tests.integration.conftest import TUTORIAL, System
from tests.support.by_hand import ByHand
from tests.support.cases import exhaustive

COUNTRIES = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]


WHEN = ("before", "after")
"""Of what the function does."""


class Breakdown(Exception):
    """A function that crashes."""


@pytest.fixture
def around(system: System) -> Iterator[Callable[[Callable[[str, Any], Any]], None]]:
    """Puts something around every call of a function."""
    runtime = system.emulator.runtime
    before = runtime.around

    def put(make: Callable[[str, Any], Any]) -> None:
        runtime.around = make

    yield put
    runtime.around = before


def breaking(module: str, when: str) -> Callable[[str, Any], Any]:
    @contextlib.contextmanager
    def make(called: str, event: Any) -> Iterator[None]:
        if called == module and when == "before":
            raise Breakdown("out of memory")
        yield
        if called == module and when == "after":
            raise Breakdown("killed at the last line")

    return make


CLEAN_UP = [(module, when) for module in ("delete_instance", "log_out", "conclude_attempt") for when in WHEN]


def breakdowns(*now: tuple[str, str]) -> pytest.MarkDecorator:
    """Each function of the clean-up breaks down; ``make test`` takes those named, one of each function in two tests."""
    return pytest.mark.parametrize(("module", "when"), [one if one in now else exhaustive(one) for one in CLEAN_UP])


@breakdowns(("delete_instance", "before"), ("conclude_attempt", "after"))
def test_a_clean_up_function_that_crashes_does_not_turn_a_loaded_table_into_a_failed_run(
    system: System, around: Any, module: str, when: str
) -> None:
    around(breaking(module, when))
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.output["loaded"] == "yes"


@breakdowns(("log_out", "after"))
def test_a_clean_up_function_that_crashes_does_not_hide_the_first_error(
    system: System, around: Any, module: str, when: str
) -> None:
    around(breaking(module, when))
    outcome = system.run(datamart=catalogue.FAILS_EARLY)
    assert outcome.error == "DatamartFailed"
    assert outcome.cause.startswith("Loaded: ")
    assert "template of the datamart" in outcome.cause


@pytest.mark.parametrize(
    ("module", "when", "posts", "error"),
    [
        ("log_in", "before", 0, "DatamartFailed"),
        exhaustive(("describe_datamart", "before", 0, "DatamartFailed")),
        exhaustive(("create_instance", "before", 0, "DatamartFailed")),
        exhaustive(("get_prompts", "before", 1, "DatamartFailed")),
        ("answer_prompts", "before", 1, "DatamartFailed"),
        ("get_status", "before", 1, "OutcomeUnknown"),
        exhaustive(("get_status", "after", 1, "DatamartFailed")),  # it has seen that the job waits at its prompts
        pytest.param("log_in", "after", 0, "DatamartFailed", marks=pytest.mark.exhaustive),
        pytest.param("describe_datamart", "after", 0, "DatamartFailed", marks=pytest.mark.exhaustive),
        pytest.param("create_instance", "after", 0, "DatamartFailed", marks=pytest.mark.exhaustive),
        pytest.param("get_prompts", "after", 1, "DatamartFailed", marks=pytest.mark.exhaustive),
    ],
)
def test_a_function_that_crashes_ends_the_run_with_an_error_of_ours(
    system: System, around: Any, module: str, when: str, posts: int, error: str
) -> None:
    around(breaking(module, when))
    outcome = system.run(prompts=COUNTRIES)
    loaded = "unknown" if error == "OutcomeUnknown" else "no"
    assert (outcome.error, outcome.cause.split(".")[0]) == (error, f"Loaded: {loaded}"), outcome.cause
    assert "Breakdown" in outcome.cause
    assert "Traceback" not in outcome.cause
    assert (system.posts(), system.loads()) == (posts, 0)


def test_a_crash_after_the_answers_loads_the_table_once(system: System, around: Any) -> None:
    around(breaking("answer_prompts", "after"))
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert (system.posts(), system.loads()) == (1, 1)


@pytest.mark.exhaustive  # guarded by: a lost response is confirmed by the same state
def test_a_crash_after_the_execution_request_is_confirmed_and_the_table_is_loaded_once(
    system: System, around: Any
) -> None:
    around(breaking("execute_datamart", "after"))
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert "ConfirmExecution" in outcome.states
    assert (system.posts(), system.loads()) == (1, 1)


@pytest.mark.exhaustive  # guarded by: unit/handlers/test_execute_datamart.py
def test_a_crash_before_the_execution_request_executed_nothing_and_says_so(system: System, around: Any) -> None:
    around(breaking("execute_datamart", "before"))
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.cause.startswith("Loaded: no."), outcome.cause
    assert system.posts() == 0


@pytest.mark.exhaustive  # guarded by: unit/handlers/test_execute_datamart.py
def test_a_step_that_is_invoked_twice_executes_once(system: System, around: Any) -> None:
    seen: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def twice(module: str, event: Any) -> Iterator[None]:
        if module == "execute_datamart" and not seen:
            seen.append(event)
            with contextlib.suppress(Exception):
                system.invoke("execute_datamart", event)
        yield

    around(twice)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert (system.posts(), system.loads()) == (1, 1)


BARRIERS = [
    "log_in",
    "execute_datamart",
    *map(exhaustive, ("answer_prompts", "describe_datamart", "create_instance", "get_status", "get_prompts")),
]


@pytest.mark.parametrize("module", BARRIERS)
def test_a_run_that_is_stopped_while_a_function_works_leaves_nothing_behind(
    system: System, around: Any, module: str
) -> None:
    inside, go_on = threading.Event(), threading.Event()

    @contextlib.contextmanager
    def barrier(called: str, event: Any) -> Iterator[None]:
        if called == module and not inside.is_set():
            inside.set()
            go_on.wait(5)
        yield

    around(barrier)
    execution = system.emulator.start({"project": "MicroStrategy Tutorial", "datamart": "City", "prompts": COUNTRIES})
    assert inside.wait(5)
    stopper = threading.Thread(target=system.emulator.stop, args=(execution,))
    stopper.start()
    go_on.set()
    outcome = system.emulator.wait(execution)
    stopper.join()
    assert outcome.status == "ABORTED"
    assert system.loads() == 0


def test_a_stop_that_comes_when_the_run_has_just_succeeded_is_known_to_have_met_nothing(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its execution still counts as running: the last event of its history is being written."""
    add_event, stopped = EventManager.add_event, []

    def watched(manager: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("event_type") is HistoryEventType.ExecutionSucceeded:
            assert moto_execution(execution).status == "RUNNING"
            stopped.append(system.emulator.stop(execution))
        return add_event(manager, *args, **kwargs)

    monkeypatch.setattr(EventManager, "add_event", watched)
    execution = system.emulator.start({"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES})
    assert system.emulator.wait(execution).status == "SUCCEEDED"
    assert stopped == [False]


def test_a_log_in_that_comes_after_the_clean_up_logs_out_what_it_opened(system: System, around: Any) -> None:
    """On AWS a stopped execution does not stop the Lambda that runs: it goes on behind the clean-up."""
    late: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def closing_in_between(module: str, event: Any) -> Iterator[None]:
        if module == "log_in" and not late:
            late.append(event)
            system.close_behind_the_back(event)
        yield

    around(closing_in_between)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.error == "RunAlreadyEnded", outcome.cause
    assert system.simulator.state()["sessions"] == []


def test_a_step_on_a_run_that_has_ended_says_that_it_has(system: System) -> None:
    run = ByHand(system)
    run.ends()
    with pytest.raises(RuntimeError, match="RunAlreadyEnded"):
        run.call("log_in")
    assert system.simulator.state()["sessions"] == []
