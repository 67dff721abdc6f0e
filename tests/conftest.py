"""One synthesized template for the whole test run, also when it is spread over several processes."""

import fcntl
from pathlib import Path

import pytest

from local import synth


@pytest.fixture(scope="session")
def template_path() -> Path:
    """Path of the stack's template; the first worker that asks makes it."""
    synth.OUTPUT.mkdir(exist_ok=True)
    with (synth.OUTPUT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return synth.template_path()
