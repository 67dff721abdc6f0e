"""Which places of a batch are met by which faults."""

import fnmatch
from collections.abc import Iterable, Iterator

from tests.faults.batch.scenes import BATCH, PREFIX, SCENES, SWEEP, WHOLE, BatchScene
from tests.faults.faults import Case
from tests.faults.queue.faults import GONE
from tests.faults.queue.watch import Made

DIFFERS = {
    f"{PREFIX}failing": (f"{BATCH}.conclude_batch", f"{BATCH}.end_run", "A.end_run"),
    f"{PREFIX}first-failure": ("A.end_run", "B.end_run"),
    f"{PREFIX}lost": (f"{SWEEP}.sweep",),
    f"{PREFIX}restart": (f"{BATCH}.prepare_batch", f"{BATCH}.conclude_batch"),
    f"{PREFIX}stopped": (f"{BATCH}.end_run", "A.end_run"),
    f"{PREFIX}stopped-unseen": ("A.end_run",),
}
"""Functions that do something else there than in the first scene."""

OF_THE_BATCH = ("prepare_batch", "wait_for_items", "conclude_batch", "end_run")

BROKEN = ("raises-before", "timeout-after", "state-timeout-after", "answer-lost", "throttled", "denied")
TWICE = ("late", "twice", "overtaken", "twice-at-the-end")
LASTING = ("raises-before-for-ever", "raises-after-for-ever", "not-ready-for-minutes", "throttled-for-ever")
"""Of a function that the state machine invokes."""

BROKEN_END = ("raises-before", "timeout-after", "twice", "overtaken", "twice-at-the-end", "raises-after-for-ever")
"""Of the function behind the queue of the ends, and of the sweep: nothing waits for what they answer."""

WRITES = ("PutItem", "UpdateItem", "BatchWriteItem")
STARTS = ("StartExecution", "StopExecution")
SENDS = ("SendTaskSuccess",)
OF_BATCHES = ("BatchGetItem", *STARTS, *SENDS)
"""Operations that functions of a run make only for its batch."""

IN_PARTS = ("BatchWriteItem", "BatchGetItem")
"""Operations that DynamoDB may do in part."""

READS = ("Scan", "GetItem", "BatchGetItem", "DescribeExecution")

AT_A_WRITE = ("dies-before", "dies-after", "throttled", "answer-lost", "sent-again")
AT_A_SEND = (*AT_A_WRITE, "lost", "late", *GONE)
LASTING_CALLS = ("throttled-for-ever",)

STOPPED_AT = ("PrepareBatch", "WaitForItems", "ConcludeBatch", "JudgeBatch", "BatchSucceeded")
ITEM_STOPPED_AT = ("PrepareRun", "LogIn", "ExecuteDatamart", "WaitForStatus", "ConcludeAttempt", "RunSucceeded")
"""States of the batch and of an item at which it is stopped."""

MOMENTS = ("before", "after")
STARTED_AGAIN_AT = ("PrepareBatch", "WaitForItems", "ConcludeBatch")
ENDS = ("late", "behind", "twice", "twice-at-the-end")

Baseline = tuple[list[str], list[Made], list[str]]


def scenes_of(wanted: str) -> list[str]:
    """The scenes that have the cases which a person wants: all, unless the name of one is given before a slash."""
    scene, slash, _ = wanted.partition("/")
    return [name for name in SCENES if not slash or fnmatch.fnmatchcase(name, scene)]


def batch_cases(baselines: dict[str, Baseline]) -> list[Case]:
    """Those of the scenes, in a fixed order."""
    return [case for name, seen in baselines.items() for case in _of_a_scene(name, *seen)]


def _of_a_scene(name: str, functions: list[str], made: list[Made], states: list[str]) -> Iterator[Case]:
    scene = SCENES[name]
    for place in sorted(set(functions)):
        if _is_met(name, place):
            yield from _at_a_function(name, place)
    seen: set[str] = set()
    for call in sorted(set(_certain(scene, made)), key=lambda call: (call.operation, call.place)):
        if _is_met(name, call.function) and _is_of_the_batch(call):
            kind = call.place.rpartition("#")[0]
            yield from _at_a_call(name, call, scene, first=kind not in seen)
            seen.add(kind)
    if name == WHOLE:
        yield from _at_states(name, states)
        yield from _at_ends(name, [BATCH, *scene.letters])
    elif not scene.lost:
        yield from _at_ends(name, [BATCH, scene.stopped_before or "A"])


