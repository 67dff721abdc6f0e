"""Processes that tests start."""

import signal
import subprocess
import threading
import time

import pytest

from local.simulator import library


def interruptible() -> None:
    """For ``preexec_fn``: Ctrl-C reaches the process also where the tests themselves run in a shell's background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


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
        self._over.wait(20)

    def interrupt(self, process: subprocess.Popen[str]) -> None:
        """Send Ctrl-C to the process that waits for the answer, and let the answer come once it had time to react."""
        assert self._begun.wait(20), "the request did not come"
        process.send_signal(signal.SIGINT)
        self._over.wait(0.2)
        self._over.set()
