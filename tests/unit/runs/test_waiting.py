"""What a run that waits is told: its place in the queue, who has the slots, how long so far."""

import pytest

from functions import clock
from functions.runs.model import Run
from functions.runs.queue import Pause, Queue
from functions.runs.waiting import place_in_words
from tests.unit.runs.queues import DAY, NOON, queue, ticket

RUN = Run("arn:of:the:run", connection="default")
FIRST = 'the queue of connection "default" (position 1 of 1), since 2027-01-15T08:00:01.000Z: '


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: NOON + 60)


@pytest.mark.parametrize(
    ("waiting", "whom"),
    [
        (
            queue(ticket(1), held=("other",)),
            "of 1 slot(s) (maxConcurrentRuns) 1 are taken; run-other has had one longest, since "
            "2027-01-15T08:00:00.000Z",
        ),
        (queue(ticket(1), held=("d1",)), "run-d1 has its datamart, since 2027-01-15T08:00:00.000Z"),
        (
            queue(ticket(1), held=("d1",), pauses=(Pause(NOON, NOON + DAY),)),
            "it is paused until 2027-01-16T08:00:00.000Z",
        ),
        (queue(ticket(1)), "others go first"),
    ],
    ids=["slots are taken", "its datamart is taken", "paused", "free"],
)
def test_a_run_that_waits_is_told_its_place_and_whom_it_waits_for(waiting: Queue, whom: str) -> None:
    assert place_in_words(RUN, waiting, waiting.tickets["t1"]) == FIRST + whom
