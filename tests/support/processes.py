"""Processes that tests start."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from local.simulator import library

ROOT = Path(__file__).parents[2]


class Stall:
    """A simulator in this process stalls (fault ``stall``) until it is told to go on, instead of for so many seconds.

    Stands for the module ``time`` where the simulator sleeps.
    """

    perf_counter = staticmethod(time.perf_counter)

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._begun, self._over = threading.Event(), threading.Event()
        monkeypatch.setattr(library, "time", self)

    def sleep(self, seconds: float) -> None:
        """What the simulator calls."""
        self._begun.set()
        self._over.wait(60)

    def interrupted(
        self,
        words: list[str],
        environment: dict[str, str],
        number: int,
        program: tuple[str, str] = ("-m", "local.cli.main"),
    ) -> tuple[int, str, str]:
        """A signal for a command that waits for the stalled answer: its exit code, its output, its errors."""
        process = subprocess.Popen(
            [sys.executable, *program, *words],
            cwd=ROOT,
            env=environment | {"PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._interrupt(process, number)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def _interrupt(self, process: subprocess.Popen[str], number: int) -> None:
        """Signal the process that waits for the answer, and let the answer come once it had time to react."""
        assert self._begun.wait(60), "the request did not come"
        process.send_signal(number)
        self._over.wait(0.2)
        self._over.set()
