"""What the server leaves open about an order, and the faults that meet an order or the looks for it there.

What GET answers before a POST is not documented (API.md 11.6), and a job may be accepted when its client has given
up. Only the execution request and the polls that follow can differ then, so only these are met:

* the order, under each answer before a POST;
* the first look, which comes before the job is accepted, under each answer before a POST;
* where the job is accepted late: the looks that first show something, and the functions around order and look.

Status 0 before a POST is what every other run of the campaign has.
"""

from collections.abc import Iterator
from itertools import pairwise

from tests.faults.faults import LATE_STATUSES, Case
from tests.faults.runs import Baseline
from tests.faults.spread import at_a_function, at_a_request, lasting_at_a_request, stops_at

BEFORE_POST = ("get-before-post-404", "get-before-post-13", "get-before-post-500")

ORDERS = tuple(f"unprompted+{before}" for before in BEFORE_POST)
"""Kinds of run in which the order is met."""

FIRST_LOOKS = ("unprompted+late-accept", *(f"unprompted+late-accept+{before}" for before in BEFORE_POST))
"""Kinds of run in which the first look is met."""

LATE = ("unprompted+late-accept", "prompted+late-accept")
"""Kinds of run in which the job is accepted late, and met there at every place that can differ."""

ARRIVES = ("stall", "redirect-after", *LATE_STATUSES)
"""Faults of an execution request that arrives: the others do not differ where it would be accepted late."""

UNDER_CONDITIONS = tuple(dict.fromkeys((*ORDERS, *FIRST_LOOKS, *LATE)))


def under_conditions(baselines: dict[str, Baseline]) -> Iterator[Case]:
    """All of them, in a fixed order."""
    for run in ORDERS:
        yield from at_a_request(run, "execute#1")
    for run in FIRST_LOOKS:
        yield from at_a_request(run, "get_execution#1")
    for run in LATE:
        yield from (case for case in at_a_request(run, "execute#1") if case.fault in ARRIVES)
        for place in ends_of_looking(baselines[run].requests):
            yield from at_a_request(run, place)
    yield from _around_order_and_look(LATE[0])


def _around_order_and_look(run: str) -> Iterator[Case]:
    for place in ("execute#1", "get_execution#1"):
        yield from stops_at(run, place, "stop", "behind")
    yield from lasting_at_a_request(run, "get_execution#1")
    for function in ("execute_datamart#1", "get_status#1"):
        yield from at_a_function(run, function, first=True)


def ends_of_looking(requests: tuple[str, ...]) -> list[str]:
    """The looks after which something else is done: they have shown what was waited for."""
    steps = [request.partition("#")[0] for request in requests]
    return [
        place
        for place, (step, following) in zip(requests, pairwise((*steps, "")), strict=True)
        if step == "get_execution" != following
    ]
