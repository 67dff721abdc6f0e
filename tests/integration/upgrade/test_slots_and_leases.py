"""What a run of commit 300f2ce holds keeps other runs out until its execution has ended, and no longer."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.runs.concurrency import LONGEST_JOB, LONGEST_SESSION
from local.clock import StandingClock
from local.outcome import Outcome
from local.simulator import catalogue
from tests.integration.upgrade.conftest import Upgrade
from tests.integration.upgrade.recording import Cut, Recording, case_named
from tests.integration.upgrade.scenarios import TUTORIAL

Begin = Callable[[str], Upgrade]
AN_HOUR = 3_600
SECONDS = 60
"""After which a test gives up waiting for a thread."""


class Pause:
    """Stops the run where today's functions take over, until the end of the block."""

    def __init__(self, run: Upgrade) -> None:
        self._run = run
        self._reached, self._may_go_on = threading.Event(), threading.Event()

    def __call__(self, module: str, event: Any) -> contextlib.AbstractContextManager[Any]:
        if event.get("executionArn") == self._run.arn and self._run.player.is_over and not self._reached.is_set():
            self._reached.set()
            with self._run.system.emulator.waiter.aside():
                assert self._may_go_on.wait(SECONDS)
        return contextlib.nullcontext()

    def __enter__(self) -> None:
        self._run.start()
        assert self._reached.wait(SECONDS)

    def __exit__(self, *exception: object) -> None:
        self._may_go_on.set()


@pytest.fixture
def begin(upgrade: Callable[[Recording, Cut], Upgrade]) -> Begin:
    """Makes the upgrade of a name, not started yet."""
    return lambda name: upgrade(*case_named(name))


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> Callable[[Upgrade], Pause]:
    """Makes the pause of an upgrade, a context manager."""

    def make(run: Upgrade) -> Pause:
        pause = Pause(run)
        monkeypatch.setattr(run.system.emulator.runtime, "around", pause)
        return pause

    return make


@pytest.fixture(autouse=True)
def later(clock: StandingClock) -> Iterator[None]:
    """A test may let days pass."""
    now = clock.now()
    yield
    clock.set(now)


def same_datamart(run: Upgrade, **changes: Any) -> Outcome:
    """A run that begins after the update, under today's definition."""
    return run.system.run_input(run.recording.scenario["input"] | {"onConflict": "fail"} | changes)


@contextlib.contextmanager
def to_the_end(run: Upgrade) -> Iterator[None]:
    """Waits until the execution has ended that is started in the block; nothing processes its end."""
    with run.system.emulator.ends_withheld():
        yield
        run.system.emulator.wait(run.arn)


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param("describe_datamart#1", marks=pytest.mark.exhaustive),
        "get_status#1",
        pytest.param("conclude_attempt#1", marks=pytest.mark.exhaustive),
    ],
)
def test_a_run_of_the_same_datamart_is_refused_until_the_one_before_has_ended(
    begin: Begin, paused: Callable[[Upgrade], Pause], cut: str
) -> None:
    run = begin(f"by-names/{cut}")
    with paused(run):
        refused = same_datamart(run)
        assert refused.error == "RunInProgress"
        assert run.arn in str(refused.cause)
    assert run.finish().status == "SUCCEEDED"
    assert same_datamart(run).status == "SUCCEEDED"
    assert run.system.simulator.state()["loads"] == {catalogue.CATEGORY_SALES: 2}


@pytest.mark.exhaustive
def test_a_run_of_another_datamart_waits_for_the_slot_that_a_run_before_the_update_took(
    begin: Begin, paused: Callable[[Upgrade], Pause]
) -> None:
    run = begin("by-names/execute_datamart#1")
    other = {"datamart": catalogue.DAILY_SALES_APPEND, "onConflict": "wait", "queueMinutes": 5}
    with paused(run):
        waited = same_datamart(run, **other)
        assert waited.error == "RunTimedOut"
        assert "waited in the queue" in str(waited.cause)
    assert run.finish().status == "SUCCEEDED"
    assert same_datamart(run, **other).status == "SUCCEEDED"


@pytest.mark.exhaustive
def test_a_run_whose_question_was_published_before_the_update_holds_nothing(
    begin: Begin, paused: Callable[[Upgrade], Pause]
) -> None:
    run = begin("asked-in-vain/take_answers#1")
    answered = [{"name": "Elements of Country", "answers": "England"}]
    with paused(run):
        assert same_datamart(run, unanswered="fail", prompts=answered).status == "SUCCEEDED"
    assert run.finish().error == "AskExpired"


@pytest.mark.parametrize(
    "cut", ["by-names/create_instance#1", pytest.param("rerun/get_status#1", marks=pytest.mark.exhaustive)]
)
def test_what_a_stopped_run_left_on_the_server_keeps_others_out_until_its_end_has_been_processed(
    begin: Begin, paused: Callable[[Upgrade], Pause], cut: str
) -> None:
    run = begin(cut)
    with to_the_end(run), paused(run):
        run.system.emulator.stop(run.arn)
    assert same_datamart(run, queueMinutes=1).error == "RunTimedOut"
    assert run.finish().status == "ABORTED"
    assert same_datamart(run).status == "SUCCEEDED"
    assert sum(run.system.simulator.state()["loads"].values()) == 1


@pytest.mark.exhaustive  # guarded by: test_commands.py, test_one_at_a_time.py
def test_a_lease_that_was_kept_for_a_pending_job_is_free_when_that_job_must_have_ended(
    begin: Begin, clock: StandingClock
) -> None:
    run = begin("session-lost-late/end_run#1")
    with to_the_end(run):
        run.start()
    refused = same_datamart(run)
    assert refused.error == "RunInProgress"
    assert f"the job of an earlier run ({run.arn}) may still write the table" in str(refused.cause)
    assert run.finish().error == "SessionLost"
    assert same_datamart(run).error == "RunInProgress"
    clock.advance(LONGEST_JOB)
    assert same_datamart(run).status == "SUCCEEDED"


@pytest.mark.exhaustive
def test_a_slot_that_was_kept_for_an_open_session_is_free_when_that_session_must_have_ended(
    begin: Begin, clock: StandingClock
) -> None:
    run = begin("logout-fails/end_run#2")
    run.start()
    assert run.finish().status == "SUCCEEDED"
    assert same_datamart(run, queueMinutes=1).error == "RunTimedOut"
    clock.advance(LONGEST_SESSION)
    run.system.invoke("sweep", {})
    assert run.system.leases() == {}


def test_the_sweep_ends_a_stopped_run_whose_end_nobody_has_processed(
    begin: Begin, paused: Callable[[Upgrade], Pause], clock: StandingClock
) -> None:
    run = begin("by-names/create_instance#1")
    with to_the_end(run), paused(run):
        run.system.emulator.stop(run.arn)
    assert set(run.system.leases()) == {"slot/default/0", f"lease/default/{TUTORIAL}/{catalogue.CATEGORY_SALES}"}
    clock.set(max(clock.now(), time.time()) + AN_HOUR)  # moto notes the end of an execution in real time
    assert run.system.invoke("sweep", {})["left"] == 0
    assert run.system.leases() == {}
    assert [event["detail"]["status"] for event in run.system.events()] == ["ABORTED"]