def _certain(scene: BatchScene, made: list[Made]) -> Iterator[Made]:
    """The calls that are made every time.

    Once a sweep has let executions go on, what it reads depends on them. Where ends meet, that of an item writes the
    batch a second time only if another one was faster.
    """
    beside: set[str] = set()
    written: set[tuple[str, str]] = set()
    for call in made:
        if call.function[0] == SWEEP and call.operation in (*STARTS, *SENDS):
            beside.add(call.function)
        if call.function in beside and call.operation in READS:
            continue
        if scene.ends_meet and call.function[0] != BATCH and call.operation in WRITES and "_batches:" in call.key:
            if (call.function, call.key) in written:
                continue
            written.add((call.function, call.key))
        yield call


def _is_met(name: str, place: str) -> bool:
    function = place.partition("#")[0]
    if name != WHOLE:
        return function in DIFFERS[name]
    return function[2:] in OF_THE_BATCH


def _is_of_the_batch(call: Made) -> bool:
    """Whether a call is made for the batch; all are that its own functions make."""
    if call.place.startswith(f"{SWEEP}.") and call.operation in SENDS:
        return call.place.endswith("#1")  # a second one comes only where the batch has not gone on yet
    if call.place.startswith(f"{SWEEP}.") and call.operation in READS:
        return True
    ours = call.operation in OF_BATCHES or "_batches:" in call.key
    return ours or call.place[0] == BATCH


def _at_a_function(name: str, place: str) -> Iterator[Case]:
    in_machine = place[0] == BATCH and not place[2:].startswith("end_run")
    if place[2:].startswith("sweep") and not place.endswith("#1"):
        return
    for fault in (*BROKEN, *TWICE, *LASTING) if in_machine else BROKEN_END:
        yield Case(name, place, fault, "batch function")


def _at_a_call(name: str, call: Made, scene: BatchScene, first: bool) -> Iterator[Case]:
    """A read only fails, or brings a part; after what is written or sent the function dies, or its answer is lost."""
    family = "batch hand-over" if call.operation in (*STARTS, *SENDS) else "batch call"
    faults: tuple[str, ...] = ("throttled",)
    if call.operation in SENDS:
        faults = AT_A_SEND
    elif call.operation in (*STARTS, *WRITES):
        faults = AT_A_WRITE
    if call.operation in IN_PARTS:
        faults += ("partly",)
    if first and name == WHOLE:
        faults += LASTING_CALLS
    yield from (Case(name, call.place, fault, family) for fault in faults)
    if (
        call.operation in (*STARTS, *SENDS, *WRITES)
        and scene.stopped_after is None
        and not call.function.startswith((f"{BATCH}.end_run", SWEEP))
    ):
        yield from _around(name, call)


def _around(name: str, call: Made) -> Iterator[Case]:
    """The batch is stopped before and after a write or a hand-over; or the same end, or another one, is processed."""
    if name != WHOLE:
        return
    letter, at_end = call.place[0], ".end_run" in call.function
    for when in MOMENTS:
        yield Case(name, call.place, f"stop-{BATCH}-{when}", "batch stop")
        if at_end:
            yield Case(name, call.place, f"end-{letter}-{when}", "batch end meanwhile")
        if letter == "A" and at_end:
            yield Case(name, call.place, f"stop-B-{when}", "batch end meanwhile")


def _at_states(name: str, states: list[str]) -> Iterator[Case]:
    for place in sorted(set(states)):
        letter, _, state = place.partition(".")
        state, _, number = state.partition("#")
        if number == "1" and (state in STOPPED_AT or (letter in "AC" and state in ITEM_STOPPED_AT)):
            yield Case(name, place, f"stop-{letter}", "batch stop")
        if number == "1" and letter in "BD" and state in ("LogIn", "WaitForStatus"):
            yield Case(name, place, f"stop-{BATCH}", "batch stop")
        if number == "1" and state in STARTED_AGAIN_AT:
            yield Case(name, place, "started-again", "batch start")


def _at_ends(name: str, letters: Iterable[str]) -> Iterator[Case]:
    for letter in letters:
        for fault in ENDS:
            if (letter, fault) != (BATCH, "behind"):
                yield Case(name, letter, fault, "batch end")
    if name == WHOLE:
        yield Case(name, f"{BATCH}.end_run#1-after", "started-again", "batch start")
        for place in ("A.WaitForStatus#1", f"{BATCH}.WaitForItems#1"):
            yield from (Case(name, place, fault, "batch end") for fault in ("late", "twice"))
