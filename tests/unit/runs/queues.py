"""Queues for tests: tickets by the order of their arrival, and what hypothesis makes of them."""

from typing import Any

from hypothesis import strategies as st

from functions.runs.queue import BurstRun, Pause, Queue, SlotHolder, Ticket

NOON = 1_800_000_000.0
DAY = 86_400.0

JOBS = (None, "daily", "uploads")


def ticket(number: int, datamart: str | None = None, **more: Any) -> Ticket:
    """The ticket that arrived ``number`` seconds after noon, of a datamart of its own."""
    arrived = NOON + number
    return Ticket(f"t{number}", arrived, datamart or f"d{number}", **{"until": arrived + DAY, **more})


def queue(*tickets: Ticket, most: int = 1, held: tuple[str, ...] = (), **more: Any) -> Queue:
    """A queue with these tickets; each datamart in ``held`` is run by a run of the same name."""
    holders = {key: SlotHolder(f"run-{key}", NOON) for key in held}
    return Queue(most, {**holders, **more.pop("holders", {})}, {each.id: each for each in tickets}, **more)


holders = st.builds(
    SlotHolder,
    owner=st.just("other"),
    since=st.just(NOON),
    until=st.sampled_from([None, NOON - 1, NOON + DAY]),
    burst=st.sampled_from(
        [None, BurstRun("daily", "other", (NOON - 90, NOON, "b")), BurstRun("uploads", "other", (NOON + 5, NOON, "b"))]
    ),
)


@st.composite
def queues(draw: st.DrawFn) -> Queue:
    """Any queue as of an hour after noon: a few datamarts and jobs, so that they meet."""
    keys = st.sampled_from([f"d{number}" for number in range(4)])
    waiting = [
        ticket(
            number,
            draw(keys),
            priority=draw(st.sampled_from(["high", "normal"])),
            as_of=draw(st.sampled_from([None, NOON - 60, NOON - 120])),
            job=draw(st.sampled_from(JOBS)),
            burst=draw(st.booleans()),
            behind=draw(st.none() | keys),
            until=NOON + draw(st.sampled_from([60, DAY])),
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    pauses = st.builds(Pause, st.just(NOON), st.sampled_from([NOON + 60, NOON + DAY]), st.sampled_from(JOBS))
    return queue(
        *waiting,
        most=draw(st.integers(1, 4)),
        holders=draw(st.dictionaries(keys, holders, max_size=3)),
        high_in_a_row=draw(st.integers(0, 4)),
        pauses=tuple(draw(st.lists(pauses, max_size=1))),
    )
