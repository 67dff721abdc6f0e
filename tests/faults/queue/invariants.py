"""What must be true of several runs after every case, whatever the fault was."""

from collections.abc import Callable, Iterator
from itertools import combinations, pairwise

from tests.faults.queue.lab import QueueEvidence
from tests.faults.queue.scenes import PERSON
from tests.faults.several_runs import MAY_FAIL, RunSeen, ends, happened, keeps_its_secrets, leaves_nothing

WORDS = {"yes": 1, "no": 0}


MAY_END_OLD_RUN = ("timeout-after", "late", "dies-before", "dies-after")
"""Faults that end a run under the definition of commit 300f2ce, which retries no function that timed out."""


def _is_let_alone(seen: QueueEvidence) -> Iterator[str]:
    """Who is not met succeeds; so does the one that is met, but where its function broke down or it was stopped."""
    for letter, run in seen.runs.items():
        if run.outcome.status != "SUCCEEDED" and not (_is_stopped(seen, letter) or _may_fail(seen, letter)):
            yield f"{letter} ended as {run.outcome.status}: {run.outcome.error} {(run.outcome.cause or '')[:300]}"


def _is_stopped(seen: QueueEvidence, letter: str) -> bool:
    if seen.case is None:
        return False
    ended_at = seen.case.family == "queue end" and "." in seen.case.place and seen.victim == letter
    return ended_at or seen.case.fault.startswith(f"stop-{letter}")


def _may_fail(seen: QueueEvidence, letter: str) -> bool:
    if seen.case is None or letter != seen.victim:
        return False
    is_old = letter in seen.scene.old and seen.case.fault in MAY_END_OLD_RUN
    return is_old or any(part in seen.case.fault for part in MAY_FAIL)


def _word(run: RunSeen) -> Iterator[str]:
    """Everything that said whether the run loaded its table."""
    if run.outcome.output:
        yield str(run.outcome.output.get("loaded"))
    elif run.outcome.status == "FAILED":
        yield (run.outcome.cause or "")[8:].split(".")[0]
    yield from (event["detail"]["loaded"] for event in run.events[-1:])
    if run.item.get("outcome", {}).get("loaded"):
        yield run.item["outcome"]["loaded"]


def _is_true(seen: QueueEvidence) -> Iterator[str]:
    """The runs of a datamart say together how often it was loaded, and each the same thing everywhere."""
    for datamart in {seen.scene.datamart(letter) for letter in seen.runs}:
        ours = {letter: run for letter, run in seen.runs.items() if seen.scene.datamart(letter) == datamart}
        words = {letter: set(_word(run)) for letter, run in ours.items()}
        for letter, said in words.items():
            if len(said) != 1 or not said <= {*WORDS, "unknown"}:
                yield f"{letter} says loaded: {', '.join(sorted(said))}"
            if "unknown" in said and not _is_stopped(seen, letter):
                yield f"{letter} says loaded: unknown where one could know"
        loads, sure = seen.loads.get(datamart, 0), sum("yes" in said for said in words.values())
        open_ones = sum("unknown" in said for said in words.values())
        if not sure <= loads <= sure + open_ones:
            yield f"{datamart} was loaded {loads} times, and {words} is said"


def _is_loaded(seen: QueueEvidence) -> Iterator[str]:
    """Exactly once by each run that succeeded, but for those that would rather end than wait."""
    for letter, run in seen.runs.items():
        loaded = (run.outcome.output or {}).get("loaded")
        if run.outcome.status == "SUCCEEDED" and loaded != "yes" and letter not in seen.scene.skipped:
            yield f"{letter} succeeded with loaded: {loaded}"
        if loaded != "yes" and letter in seen.scene.skipped and not _is_stopped(seen, letter):
            others = [each for each in seen.runs if each != letter]
            if not any(seen.scene.datamart(each) == seen.scene.datamart(letter) for each in others):
                yield f"{letter} was skipped although nobody loaded its table"


def _keeps_within_the_slots(seen: QueueEvidence) -> Iterator[str]:
    """So many sessions at once, by the server's count, and one of a datamart, by the functions that were called."""
    if seen.most_sessions > seen.scene.most:
        yield f"{seen.most_sessions} sessions at once for {seen.scene.most} slot(s)"
    inside: set[str] = set()
    for letter, module, when in seen.steps:
        if (module, when) == (_first_of_work(seen), "begins"):
            others = {each for each in inside - {letter} if seen.scene.datamart(each) == seen.scene.datamart(letter)}
            for other in sorted(each for each in others if not _is_stopped(seen, each)):
                yield f"{letter} began while {other} of the same datamart was at work"
            inside.add(letter)
        if (module, when) in (("conclude_attempt", "begins"), ("end_run", "ends")):
            inside.discard(letter)


def _first_of_work(seen: QueueEvidence) -> str:
    """The first function that only a run with slot and lease is to reach.

    A run under the old definition asks for its slot in log_in; beside one that names its datamart differently, a run
    finds that out by its lease, in create_instance.
    """
    return "execute_datamart" if seen.scene.old else "log_in"


