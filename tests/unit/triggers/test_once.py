"""The same event delivered twice runs the datamart once: twice in a row, at one instant, after a death at any line."""

import itertools
import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from moto.stepfunctions.models import StepFunctionBackend

from functions import triggers
from tests.support.cases import exhaustive
from tests.support.deliveries import VERSIONED, again, created, message, notification, record, scheduled, stored
from tests.unit.triggers.conftest import Starter

Made = tuple[str, dict[str, Any], int]
"""A job, an event that never was before, and how many runs it asks for."""

_number = itertools.count()


def a_schedule(s3: Any) -> Made:
    return "nightly", scheduled(f"{2000 + next(_number)}-11-24T04:00:00Z"), 1


def an_upload(s3: Any) -> Made:
    return "upload", created("countries/a.csv", version_id=f"v{next(_number)}"), 1


def an_uploaded_request(s3: Any) -> Made:
    body = json.dumps({"project": "MicroStrategy Tutorial", "datamart": "City"})
    put = s3.put_object(Bucket=VERSIONED, Key="requests/a.json", Body=body)
    return "requests", created("requests/a.json", VERSIONED, version_id=put["VersionId"]), 1


def an_upload_through_sns(s3: Any) -> Made:
    return "upload", notification(stored(record("countries/a.csv", versionId=f"v{next(_number)}"))), 1


def two_uploads_in_one_message(s3: Any) -> Made:
    records = [stored(record(f"countries/{name}.csv", versionId=f"v{next(_number)}")) for name in "ab"]
    return "upload", notification(*records), 2


def a_message(s3: Any) -> Made:
    return "message", message(country="Spain"), 1


def a_message_that_is_refused(s3: Any) -> Made:
    return "requests", message("no request"), 1


EVERY = [
    a_schedule,
    an_upload,
    an_uploaded_request,
    an_upload_through_sns,
    two_uploads_in_one_message,
    a_message,
    a_message_that_is_refused,
]
each_trigger = pytest.mark.parametrize("make", EVERY, ids=lambda make: make.__name__)


@each_trigger
def test_an_event_that_is_delivered_twice_in_a_row_starts_one_run(
    starter: Starter, s3: Any, make: Callable[[Any], Made]
) -> None:
    job, event, runs = make(s3)
    first = starter(event, job)
    assert starter(again(event), job) == first
    assert sorted(starter.names()) == sorted(first)
    assert len(first) == runs


@each_trigger
def test_delivered_again_after_the_run_has_ended(starter: Starter, s3: Any, make: Callable[[Any], Made]) -> None:
    job, event, runs = make(s3)
    for name in starter(event, job):
        starter.states.stop_execution(executionArn=f"{starter.machine.replace(':stateMachine:', ':execution:')}:{name}")
    starter(again(event), job)
    assert len(starter.names()) == runs


# -- at one instant -------------------------------------------------------------------------------------------------


@pytest.fixture
def at_one_instant(starter: Starter, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Holds every starter right before StartExecution until all of them are there; how many that are.

    moto looks for the name and adds the execution in two steps: a lock around them makes it atomic, as AWS is.
    """
    starters, lock = 4, threading.Lock()
    begin = StepFunctionBackend.start_execution

    def atomic(self: Any, *args: Any, **kwargs: Any) -> Any:
        with lock:
            return begin(self, *args, **kwargs)

    monkeypatch.setattr(StepFunctionBackend, "start_execution", atomic)
    barrier = threading.Barrier(starters)
    hooks = starter.module.step_functions().meta.events

    def wait_for_all(**_: Any) -> None:
        barrier.wait(10)

    hooks.register("before-call.stepfunctions.StartExecution", wait_for_all, unique_id="instant")
    yield starters
    hooks.unregister("before-call.stepfunctions.StartExecution", unique_id="instant")


@each_trigger
def test_an_event_that_is_delivered_twice_at_the_same_time_starts_one_run(
    starter: Starter, s3: Any, at_one_instant: int, make: Callable[[Any], Made]
) -> None:
    job, event, runs = make(s3)
    answers: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(starter(again(event), job))) for _ in range(at_one_instant)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(starter.names()) == runs
    assert [sorted(names) for names in answers] == [sorted(starter.names())] * at_one_instant


# -- after a death --------------------------------------------------------------------------------------------------


class Death(BaseException):
    """The process is gone: nothing catches it."""


class Reaper:
    """Counts the lines of the starter's own modules as they are executed, and kills it at the last of ``lines``."""

    def __init__(self, module: Any, lines: float) -> None:
        self._ours = (module.__file__, str(Path(triggers.__file__).parent))
        self._lines = lines
        self.executed = 0

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(self._ours) else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            self.executed += 1
            if self.executed == self._lines:
                raise Death(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        return self._line


def lines_until_death(starter: Starter, event: Any, job: str, lines: float = float("inf")) -> int:
    """Call the starter, which dies at that line if it has so many; how many it executed."""
    reaper, before = Reaper(starter.module, lines), sys.gettrace()
    sys.settrace(reaper)
    try:
        starter(event, job)
    except Death:
        pass
    finally:
        sys.settrace(before)
    return reaper.executed


@pytest.mark.parametrize(
    ("make", "every"),
    [
        *((make, 9) if make is two_uploads_in_one_message else exhaustive((make, 9)) for make in EVERY),
        *(exhaustive((make, 1)) for make in EVERY),
    ],
)
def test_delivered_again_after_the_starter_died_at_any_line(
    starter: Starter, s3: Any, make: Callable[[Any], Made], every: int
) -> None:
    """``make test`` lets it die at every ninth line of two runs, ``make test-all`` at each line of any."""
    job, event, expected = make(s3)
    starter(event, job)  # fills the process's caches, so that each later call executes equally many lines
    job, event, runs = make(s3)
    lines = lines_until_death(starter, event, job)
    expected += runs
    assert (lines > 20, len(starter.names())) == (True, expected)
    for line in sorted({*range(1, lines + 1, every), lines}):
        job, event, runs = make(s3)
        assert lines_until_death(starter, event, job, line) == line
        if line in (1, lines):  # it died before the claim, and after it
            assert len(starter.names()) == expected + (runs if line == lines else 0)
        assert len(set(starter(again(event), job))) == runs
        expected += runs
    assert len(starter.names()) == expected
