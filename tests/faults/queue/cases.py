"""Which places of the queue are met by which faults."""

import fnmatch
from collections.abc import Iterable, Iterator

from tests.faults.faults import Case
from tests.faults.queue.faults import GONE
from tests.faults.queue.scenes import LETTERS, PERSON, PREFIX, SCENES
from tests.faults.queue.watch import Made

FUNCTIONS = ("prepare_run", "wait_in_queue", "conclude_attempt", "end_run")
"""Functions that change the queue."""

COMMANDS = ("pause", "resume")
"""Of a person, who changes the queue by the same rules; what a function has beside its calls, they do not have."""

OLD_FUNCTIONS = ("log_in",)
"""Functions that change the queue under the definition of an earlier release."""

STOPPED_AT = (
    "PrepareRun",
    "WaitInQueue",
    "WaitForNextAttempt",
    "Attempt",
    "LogIn",
    "ConcludeAttempt",
    "JudgeConclusion",
    "RunSucceeded",
)
"""States around those functions, and the last; where a run holds its slot it is stopped when its end comes late."""

WAITS_AT = ("PrepareRun", "WaitInQueue", "WaitForNextAttempt")
"""States in which a run comes to wait: where scenes differ from the first one."""

SENDS = ("SendTaskSuccess", "SendTaskFailure")

BROKEN = ("raises-before", "timeout-after", "state-timeout-after", "answer-lost", "throttled", "denied")
TWICE = ("late", "twice", "overtaken", "twice-at-the-end")
LASTING = ("raises-before-for-ever", "raises-after-for-ever", "not-ready-for-minutes", "throttled-for-ever")

HAND_OVERS = ("dies-before", "dies-after", "throttled", "answer-lost", "sent-again", "lost", "late", *GONE)
FEW_HAND_OVERS = ("dies-before", "lost", "late", "sent-again", GONE[0])
MOMENTS = ("before", "after")

Baseline = tuple[list[str], list[Made], list[str]]


def scenes_of(wanted: str) -> list[str]:
    """The scenes that have the cases which a person wants: all, unless the name of one is given before a slash."""
    scene, slash, _ = wanted.partition("/")
    return [name for name in SCENES if not slash or fnmatch.fnmatchcase(name, scene)]


def queue_cases(baselines: dict[str, Baseline]) -> list[Case]:
    """Those of the scenes, in a fixed order; the first scene is met everywhere, others at what differs there."""
    return [
        case for name, seen in baselines.items() for case in _of_a_scene(name, *seen, whole=name == f"{PREFIX}slot")
    ]


def _of_a_scene(name: str, functions: list[str], made: list[Made], states: list[str], whole: bool) -> Iterator[Case]:
    for place in sorted(place for place in functions if _of_queue(name, place) and (whole or place[0] != "A")):
        yield from _at_a_function(name, place, whole)
    for call in sorted(made, key=lambda call: call.place):
        if _of_queue(name, call.function):
            yield from _at_a_call(name, call, whole)
    for place in sorted(states):
        stopped_at = WAITS_AT if SCENES[name].is_special else STOPPED_AT
        if place.split(".")[1].partition("#")[0] in stopped_at and (whole or place[0] != "A"):
            yield Case(name, place, f"stop-{place[0]}", "queue stop")
    met = LETTERS if whole else "BC" if SCENES[name].burst else "B"
    yield from _at_ends(name, [letter for letter in SCENES[name].letters if letter in met], states)


def _of_queue(name: str, function: str) -> bool:
    old = OLD_FUNCTIONS if function[0] in SCENES[name].old else ()
    return function[2:].partition("#")[0] in (*FUNCTIONS, *COMMANDS, *old)


def _at_a_function(name: str, place: str, whole: bool) -> Iterator[Case]:
    faults: tuple[str, ...] = ("timeout-after", "late", "overtaken")
    if SCENES[name].is_special and not place[2:].startswith(("prepare_run", "wait_in_queue", *OLD_FUNCTIONS)):
        faults = ("late",)
    elif whole and place[0] != "C" and not place.startswith("A.prepare_run"):
        faults = (*BROKEN, *TWICE, *LASTING)
    yield from (Case(name, place, fault, "queue function") for fault in faults)


def _at_a_call(name: str, call: Made, whole: bool) -> Iterator[Case]:
    if call.operation in SENDS:
        yield from _at_a_hand_over(name, call, whole)
    elif call.operation == "UpdateItem" and ("queue/" in call.key or "ticket/" in call.key):
        yield from _at_a_write(name, call, whole)
    elif whole and call.place[0] in "AB":
        yield Case(name, call.place, "dies-before", "queue call")


def _at_a_hand_over(name: str, call: Made, whole: bool) -> Iterator[Case]:
    """It is lost, late or sent twice; somebody else is stopped, or pauses everything, around it."""
    for fault in HAND_OVERS if whole else FEW_HAND_OVERS:
        yield Case(name, call.place, fault, "queue hand-over")
    victim = call.place[0]
    stopped = [letter for letter in SCENES[name].letters if letter != victim]
    if SCENES[name].is_special and "wait_in_queue" not in call.function:
        stopped = [letter for letter in stopped if letter > victim or (victim == PERSON and letter > "A")]  # who runs
    yield from _around(name, call, stopped, whole)


def _at_a_write(name: str, call: Made, whole: bool) -> Iterator[Case]:
    """The function dies at it, or its response is lost; its run is stopped, or all is paused, around it."""
    victim = call.place[0]
    faults = ("dies-before", "dies-after", "throttled", "answer-lost", "sent-again") if whole else ("dies-after",)
    if victim == PERSON:
        faults, stopped = ("dies-before", *faults), ["B"]
    elif whole:
        stopped = list(dict.fromkeys((victim, "A" if victim != "C" else victim)))
    else:
        stopped = [] if ".end_run" in call.function else [victim]  # a run whose end is processed has ended
    yield from (Case(name, call.place, fault, "queue call") for fault in faults)
    yield from _around(name, call, stopped, whole)


def _around(name: str, call: Made, stopped: list[str], whole: bool) -> Iterator[Case]:
    for letter in stopped:
        for when in MOMENTS[:1] if SCENES[name].is_special else MOMENTS:
            yield Case(name, call.place, f"stop-{letter}-{when}", "queue stop")
    if whole:
        yield from (Case(name, call.place, f"pause-{when}", "queue pause") for when in MOMENTS)


def _at_ends(name: str, letters: Iterable[str], states: list[str]) -> Iterator[Case]:
    for letter in letters:
        stopped_at = (f"{letter}.{state}#1" for state in ("GetStatus", "WaitInQueue"))
        places = (letter, *(place for place in stopped_at if place in states))
        for fault in ("late", "twice", "twice-at-the-end"):
            yield from (Case(name, place, fault, "queue end") for place in places)
