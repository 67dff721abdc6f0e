"""Which fault meets what. The spread, so that all of it takes less than 20 minutes on two cores:

* every request of every kind of run × every fault of connection, body and cookies, and × every status;
* × all three bodies of a status where a step first occurs (its first run, its first occurrence); elsewhere the case's
  seed picks one of the three;
* for ever: where a step first occurs;
* functions: every invocation in the saveAs run, which has all of them, × every way to break down;
* AWS calls: the n-th of each function, each once in the saveAs run; for ever: from the first of a function on;
* stop: at every state that any kind of run enters, and before and after every request, each also with the clean-up
  going first; the requests of a step that occurred in an earlier kind are not stopped again.
"""

import fnmatch
from collections.abc import Iterator

from tests.faults.faults import BODIES, CONNECTION, COOKIES, FORMS, LATE_STATUSES, STATUSES, Case
from tests.faults.lambdas import BREAKDOWNS
from tests.faults.runs import Baseline

EVERY_FUNCTION = "saveAs"
"""The kind of run that calls every function."""

LASTING = ("refused", "reset-before", "reset-after", "stall", "503-html", "500-json", "401-json", "429-empty", "page")
TWICE = ("late", "twice", "overtaken", "twice-at-the-end")
LASTING_BREAKDOWNS = ("raises-before", "raises-after", "timeout-after", "throttled")
STOPS = ("stop", "behind")


def cases(baselines: dict[str, Baseline]) -> list[Case]:
    """All of them, in a fixed order."""
    seen: set[str] = set()
    found: list[Case] = []
    for run, baseline in baselines.items():
        for place in baseline.requests:
            step = place.partition("#")[0]
            found += _of_a_request(run, place, first=step not in seen)
            seen.add(step)
        for place in baseline.states:
            if f"state:{place}" not in seen:
                found.append(Case(run, f"state:{place}", "stop", "stop at a state"))
                seen.add(f"state:{place}")
    return [*found, *_of_aws(EVERY_FUNCTION, baselines[EVERY_FUNCTION])]


def _of_a_request(run: str, place: str, first: bool) -> Iterator[Case]:
    for family, faults in (("connection", CONNECTION), ("body", BODIES), ("cookies", COOKIES)):
        yield from (Case(run, place, fault, family) for fault in faults)
    for fault in STATUSES:
        case = Case(run, place, fault, "status")
        status, form = fault.split("-")
        picked = FORMS[Case(run, place, status, "status").seed % len(FORMS)]
        if first or form == picked:
            yield case
    yield from (Case(run, place, fault, "late status") for fault in LATE_STATUSES)
    if first:
        yield from (Case(run, place, f"{fault}-for-ever", "for ever") for fault in LASTING)
        for how in STOPS:
            yield from (Case(run, place, f"{how}-{when}", "stop inside") for when in ("before", "after"))


def _of_aws(run: str, baseline: Baseline) -> Iterator[Case]:
    for place in baseline.functions:
        at = f"lambda:{place}"
        yield from (Case(run, at, fault, "function") for fault in (*BREAKDOWNS, *TWICE))
        if place.endswith("#1"):
            yield from (Case(run, at, f"{fault}-for-ever", "function for ever") for fault in LASTING_BREAKDOWNS)
        if place != "end_run#1":
            yield from (Case(run, at, f"behind-{when}", "stop inside") for when in ("before", "after"))
    for place in baseline.aws_calls:
        yield Case(run, place, "throttled", "throttling")
        if place.endswith("#1"):
            yield Case(run, place, "throttled-for-ever", "throttling for ever")


def chosen(every: list[Case], wanted: str) -> list[Case]:
    """Those of that name, with that beginning, or that fit that pattern; all if it is empty."""
    pattern = wanted if any(letter in wanted for letter in "*?[") else f"{wanted}*"
    exact = [case for case in every if case.name == wanted]
    return exact or [case for case in every if fnmatch.fnmatchcase(case.name, pattern) or case.family == wanted]
