"""The runner: ``python -m tests.faults.campaign [CASE] [--share 1/10]``; see :mod:`tests.faults`."""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from local import synth
from tests.faults.allowed import LEFT, TOLD_TWICE, UNKNOWN, Allowed
from tests.faults.batch import scenes as batch_scenes
from tests.faults.batch.cases import batch_cases
from tests.faults.batch.cases import scenes_of as batch_scenes_of
from tests.faults.batch.invariants import broken_in_batch
from tests.faults.batch.lab import BatchLab
from tests.faults.cases import cases, chosen
from tests.faults.conditions import UNDER_CONDITIONS
from tests.faults.faults import Case
from tests.faults.invariants import argued, broken
from tests.faults.lab import Lab
from tests.faults.queue.cases import queue_cases, scenes_of
from tests.faults.queue.invariants import broken_in_queue
from tests.faults.queue.lab import QueueLab
from tests.faults.queue.scenes import PREFIX, SCENES
from tests.faults.runs import ASKED, FOLLOWING, RUNS, SAVING
from tests.faults.share import WHOLE, Share
from tests.faults.slice import SLICE

CHUNK = 8
"""Cases that a process takes at a time."""

EVERY_SECONDS = 20.0
"""How often the progress is told."""


@dataclass(frozen=True)
class Verdict:
    """How a case went: ``broken`` is what was not as it must be, ``seconds`` those of the processor.

    ``argued`` is by what something is allowed that would be broken elsewhere.
    """

    case: Case
    status: str
    error: str | None
    cause: str
    broken: tuple[str, ...]
    seconds: float
    argued: tuple[Allowed, ...] = ()


_lab: Lab | None = None


def _open_lab(template: Path) -> None:
    global _lab
    _lab = Lab(template)
    _lab.__enter__()


def judge(case: Case) -> Verdict:
    """Run one case in this process's lab."""
    assert _lab is not None
    began = time.process_time()
    try:
        if case.run in SCENES:
            return _judge_in_queue(case, _lab, began)
        if case.run in batch_scenes.SCENES:
            return _judge_in_batch(case, _lab, began)
        seen = _lab.observe(case)
    except Exception as error:  # the campaign itself failed: one case, and not all of them
        return Verdict(case, "none", None, "", (f"campaign: {type(error).__name__}: {error}",), 0.0)
    outcome, said, by = seen.outcome, tuple(broken(seen)), tuple(argued(seen))
    return Verdict(case, outcome.status, outcome.error, outcome.cause or "", said, time.process_time() - began, by)


def _judge_in_queue(case: Case, lab: Lab, began: float) -> Verdict:
    seen = QueueLab(lab).observe(case, case.run)
    outcome, said = seen.outcome, tuple(broken_in_queue(seen))
    return Verdict(case, outcome.status, outcome.error, outcome.cause or "", said, time.process_time() - began)


def _judge_in_batch(case: Case, lab: Lab, began: float) -> Verdict:
    seen = BatchLab(lab).observe_batch(case)
    outcome, said = seen.outcome, tuple(broken_in_batch(seen))
    return Verdict(case, outcome.status, outcome.error, outcome.cause or "", said, time.process_time() - began)


def every_case(template: Path, wanted: str = "") -> list[Case]:
    """All cases, from one run of every kind without faults; of queue or batch alone if only they can be ``wanted``."""
    with Lab(template) as lab:
        if wanted.startswith(batch_scenes.PREFIX[:-1]):
            return _of_batches(lab, wanted)
        queued = queue_cases({name: QueueLab(lab).baseline(name) for name in scenes_of(wanted)})
        if wanted.startswith(PREFIX[:-1]):
            return queued
        return (
            cases({run: lab.baseline(run) for run in (*RUNS, ASKED, FOLLOWING, SAVING, *UNDER_CONDITIONS)})
            + queued
            + _of_batches(lab)
        )


def _of_batches(lab: Lab, wanted: str = "") -> list[Case]:
    return batch_cases({name: BatchLab(lab).baseline(name) for name in batch_scenes_of(wanted)})


