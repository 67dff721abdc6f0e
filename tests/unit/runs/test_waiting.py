"""What a run that waits is told: its place in the queue, who has the slots, how long so far."""

from typing import Any

import pytest

from functions import clock
from functions.runs.model import Run
from functions.runs.queue import Pause, Queue
from functions.runs.waiting import TOLERANCE, place_as_json, place_in_words, seconds_to_wait, waits_wrongly
from tests.unit.runs.queues import DAY, NOON, queue, ticket

RUN = Run("arn:of:the:run", connection="default")
FIRST = 'the queue of connection "default" (position 1 of 1), since 2027-01-15T08:00:01.000Z (59 s): '


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: NOON + 60)


@pytest.mark.parametrize(
    ("waiting", "whom"),
    [
        (
            queue(ticket(1), held=("other",)),
            "of 1 slot(s) (maxConcurrentRuns) 1 are taken; run-other has had one longest, since "
            "2027-01-15T08:00:00.000Z (1 min)",
        ),
        (queue(ticket(1), held=("d1",)), "run-d1 has its datamart, since 2027-01-15T08:00:00.000Z (1 min)"),
        (
            queue(ticket(1), held=("d1",), pauses=(Pause(NOON, NOON + DAY),)),
            "it is paused until 2027-01-16T08:00:00.000Z (for another 23 h 59 min)",
        ),
        (queue(ticket(1)), "others go first"),
    ],
    ids=["slots are taken", "its datamart is taken", "paused", "free"],
)
def test_a_run_that_waits_is_told_its_place_and_whom_it_waits_for(waiting: Queue, whom: str) -> None:
    assert place_in_words(RUN, waiting, waiting.tickets["t1"]) == FIRST + whom


@pytest.mark.parametrize(
    ("waiting", "whom"),
    [
        (queue(ticket(1), held=("other",)), {"hasSlot": "run-other", "slots": 1}),
        (queue(ticket(1), held=("d1",)), {"hasDatamart": "run-d1"}),
        (
            queue(ticket(1), held=("d1",), pauses=(Pause(NOON, NOON + DAY),)),
            {"pausedUntil": "2027-01-16T08:00:00.000Z"},
        ),
        (queue(ticket(1)), {}),
    ],
    ids=["slots are taken", "its datamart is taken", "paused", "free"],
)
def test_the_log_says_its_place_and_whom_it_waits_for(waiting: Queue, whom: dict[str, Any]) -> None:
    found = place_as_json(waiting, waiting.tickets["t1"])
    assert found == {"position": 1, "of": 1, "seconds": 59} | whom


PAUSE = Pause(NOON, NOON + 7_200)
"""It ends 7,140 seconds after "now"."""


@pytest.mark.parametrize(
    ("waiting", "of", "seconds"),
    [
        (queue(ticket(1), ticket(2)), "t1", 600),
        (queue(ticket(1), ticket(2)), "t2", DAY - 58),
        (queue(ticket(1, until=NOON + 100)), "t1", 40),
        (queue(ticket(1), ticket(2), pauses=(PAUSE,)), "t1", 7_141),
        (queue(ticket(1), ticket(2), pauses=(PAUSE,)), "t2", DAY + 7_140),
        (queue(ticket(1, until=NOON + 1_801), pauses=(PAUSE,)), "t1", 7_141),
        (queue(ticket(1), ticket(2, until=NOON + 1_802), pauses=(PAUSE,)), "t2", 1_800 + 7_140),
        (queue(ticket(1), ticket(2, job="daily"), pauses=(Pause(NOON, NOON + 120, "daily"),)), "t2", 61),
    ],
    ids=["first", "not first", "short", "first in a pause", "not first in it", "its end", "its rest", "of a job"],
)
def test_a_run_waits_until_it_is_needed_or_its_time_is_up(waiting: Queue, of: str, seconds: float) -> None:
    assert seconds_to_wait(waiting, waiting.tickets[of], NOON + 60) == seconds


def test_a_run_that_waits_too_short_or_beyond_a_pause_enters_its_state_anew() -> None:
    first, others = queue(ticket(1), ticket(2)), queue(ticket(1), ticket(2), pauses=(PAUSE,))

    def wrong(waiting: Queue, of: str, seconds: float) -> bool:
        return waits_wrongly(waiting, waiting.tickets[of], seconds, NOON + 60)

    assert not wrong(first, "t1", 600)
    assert not wrong(first, "t1", DAY)  # it is woken
    assert wrong(first, "t2", 600)
    assert wrong(others, "t1", 600)
    assert wrong(others, "t1", DAY)
    assert not wrong(others, "t1", 7_141 - TOLERANCE)
    assert not wrong(others, "t1", 7_141 + TOLERANCE)
    assert wrong(others, "t1", 7_140 - TOLERANCE)
    assert wrong(others, "t1", 7_142 + TOLERANCE)
