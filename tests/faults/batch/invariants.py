"""What must be true of a batch and of its items after every case, whatever the fault was."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from functions.errors import BatchIncomplete
from tests.faults.batch.lab import SLOTS, BatchEvidence
from tests.faults.batch.scenes import APPENDS, BATCH, SWEEP
from tests.faults.several_runs import MAY_FAIL, RunSeen, ends, happened, keeps_its_secrets, leaves_nothing

LOADS = {"yes": (1,), "no": (0,), "unknown": (0, 1)}


def _is_broken_off(seen: BatchEvidence) -> bool:
    """Whether the batch need not reach its own conclusion: it was stopped, or its function broke down for good."""
    stopped = seen.scene.stopped_after is not None or _is_stopped(seen, BATCH)
    return stopped or (seen.victim == BATCH and any(part in seen.fault for part in MAY_FAIL))


def _is_stopped(seen: BatchEvidence, letter: str) -> bool:
    if seen.case is None:
        return False
    ended_at = seen.case.family == "batch end" and "." in seen.case.place and seen.victim == letter
    return ended_at or seen.fault.startswith(f"stop-{letter}")


def _concludes(seen: BatchEvidence) -> Iterator[str]:
    """It fails only where something is not loaded, unless it was stopped or its functions broke down for good."""
    outcome, not_loaded = seen.outcome, [name for name, line in seen.lines.items() if line["loaded"] != "yes"]
    if outcome.status == "SUCCEEDED" and not_loaded:
        yield f"it succeeded, and {', '.join(not_loaded)} is not loaded"
    if not _is_broken_off(seen) and (outcome.status, outcome.error) != (
        ("FAILED", BatchIncomplete.name) if not_loaded else ("SUCCEEDED", None)
    ):
        yield f"it ended as {outcome.status}: {outcome.error} {(outcome.cause or '')[:300]}"


def _is_loaded(seen: BatchEvidence) -> Iterator[str]:
    """Every table that can be loaded is loaded once by each item, counted by the server; and no other is."""
    for letter, line in seen.lines.items():
        datamart, after = seen.scene.items[letter]
        can_be = letter not in seen.scene.fails and all(seen.lines[each]["loaded"] == "yes" for each in after)
        if letter in seen.scene.skipped or _is_broken_off(seen) or _is_stopped(seen, letter):
            can_be = False
        if can_be and line["loaded"] != "yes":
            yield f"{letter} could be loaded, and is {line['outcome']}: {line.get('error')} {line.get('cause')}"
    for datamart in {datamart for datamart, _ in seen.scene.items.values()}:
        ours = [line["loaded"] for letter, line in seen.lines.items() if seen.scene.items[letter][0] == datamart]
        before = 0 if seen.lines else seen.earlier.get(datamart, 0)  # a restart that never began says nothing
        least, most = (before + sum(each(LOADS[word]) for word in ours) for each in (min, max))
        if not least <= seen.loads.get(datamart, 0) <= most:
            yield f"{datamart} was loaded {seen.loads.get(datamart, 0)} times, and {ours} is said"
    times = set(Counter(json.dumps(row, sort_keys=True, default=str) for row in seen.rows).values())
    if times not in ([{seen.loads[APPENDS]}] if APPENDS in seen.loads else [set()]):
        yield f"the rows of the appending datamart are there {times} times, loaded was it {seen.loads.get(APPENDS, 0)}"


def _agrees(seen: BatchEvidence) -> Iterator[str]:
    """What is said of an item is how its run ended, in the report, the output and the event of the batch."""
    if seen.lines.keys() != seen.scene.items.keys() and not (_is_broken_off(seen) and not seen.lines):
        yield f"the report has lines for {', '.join(seen.lines)}"
    for letter, line in seen.lines.items():
        run = seen.runs.get(letter)
        yield from _disagrees(letter, line, run, seen)
    if not seen.lines and seen.runs:
        yield f"nothing is said of {', '.join(seen.runs)}"
    for said in (seen.outcome.output or {}).get("items") or []:
        if said != seen.lines.get(said["name"]):
            yield f"the output says {said}, the report {seen.lines.get(said['name'])}"
    if _is_broken_off(seen):
        return
    for event in seen.batch.events:
        told = {line["name"]: line["outcome"] for line in event["detail"]["notLoaded"]}
        due = {name: line["outcome"] for name, line in seen.lines.items() if _is_flawed(line)}
        if told != due:
            yield f"the event says {told}, the report {due}"


def _is_flawed(line: dict[str, Any]) -> bool:
    """Whether people are notified of an item: it is not loaded, or failed or was stopped after its load."""
    return bool(line["loaded"] != "yes" or line.get("error"))


def _disagrees(letter: str, line: dict[str, Any], run: RunSeen | None, seen: BatchEvidence) -> Iterator[str]:
    if line["outcome"] in ("not started", "running"):
        yield f"{letter} is {line['outcome']} at last"
    if run is None:
        if line.get("earlier") and seen.scene.stopped_before and line["loaded"] == "yes":
            return
        if (line["loaded"], "execution" in line) != ("no", False) or line["outcome"] not in ("skipped", "stopped"):
            yield f"{letter} never ran, and {line} is said"
        if line["outcome"] == "skipped" and seen.scene.fails and line.get("because") != seen.scene.fails:
            yield f"{letter} was skipped because of {line.get('because')}"
        return
    words = {event["detail"]["loaded"] for event in run.events} | {line["loaded"]}
    if len(words) != 1:
        yield f"{letter}: of its load {words} is said"
    if "unknown" in words and not (_is_stopped(seen, letter) or _is_broken_off(seen)):
        yield f"{letter}: loaded: unknown where one could know"
    outcomes = {"yes": ("loaded",), "no": ("failed", "stopped"), "unknown": ("unknown", "stopped")}
    if line["outcome"] not in outcomes[line["loaded"]]:
        yield f"{letter} is {line['outcome']}, loaded: {line['loaded']}"
    if (line["execution"], "error" in line) != (run.outcome.execution_arn, run.outcome.status != "SUCCEEDED"):
        yield f"{letter} ended as {run.outcome.status} {run.outcome.error}, and {line} is said"


def _keeps_the_order(seen: BatchEvidence) -> Iterator[str]:
    """A run begins when all that its item names are loaded; not more at once than there are places."""
    inside: set[str] = set()
    over = {letter for letter, line in seen.lines.items() if line.get("earlier")}
    for letter, module, when in seen.steps:
        if letter == SWEEP:
            inside -= {each for each in inside if _is_stopped(seen, each)}
        if (module, when) == ("prepare_run", "begins"):
            named = set(seen.scene.items[letter][1])
            if not named <= over:
                yield f"{letter} began before {', '.join(sorted(named - over))} had ended"
            wrong = [each for each in named if seen.lines.get(each, {}).get("loaded") != "yes"]
            if wrong:
                yield f"{letter} began although {', '.join(wrong)} is not loaded"
            inside.add(letter)
            if len(inside) > SLOTS:
                yield f"{', '.join(sorted(inside))} ran at once"
        if (module, when) in (("conclude_attempt", "begins"), ("end_run", "begins")):
            inside.discard(letter)
            over.add(letter)


def _stops(seen: BatchEvidence) -> Iterator[str]:
    """Once the end of the batch was processed no run of it begins but those that were claimed before.

    These are stopped. A batch that is stopped while its items run stops them, however late its end is processed.
    """
    is_over = False
    for letter, module, when in seen.steps:
        is_over |= (letter, module, when) == (BATCH, "end_run", "ends")
        if is_over and (module, when) == ("log_in", "begins") and letter not in seen.claimed:
            yield f"{letter} logged in after the end of the batch"
    if not seen.case or ":DescribeExecution" not in seen.case.place:
        yield from (f"{letter} began in a batch that was stopped" for letter in seen.scene.never if letter in seen.runs)
    never_told = seen.case is not None and seen.case.family == "batch end" and seen.case.place == BATCH
    if seen.scene.stopped_after is not None and not never_told:
        for letter, run in seen.runs.items():
            if run.outcome.status != "ABORTED" and BATCH not in seen.scene.lost:
                yield f"{letter} ended as {run.outcome.status} although its batch was stopped"


def _is_closed_and_told(seen: BatchEvidence) -> Iterator[str]:
    """One event for each run, and one for the batch, which alone people are notified of."""
    for letter, run in seen.every.items():
        if "endedAt" not in run.item:
            yield f"the item of {letter} is not closed"
        is_flawed = run.outcome.status != "SUCCEEDED" or any(map(_is_flawed, seen.lines.values()))
        due = (1, int(letter == BATCH and is_flawed))
        told = (len(run.events), len(run.notices))
        if told != due and not _may_be_told_twice(seen, letter, told, due):
            yield f"{letter}: {told[0]} end events, {told[1]} notices"


def _may_be_told_twice(seen: BatchEvidence, letter: str, told: tuple[int, int], due: tuple[int, int]) -> bool:
    """The function of the end died, or its call was lost, between the message and the mark that it was sent."""
    case = seen.case
    if case is None or ":" not in case.place or not case.fault.startswith(("dies", "throttled")):
        return False
    ours = case.place.partition(":")[0].partition("#")[0] in (f"{letter}.end_run", f"{SWEEP}.sweep")
    return ours and all(each >= least > 0 or each == least for each, least in zip(told, due, strict=True))


INVARIANTS: tuple[Callable[[BatchEvidence], Iterator[str]], ...] = (
    happened,
    ends,
    _concludes,
    _is_loaded,
    _agrees,
    _keeps_the_order,
    _stops,
    leaves_nothing,
    _is_closed_and_told,
    keeps_its_secrets,
)


def broken_in_batch(seen: BatchEvidence) -> list[str]:
    """What is not as it must be; empty if the case survived."""
    return [f"{check.__name__.lstrip('_')}: {said}" for check in INVARIANTS for said in check(seen)]
