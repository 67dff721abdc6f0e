"""Follow-ups that fail, or whose end nobody knows: the table stays loaded, and nothing is loaded again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from functions.microstrategy import endpoints
from local.outcome import Outcome
from local.simulator import SCENARIOS, catalogue
from tests.integration.conftest import System
from tests.integration.test_follow_ups import CUBE, EVENT, ROWS, SALES, published, run, triggered
from tests.support.cases import one_of

BROKEN = {"publishCube": "Broken Cube"}
SLOW = {"publishCube": "Slow Cube"}
ONCE = [(catalogue.CATEGORY_CUBE, "published", ROWS)]


def failed(system: System, outcome: Outcome, *outcomes: str) -> str:
    """Assert that the table is loaded and a follow-up is what failed; returns the cause."""
    assert (outcome.status, outcome.error) == ("FAILED", "FollowUpFailed"), outcome.cause
    assert outcome.cause.startswith("Loaded: yes. "), outcome.cause
    detail = system.events()[-1]["detail"]
    assert detail["loaded"] == "yes"
    assert [one["outcome"] for one in detail["followUps"]] == list(outcomes)
    assert system.posts() == 1, "nothing is loaded again"
    return str(outcome.cause)


# -- refused, or not successful ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["default", "cube-fails-in-monitor", "cube-fails-unseen"])
def test_a_cube_that_cannot_be_published_fails_the_run_wherever_that_is_seen(
    new_system: Callable[..., System], scenario: str
) -> None:
    system = new_system(scenario)
    cause = failed(system, run(system, EVENT, BROKEN, CUBE), "done", "failed", "notDone")
    assert "cube Broken Cube was not published" in cause
    assert triggered(system) == ["Load done"]
    assert [cube for cube, _, _ in published(system)] == [catalogue.BROKEN_CUBE], "what comes after it is not begun"


def test_a_cube_that_was_refused_fails_the_run(new_system: Callable[..., System]) -> None:
    system = new_system("no-privilege-to-publish")
    cause = failed(system, run(system, CUBE, EVENT), "failed", "notDone")
    assert "The user has no privilege to publish Intelligent cubes" in cause
    assert (published(system), triggered(system)) == ([], [])


def test_an_event_that_was_refused_fails_the_run(new_system: Callable[..., System]) -> None:
    system = new_system("no-privilege-to-trigger")
    cause = failed(system, run(system, EVENT, CUBE), "failed", "notDone")
    assert "The user has no privilege to trigger events" in cause
    assert (published(system), triggered(system)) == ([], [])


# -- lost responses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "times"), [("reset after", 1), ("reset before", 0), ("status after", 1)])
def test_an_event_whose_response_was_lost_is_told_as_unknown_and_not_repeated(
    system: System, kind: str, times: int
) -> None:
    system.simulator.inject("trigger_event", kind=kind, status=504)
    cause = failed(system, run(system, EVENT, CUBE), "unknown", "notDone")
    assert "not known whether the event Load done was triggered" in cause
    assert system.simulator.faults_due() == [], "the fault has met its request"
    assert len(triggered(system)) == times
    assert published(system) == []


def test_an_event_whose_response_takes_too_long_is_told_as_unknown(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(endpoints.TRIGGER_EVENT), "read_timeout", 0.2)
    system.simulator.inject("trigger_event", kind="stall", seconds=0.6)
    failed(system, run(system, EVENT), "unknown")
    assert triggered(system) in ([], ["Load done"]), "it may arrive before the logout"


@pytest.mark.parametrize("second", one_of("refused", "joined", "queued"))
@pytest.mark.parametrize("kind", ["reset after", "reset before"])
def test_a_cube_whose_response_was_lost_is_published_all_the_same(
    new_system: Callable[..., System], kind: str, second: Any
) -> None:
    system = new_system(replace(SCENARIOS["default"], second_publication=second))
    system.simulator.inject("publish_cube", kind=kind)
    outcome = run(system, CUBE, EVENT)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert {outcome for _, outcome, _ in published(system)} == {"published"}
    assert triggered(system) == ["Load done"]


def test_a_server_that_is_away_for_a_while_delays_follow_ups(system: System) -> None:
    for step in ("publish_cube", "cube_status", "cube_info"):
        system.simulator.inject(step, status=503, times=2)
    outcome = run(system, CUBE)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert published(system) == ONCE


# -- sessions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["trigger_event", "publish_cube"])
def test_a_session_that_is_lost_between_the_load_and_a_follow_up_is_replaced_and_nothing_loaded_again(
    system: System, step: str
) -> None:
    system.simulator.inject(step, kind="evict session")
    outcome = run(system, EVENT, CUBE)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert (system.posts("/auth/login"), system.posts()) == (2, 1)
    assert triggered(system) == ["Load done"]
    assert published(system) == ONCE


def test_a_cube_whose_session_is_lost_is_published_again_in_the_next_one(system: System) -> None:
    """Its job ended with the session (API.md 12.1)."""
    system.simulator.inject("cube_status", kind="evict session")
    outcome = run(system, EVENT, CUBE)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert (system.posts("/auth/login"), system.posts()) == (2, 1)
    assert triggered(system) == ["Load done"], "what is done stays done"
    assert [ended for _, ended, _ in published(system)] == ["failed", "published"]


def test_a_server_that_restarts_during_a_cube_publishes_it_again(
    system: System, afterwards: Callable[[str, Callable[[], Any]], None]
) -> None:
    restarts = iter([system.simulator.restart])
    afterwards("publish_cube", lambda: next(restarts, lambda: None)())
    outcome = run(system, CUBE)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert system.posts() == 1
    assert [ended for _, ended, _ in published(system)] == ["failed", "published"]


# -- ends in the middle -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["trigger_event", "publish_cube", "cube_status"])
def test_a_run_that_is_stopped_during_a_follow_up_is_loaded_and_leaves_nothing_behind(
    system: System, afterwards: Callable[[str, Callable[[], Any]], None], call: str
) -> None:
    arns: list[str] = []
    afterwards(call, lambda: system.emulator.stop(arns[0]))
    with system.emulator.waiter.aside():
        arns.append(system.emulator.start({"project": catalogue.TUTORIAL, "datamart": SALES, "then": [EVENT, CUBE]}))
    outcome = system.watch(arns[0])
    assert outcome.status == "ABORTED"
    detail = system.events()[-1]["detail"]
    assert detail["loaded"] == "yes"
    event, cube = (one["outcome"] for one in detail["followUps"])
    assert event in (("done", "unknown") if call == "trigger_event" else ("done",))
    assert cube in (("notDone",) if call == "trigger_event" else ("unknown", "notDone"))
    assert triggered(system) == ["Load done"]


def test_a_deadline_that_passes_during_a_cube_fails_the_follow_up_and_not_the_load(
    new_system: Callable[..., System],
) -> None:
    system = new_system(replace(SCENARIOS["default"], slow_seconds=600.0))
    cause = failed(system, run(system, EVENT, SLOW, timeoutMinutes=2), "done", "unknown")
    assert "Slow Cube" in cause
    assert [ended for _, ended, _ in published(system)] == ["failed"], "the logout has ended the publication"
