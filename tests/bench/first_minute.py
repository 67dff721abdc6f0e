"""Start-up of ``datamart run``: how soon a person sees the first line and the first state, and how long the end takes.

Each is the median of the ratios to ``python -c 'import moto'``, which is measured anew right before: what nobody can do
without. The command runs on a terminal, as for a person; its waits are skipped.
"""

import os
import platform
import pty
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROUNDS = 5

ROOT = Path(__file__).parents[2]
EVENT = ROOT / "events" / "console.json"
COMMAND = [sys.executable, "-m", "local.cli.entry", "run", str(EVENT), "--max-wait", "0"]

FIRST_LINE, FIRST_STATE = b"DM_CITY", b"PrepareRun"
"""What the two begin to show."""


class Taken(NamedTuple):
    """Seconds from the start to the first line, to the first state, and from the last output to the end."""

    first_line: float
    first_state: float
    ending: float


WORDS = {
    "first_line": "first line",
    "first_state": "first state",
    "ending": "from the last output to the end",
}


def baseline() -> float:
    """Seconds of a process that imports moto."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import moto"], check=True)
    return time.perf_counter() - began


def measure() -> Taken:
    """Run the command once."""
    ours, theirs = pty.openpty()
    began = time.perf_counter()
    process = subprocess.Popen(COMMAND, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
    os.close(theirs)
    written, seen, last = bytearray(), dict[bytes, float](), began
    while chunk := _read(ours):
        last = time.perf_counter()
        written += chunk
        seen |= {mark: last - began for mark in (FIRST_LINE, FIRST_STATE) if mark in written and mark not in seen}
    code = process.wait()
    ended = time.perf_counter()
    os.close(ours)
    if code != 0:
        sys.exit(f"bench: datamart run ended with {code}: {written.decode(errors='replace')}")
    return Taken(seen[FIRST_LINE], seen[FIRST_STATE], ended - last)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how a terminal reports its end
        return b""


def main() -> None:
    """Measure and print."""
    measure()  # what has to be made once is made
    pairs = [(baseline(), measure()) for _ in range(ROUNDS)]
    moto = median(seconds for seconds, _ in pairs)
    print(f"Start-up of datamart run, medians of {ROUNDS}: Python {platform.python_version()}, {platform.machine()}\n")
    print(f"{'':34}{'s':>8}{'ratio':>8}")
    print(f"{'import moto':34}{moto:8.2f}{1:8.2f}")
    for field, words in WORDS.items():
        seconds = median(getattr(taken, field) for _, taken in pairs)
        ratio = median(getattr(taken, field) / before for before, taken in pairs)
        print(f"{words:34}{seconds:8.2f}{ratio:8.2f}")
    later = median(taken.first_state - before for before, taken in pairs)
    print(f"\nThe first state comes {later:.2f} s after moto could have been imported.")


if __name__ == "__main__":
    main()