def _judged(template: Path, wanted: list[Case], processes: int) -> Iterator[Verdict]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, _open_lab, (template,)) as pool:
        yield from pool.imap_unordered(judge, wanted, min(CHUNK, 1 + len(wanted) // (4 * processes)))


def _followed(verdicts: Iterable[Verdict], count: int) -> list[Verdict]:
    """All of them, telling how far it is."""
    found: list[Verdict] = []
    began = told = time.monotonic()
    for verdict in verdicts:
        found.append(verdict)
        if verdict.broken:
            print(_failure(verdict), flush=True)
        if (now := time.monotonic()) - told > EVERY_SECONDS:
            told = now
            failed = sum(bool(one.broken) for one in found)
            left = (now - began) / len(found) * (count - len(found))
            print(f"{len(found)} of {count}, {failed} failed, {left / 60:.1f} minutes to go", flush=True)
    return found


def _failure(verdict: Verdict) -> str:
    ended = f"{verdict.status} {verdict.error or ''} {verdict.cause[:300]}".strip()
    lines = [f"FAILED {verdict.case.name}", *(f"    {said}" for said in verdict.broken), f"    ended: {ended}"]
    return "\n".join([*lines, f"    again: make faults CASE='{verdict.case.name}'"])


def table(verdicts: list[Verdict]) -> str:
    """Cases, survived, succeeded and failed by family."""
    count: dict[str, Counter[str]] = defaultdict(Counter)
    for verdict in verdicts:
        for family in (verdict.case.family, "all"):
            column = "failed" if verdict.broken else "survived"
            count[family].update(["cases", column, *(["succeeded"] if verdict.status == "SUCCEEDED" else [])])
    columns = ("cases", "survived", "failed", "succeeded")
    families = [*dict.fromkeys(v.case.family for v in verdicts), "all"]
    rows = [("class", *columns), *((f, *(str(count[f][column]) for column in columns)) for f in families)]
    return "\n".join(f"{row[0]:22}" + "".join(f"{cell:>10}" for cell in row[1:]) for row in rows)


def arguments(verdicts: list[Verdict], whole: bool) -> str:
    """In how many cases nobody could know, by reason; of the ``whole`` campaign also those that no case needs."""
    needed = Counter(one for verdict in verdicts for one in verdict.argued)
    kinds = {"loaded unknown": UNKNOWN, "left behind": LEFT, "told twice": TOLD_TWICE}
    rows = [(needed[one], kind, one) for kind, every in kinds.items() for one in every if whole or needed[one]]
    return "\n".join(f"{count:5} {kind:15} {one.case}\n{'':21} {one.why}" for count, kind, one in rows)


def main() -> int:
    """Run the cases that are asked for; 1 if any failed."""
    parser = argparse.ArgumentParser(description="The campaign of faults.")
    parser.add_argument("case", nargs="?", default="", help="a case's name, a beginning, a pattern or a class")
    parser.add_argument("--list", action="store_true", help="only list the cases")
    parser.add_argument("--share", type=Share.read, default=WHOLE, help="only a part of each class, 1/10 to 10/10")
    parser.add_argument("--slice", action="store_true", help="only the few of make test-all")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    template = synth.template_path()
    wanted = SLICE if given.slice else given.share.of(chosen(every_case(template, given.case), given.case))
    if given.list:
        print("\n".join(case.name for case in wanted))
        print(table([Verdict(case, "", None, "", (), 0.0) for case in wanted]))
        return 0
    if not wanted:
        print(f'no case matches "{given.case}" in this share; --list shows all names', file=sys.stderr)
        return 2
    began = time.monotonic()
    verdicts = _followed(_judged(template, wanted, min(given.processes, len(wanted))), len(wanted))
    busy = sum(verdict.seconds for verdict in verdicts)
    whole = not (given.case or given.slice) and given.share == WHOLE
    print("", arguments(verdicts, whole), table(verdicts), sep="\n\n")
    print(f"\n{time.monotonic() - began:.0f} s, {busy / len(verdicts):.2f} s of a core a case")
    return int(any(verdict.broken for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