def _keeps_the_order(seen: QueueEvidence) -> Iterator[str]:
    """Those that had come to wait begin by their arrival; a datamart that is taken, or a paused job, is passed over."""
    if len({seen.scene.datamart(letter) for letter in seen.runs}) < len(seen.runs):
        return
    begun = dict.fromkeys(letter for letter, module, _ in seen.steps if module == _first_of_work(seen))
    passed_over = seen.scene.paused if any(seen.scene.pauses) else ""
    waited = [letter for letter in begun if letter in seen.arrived and letter not in passed_over]
    for earlier, later in pairwise(waited):
        if seen.arrived[later] < seen.arrived[earlier]:
            yield f"{earlier} overtook {later}, which had waited longer"


def _loads_only_the_newest(seen: QueueEvidence) -> Iterator[str]:
    """Of a burst: an older upload is skipped for a newer one, which it names, and not loaded after it.

    One that comes to wait only when the newer one has given its slot back is loaded.
    """
    burst, newest = seen.scene.burst, seen.scene.burst[-1:]
    outputs = {letter: seen.runs[letter].outcome.output or {} for letter in burst}
    for letter, output in outputs.items():
        newer = str(output.get("supersededBy", "")).rpartition(":")[2][:1]
        if output.get("skipped") and (not newer or newer not in burst[burst.index(letter) + 1 :]):
            yield f"{letter} was skipped for {newer or 'nobody'}, which is not a newer one"
    loaded = [letter for letter in burst if outputs[letter].get("loaded") == "yes"]
    first = {step: at for at, step in reversed(list(enumerate(seen.steps)))}
    for older, newer in combinations(loaded, 2):
        ends = [
            first[step] for module in ("conclude_attempt", "end_run") if (step := (newer, module, "begins")) in first
        ]
        waits, later = first.get((older, "wait_in_queue", "ends")), first[older, "log_in", "begins"]
        if waits is not None and waits < min(ends) and first[newer, "log_in", "begins"] < later:
            yield f"{older} waited, and was loaded after {newer}, which is newer"
    if newest and set(burst) <= seen.waited and not (_is_stopped(seen, newest) or _may_fail(seen, newest)):
        yield from (f"{older} was loaded although {newest} waited" for older in loaded if older != newest)


def _keeps_pauses(seen: QueueEvidence) -> Iterator[str]:
    """Whom a pause concerns does not begin before it is over."""
    is_on = False
    for letter, module, when in seen.steps:
        if letter == PERSON:
            is_on = seen.is_paused and (module, when) == ("pause", "ends")
        if is_on and letter in seen.scene.paused and letter in seen.arrived and module == _first_of_work(seen):
            yield f"{letter} began although it was paused"


def _is_closed_and_told(seen: QueueEvidence) -> Iterator[str]:
    for letter, run in seen.runs.items():
        if "endedAt" not in run.item:
            yield f"the item of {letter} is not closed"
        told, due = (len(run.events), len(run.failure_notices)), (1, int(run.outcome.status != "SUCCEEDED"))
        if told != due and not _may_be_told_twice(seen, letter, told, due):
            yield f"{letter}: {told[0]} end events, {told[1]} notices"
        yield from _recovers(seen, letter)


def _recovers(seen: QueueEvidence, letter: str) -> Iterator[str]:
    """A load is good news, once, where another run of its datamart has failed."""
    run = seen.runs[letter]
    recoveries = len(run.notices) - len(run.failure_notices)
    others = [
        other.outcome.status
        for each, other in seen.runs.items()
        if each != letter and seen.scene.datamart(each) == seen.scene.datamart(letter)
    ]
    due = int(run.outcome.status == "SUCCEEDED" and any(status != "SUCCEEDED" for status in others))
    if recoveries > due and not _may_be_told_twice(seen, letter, (1, recoveries), (1, due)):
        yield f"{letter}: {recoveries} notices that its datamart is loaded again"


def _may_be_told_twice(seen: QueueEvidence, letter: str, told: tuple[int, int], due: tuple[int, int]) -> bool:
    """The function of the end died, or its call was lost, between the message and the mark that it was sent."""
    case = seen.case
    ours = case is not None and case.place.startswith(f"{letter}.end_run:") and case.fault.startswith("dies")
    return ours and all(each >= least > 0 or each == least for each, least in zip(told, due, strict=True))


INVARIANTS: tuple[Callable[[QueueEvidence], Iterator[str]], ...] = (
    happened,
    ends,
    _is_let_alone,
    _is_true,
    _is_loaded,
    _keeps_within_the_slots,
    _keeps_the_order,
    _loads_only_the_newest,
    _keeps_pauses,
    leaves_nothing,
    _is_closed_and_told,
    keeps_its_secrets,
)


def broken_in_queue(seen: QueueEvidence) -> list[str]:
    """What is not as it must be; empty if the case survived."""
    return [f"{check.__name__.lstrip('_')}: {said}" for check in INVARIANTS for said in check(seen)]
