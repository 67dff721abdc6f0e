"""Processes that tests start."""

import signal


def interruptible() -> None:
    """For ``preexec_fn``: Ctrl-C reaches the process also where the tests themselves run in a shell's background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
