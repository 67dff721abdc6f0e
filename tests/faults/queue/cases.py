"""Which places of the queue are met by which faults."""

from collections.abc import Iterator

from tests.faults.faults import Case
from tests.faults.queue.faults import GONE
from tests.faults.queue.scenes import PREFIX, SCENES
from tests.faults.queue.watch import Made

FUNCTIONS = ("prepare_run", "wait_in_queue", "conclude_attempt", "end_run")
"""Functions that change the queue."""

STOPPED_AT = ("PrepareRun", "WaitInQueue", "Attempt", "LogIn", "ConcludeAttempt", "JudgeConclusion", "RunSucceeded")
"""States around those functions, and the last; where a run holds its slot it is stopped when its end comes late."""

SENDS = ("SendTaskSuccess", "SendTaskFailure")

BROKEN = ("raises-before", "timeout-after", "state-timeout-after", "answer-lost", "throttled", "denied")
TWICE = ("late", "twice", "overtaken", "twice-at-the-end")
LASTING = ("raises-before-for-ever", "raises-after-for-ever", "not-ready-for-minutes", "throttled-for-ever")

HAND_OVERS = ("dies-before", "dies-after", "throttled", "answer-lost", "sent-again", "lost", "late", *GONE)
MOMENTS = ("before", "after")

Baseline = tuple[list[str], list[Made], list[str]]


def queue_cases(baselines: dict[str, Baseline]) -> list[Case]:
    """All of them, in a fixed order; each place in the first scene that has it, and in others what differs there."""
    return [case for name in SCENES for case in _of_a_scene(name, *baselines[name], whole=name == f"{PREFIX}slot")]


def _of_a_scene(name: str, functions: list[str], made: list[Made], states: list[str], whole: bool) -> Iterator[Case]:
    for place in sorted(place for place in functions if _of_queue(place) and (whole or place[0] != "A")):
        yield from _at_a_function(name, place, whole)
    for call in sorted(made, key=lambda call: call.place):
        if _of_queue(call.function):
            yield from _at_a_call(name, call, whole)
    for place in sorted(states):
        if place.split(".")[1].partition("#")[0] in STOPPED_AT and (whole or place[0] != "A"):
            yield Case(name, place, f"stop-{place[0]}", "queue stop")
    yield from _at_ends(name, SCENES[name].letters if whole else "B")


def _of_queue(function: str) -> bool:
    return function[2:].partition("#")[0] in FUNCTIONS


def _at_a_function(name: str, place: str, whole: bool) -> Iterator[Case]:
    few = not whole or place[0] == "C" or place.startswith("A.prepare_run")
    faults = ("timeout-after", "late", "overtaken") if few else (*BROKEN, *TWICE, *LASTING)
    yield from (Case(name, place, fault, "queue function") for fault in faults)


def _at_a_call(name: str, call: Made, whole: bool) -> Iterator[Case]:
    victim = call.place[0]
    faults: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    if call.operation in SENDS:
        yield from (
            Case(name, call.place, fault, "queue hand-over")
            for fault in (HAND_OVERS if whole else ("lost", "late", GONE[0]))
        )
        stops = tuple(letter for letter in SCENES[name].letters if letter != victim)
    elif call.operation == "UpdateItem" and ("queue/" in call.key or "ticket/" in call.key):
        faults = ("dies-before", "dies-after", "throttled", "answer-lost", "sent-again") if whole else ("dies-after",)
        stops = tuple(dict.fromkeys((victim, "A"))) if whole and victim != "C" else (victim,)
    elif whole and victim in "AB":
        faults = ("dies-before",)
    yield from (Case(name, call.place, fault, "queue call") for fault in faults)
    yield from (Case(name, call.place, f"stop-{one}-{when}", "queue stop") for one in stops for when in MOMENTS)


def _at_ends(name: str, letters: str) -> Iterator[Case]:
    for letter in letters:
        places = (letter, f"{letter}.GetStatus#1", *([f"{letter}.WaitInQueue#1"] if letter != "A" else []))
        for fault in ("late", "twice", "twice-at-the-end"):
            yield from (Case(name, place, fault, "queue end") for place in places)
