"""The command: ``python -m tests.mutation.run [CASE]``; see :mod:`tests.mutation`."""

import argparse
import os
import sys
import time
from collections import Counter

from tests.mutation import targets
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.survivors import FILE, reasons
from tests.mutation.workers import Verdict, judge, warm_up

EVERY_SECONDS = 20.0
"""How often the progress is printed."""


def main() -> int:
    """Judge the mutants asked for; 1 if one survives that is not listed, or if the list is out of date."""
    parser = argparse.ArgumentParser(description="The mutation run.")
    parser.add_argument("case", nargs="?", default="", help="a part of a mutant's name: module, function or expression")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    targets.check()
    work = [
        (mutant, list(tests))
        for path, tests in targets.TARGETS.items()
        for mutant in mutants_of(path)
        if given.case in mutant.name
    ]
    if given.list or not work:
        print("\n".join(mutant.name for mutant, _ in work) or f'no mutant has "{given.case}" in its name')
        return int(not work)
    began = time.monotonic()
    tests = sorted({test for _, tests in work for test in tests})
    if not warm_up(tests):
        print("the tests fail without any change: correct them first", file=sys.stderr)
        return 1
    verdicts = _followed(work, given.processes)
    known = reasons()
    problems = [*_new(verdicts, known), *_outdated(verdicts, known, whole=not given.case)]
    print("", table(verdicts), *problems, f"{time.monotonic() - began:.0f} s", sep="\n")
    return int(bool(problems))


def _followed(work: list[tuple[Mutant, list[str]]], processes: int) -> list[Verdict]:
    """All verdicts, printing how far it is."""
    found: list[Verdict] = []
    told = began = time.monotonic()
    for verdict in judge(work, processes):
        found.append(verdict)
        if verdict.survived:
            print(f"survived: {verdict.mutant.name}", flush=True)
        if (now := time.monotonic()) - told > EVERY_SECONDS:
            told = now
            left = (now - began) / len(found) * (len(work) - len(found))
            survived = sum(one.survived for one in found)
            print(f"{len(found)} of {len(work)}, {survived} survived, {left / 60:.1f} minutes to go", flush=True)
    return found


def _new(verdicts: list[Verdict], known: dict[str, str]) -> list[str]:
    return [
        f"SURVIVED {one.mutant.name}\n    at {one.mutant.path}:{one.mutant.line}: write a test that fails for it, or "
        f"list it in {FILE.name} with the reason"
        for one in verdicts
        if one.survived and one.mutant.name not in known
    ]


def _outdated(verdicts: list[Verdict], known: dict[str, str], whole: bool) -> list[str]:
    noticed = {one.mutant.name for one in verdicts if not one.survived} & set(known)
    gone = set(known) - {one.mutant.name for one in verdicts} if whole else set()
    said = [f"{FILE.name}: a test notices {name} by now; remove it there" for name in sorted(noticed)]
    return [*said, *(f"{FILE.name}: there is no mutant {name} any more; remove it there" for name in sorted(gone))]


def table(verdicts: list[Verdict]) -> str:
    """Mutants, noticed and survived by module."""
    count: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        for row in (verdict.mutant.path, "all"):
            count.setdefault(row, Counter()).update(["mutants", "survived" if verdict.survived else "noticed"])
    columns = ("mutants", "noticed", "survived")
    rows = [("module", *columns), *((row, *(str(count[row][c]) for c in columns)) for row in count if row != "all")]
    rows.append(("all", *(str(count["all"][column]) for column in columns)))
    return "\n".join(f"{row[0]:44}" + "".join(f"{cell:>10}" for cell in row[1:]) for row in rows)


if __name__ == "__main__":
    sys.exit(main())
