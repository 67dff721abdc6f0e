"""A signal while the stack is synthesized ends the processes that do it, and leaves no temporary folder."""

import os
import signal
import tempfile
import threading
from pathlib import Path

import pytest

from local import signals
from local.synth import SynthFailed, synthesize

ENDLESS = """
import os, pathlib, tempfile, time
folder = pathlib.Path(tempfile.mkdtemp())
(folder / "process").write_text(str(os.getpid()))
(folder / "ready").touch()
time.sleep(600)
"""


def ready(folder: Path) -> int:
    """The process that works in a temporary folder of its own below ``folder``."""
    never = threading.Event()
    for _ in range(1_200):
        if found := list(folder.glob("*/*/ready")):
            return int(found[0].with_name("process").read_text())
        never.wait(0.05)
    raise AssertionError("it has not begun")


def test_a_signal_leaves_neither_a_process_nor_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    begun: list[int] = []

    def stop() -> None:
        begun.append(ready(tmp_path))
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop, daemon=True).start()
    with signals.handled(lambda why, left: None), pytest.raises(signals.Stopped):
        synthesize(tmp_path / "output", ["timeit", "-n", "1", "-r", "1", ENDLESS], sources=())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(begun[0], 0)


def test_an_app_that_ends_with_an_error_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(SynthFailed, match="ZeroDivisionError"):
        synthesize(tmp_path / "output", ["timeit", "-n", "1", "-r", "1", "1 / 0"], sources=())


def test_of_two_that_need_a_template_at_once_one_makes_it_and_the_other_finds_it(tmp_path: Path) -> None:
    output = tmp_path / "output"
    make = f"import pathlib; folder = pathlib.Path({str(output)!r}); folder.mkdir(); (folder / 'template').touch()"
    threads = [
        threading.Thread(target=lambda: synthesize(output, ["timeit", "-n", "1", "-r", "1", make], sources=()))
        for _ in range(2)
    ]
    failed: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "excepthook", failed.append)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failed == []
    assert (output / "template").exists()
