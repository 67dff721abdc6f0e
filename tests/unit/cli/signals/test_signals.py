"""Signals to a process: the first raises, a deferred one raises later, a second one leaves, and so does the bound."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import signals

ROOT = Path(__file__).parents[4]
ALL = [(signal.SIGINT, 130, "Ctrl-C"), (signal.SIGTERM, 143, "SIGTERM"), (signal.SIGHUP, 129, "SIGHUP")]


def send(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.fixture
def handled() -> Iterator[None]:
    with signals.handled(lambda why, left: None):
        yield


@pytest.mark.parametrize(("number", "code", "name"), ALL)
def test_a_signal_is_raised_as_what_every_clean_up_after_ctrl_c_knows(
    handled: None, number: int, code: int, name: str
) -> None:
    with pytest.raises(KeyboardInterrupt):
        send(number)
    assert (signals.exit_code(), signals.stopped_by()) == (code, name)


def test_a_deferred_signal_is_raised_at_the_end_of_the_block_and_only_once(handled: None) -> None:
    reached: list[str] = []

    def inner() -> None:
        with signals.deferred():
            send(signal.SIGTERM)
            reached.append("inner")
        reached.append("outer")

    with pytest.raises(signals.Stopped), signals.deferred():
        inner()
    assert reached == ["inner", "outer"]
    with signals.deferred():  # of the clean-up that it began
        pass


def test_where_a_person_is_waited_for_a_signal_is_raised_all_the_same(handled: None) -> None:
    with signals.deferred():
        with pytest.raises(signals.Stopped), signals.interruptible():
            send(signal.SIGHUP)
        assert signals.requested() == signal.SIGHUP


def test_a_signal_that_came_before_a_person_is_asked_is_raised_instead_of_asking(handled: None) -> None:
    asked: list[str] = []
    with signals.deferred():
        send(signal.SIGINT)
        with pytest.raises(signals.Stopped), signals.interruptible():
            asked.append("a question")
    assert asked == []


def test_what_was_settled_is_not_raised_any_more(handled: None) -> None:
    with signals.deferred():
        send(signal.SIGTERM)
        signals.settled()
    assert signals.exit_code() == 143


def test_a_command_that_is_called_without_a_frame_is_deferred_too() -> None:
    before = [signal.getsignal(number) for number in signals.SIGNALS]
    with pytest.raises(signals.Stopped), signals.deferred():
        send(signal.SIGTERM)
    assert [signal.getsignal(number) for number in signals.SIGNALS] == before


def test_what_cannot_be_found_out_does_not_hide_what_else_is_left() -> None:
    def broken() -> list[str]:
        raise ConnectionError

    with signals.may_leave(broken), signals.may_leave(lambda: ["instance 1"]):
        assert signals.left_behind()[-2:] == [signals.NOT_KNOWN, "instance 1"]
    assert "instance 1" not in signals.left_behind()


def script(text: str) -> tuple[int, str, str]:
    """Run Python that may use ``signals``, ``send``, ``forever`` and ``suppress``."""
    before = (
        "import contextlib, os, signal, sys, threading\n"
        "from local import signals\n"
        "from local.cli.process import exits_with\n"
        "def send(number): os.kill(os.getpid(), number)\n"
        "def forever():\n"
        "    while True:\n"
        "        with contextlib.suppress(KeyboardInterrupt): threading.Event().wait(0.01)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", before + text],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_clean_up_that_does_not_end_is_left_when_its_time_is_over() -> None:
    code, out, err = script(
        "def leaves(why, left): print(why, left, flush=True)\n"
        "with signals.handled(leaves, bound=0.1), signals.may_leave(lambda: ['instance 1']):\n"
        "    with contextlib.suppress(KeyboardInterrupt): send(signal.SIGTERM)\n"
        "    forever()\n"
    )
    assert (code, err) == (143, "")
    assert out == "left because the clean-up after SIGTERM took more than 0 s ['instance 1']\n"


def test_a_second_signal_leaves_although_the_first_is_still_being_cleaned_up() -> None:
    code, out, err = script(
        "signals.ECHO_SECONDS = -1\n"
        "def work():\n"
        "    with signals.may_leave(lambda: ['instance \\x1b[2J1']), signals.deferred():\n"
        "        send(signal.SIGINT); send(signal.SIGTERM); forever()\n"
        "exits_with(work, lambda why, left: [{'cause': why}, {'cause': 'of another run'}])\n"
    )
    assert code == 130
    assert err == "\ndatamart: left at once, after a second signal (SIGTERM). Left behind:\n  instance [2J1\n"
    first, second = out.splitlines()
    assert "instance [2J1" in first
    assert "of another run" in second


def test_where_it_hangs_to_find_out_what_is_left_the_process_leaves_all_the_same() -> None:
    code, _, err = script(
        "signals.ECHO_SECONDS, signals.TELLING_SECONDS = -1, 0.5\n"
        "lock = threading.Lock()\n"
        "def hangs():\n"
        "    with lock: return []\n"
        "def work():\n"
        "    with signals.may_leave(hangs), signals.deferred(), lock:\n"
        "        send(signal.SIGTERM); send(signal.SIGTERM); forever()\n"
        "exits_with(work)\n"
    )
    assert code == 143
    assert err.endswith("Left behind:\n  perhaps more, which could not be found out\n")


def test_signals_that_come_twice_by_themselves_count_as_one() -> None:
    """A closed window: the kernel and the shell both send SIGHUP."""
    code, out, err = script(
        "signals.ECHO_SECONDS = 3600\n"
        "def work():\n"
        "    with signals.deferred():\n"
        "        send(signal.SIGHUP); send(signal.SIGHUP); print('cleaned up')\n"
        "exits_with(work)\n"
    )
    assert (code, out, err) == (129, "cleaned up\n", "")


class Clock:
    """Stands in for the module ``time``: it moves when a test moves it."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("number", "seconds", "leaves"),
    [
        (signal.SIGINT, 0.0, False),
        (signal.SIGINT, 0.4, False),
        (signal.SIGINT, 0.6, True),
        (signal.SIGTERM, 0.0, True),
        (signal.SIGTERM, 0.3, True),
    ],
)
def test_only_the_same_signal_within_half_a_second_counts_as_one(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, seconds: float, leaves: bool
) -> None:
    clock, reasons = Clock(), []
    monkeypatch.setattr(signals, "time", clock)
    monkeypatch.setattr(signals, "_leave_soon", lambda state, why: reasons.append(why))
    with signals.handled(lambda why, left: None):
        with pytest.raises(signals.Stopped):
            signal.raise_signal(signal.SIGINT)
        clock.now += seconds
        signal.raise_signal(number)
    assert reasons == [f"left at once, after a second signal ({signals.name_of(number)})"] * leaves


def test_a_signal_that_the_process_was_set_to_ignore_stays_ignored() -> None:
    code, out, _ = script(
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "def work(): send(signal.SIGHUP); print('goes on'); return 0\n"
        "exits_with(work)\n"
    )
    assert (code, out) == (0, "goes on\n")


def test_a_signal_while_python_tears_something_down_is_not_lost_and_shows_no_stack_trace() -> None:
    code, out, err = script(
        "class Dying:\n"
        "    def __del__(self): send(signal.SIGTERM); sum(range(10))\n"
        "def work():\n"
        "    Dying()\n"
        "    print(signals.requested())\n"
        "    return signals.exit_code()\n"
        "exits_with(work)\n"
    )
    assert (code, out, err) == (143, "15\n", "")


def test_outside_the_main_thread_nothing_is_handled_and_nothing_breaks() -> None:
    done: list[str] = []

    def work() -> None:
        with signals.handled(lambda why, left: None), signals.deferred(), signals.interruptible():
            done.append("work")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert done == ["work"]
