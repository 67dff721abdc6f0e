"""Handles Ctrl-C, SIGTERM and SIGHUP: the first cleans up in bounded time, a second exits and lists what is left.

The first signal raises :class:`Stopped` in the main thread, so that every ``with`` block cleans up behind itself.
During a critical section (a login whose session is not stored yet), :func:`deferred` delays it.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

CLEAN_UP_SECONDS = 30.0
"""Seconds from the first signal until the process leaves, whether or not the clean-up is done."""

ECHO_SECONDS = 0.5
"""The same signal within this time after the first belongs to it: shells, ``make`` and ``timeout`` send it twice."""

TELLING_SECONDS = 3.0
"""Maximum seconds to find out what is left behind, and to print it, before the process exits."""

NOT_KNOWN = "perhaps more, which could not be found out"

NAMES = {signal.SIGINT: "Ctrl-C"}
"""Names of signals for people, where they differ from the signal's own name."""

Left = Callable[[], list[str]]
"""Returns what would be left behind now, in a few words each, without secrets."""

Leaves = Callable[[str, list[str]], None]
"""Prints why the process exits and what it leaves behind; the process ends when it returns."""


class Stopped(KeyboardInterrupt):
    """A signal asked to stop. A KeyboardInterrupt, so that whatever cleans up after Ctrl-C does so after all three."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(name_of(number))


@dataclass
class _State:
    leaves: Leaves
    bound: float
    noted: int | None = None
    """The first signal."""
    noted_at: float = 0.0
    raised: bool = False
    reported: bool = False
    deferrals: int = 0
    timer: threading.Timer | None = None
    leaving: threading.Lock = field(default_factory=threading.Lock)


_state: _State | None = None
_left: list[Left] = []


def name_of(number: int) -> str:
    """``Ctrl-C``, ``SIGTERM``, ``SIGHUP``."""
    return NAMES.get(signal.Signals(number), signal.Signals(number).name)


def exit_code() -> int:
    """Of a command that was stopped: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    number = requested()
    return 128 + (signal.SIGINT if number is None else number)


def stopped_by() -> str:
    """The name of the signal that a command was stopped by."""
    number = requested()
    return name_of(signal.SIGINT if number is None else number)


def requested() -> int | None:
    """The first signal, if there was one."""
    return None if _state is None else _state.noted


@contextlib.contextmanager
def handled(leaves: Leaves, bound: float = CLEAN_UP_SECONDS) -> Iterator[None]:
    """Handle the three signals until the end of the block; outside the main thread it does nothing.

    A signal that the process was started to ignore stays ignored: ``nohup`` means that, and so does ``&`` in a script.

    Parameters
    ----------
    leaves
        Says why the process leaves without having cleaned up, and what it leaves behind.
    bound
        Seconds that the clean-up after the first signal may take.
    """
    global _state
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    outer, state = _state, _State(leaves, bound)
    _state = state
    before = {number: signal.getsignal(number) for number in SIGNALS}
    hook = sys.unraisablehook
    sys.unraisablehook = _quiet(hook)
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # one that Python did not install cannot be put back
                signal.signal(number, handler)
        sys.unraisablehook = hook
        if state.timer is not None:
            state.timer.cancel()
        _state = outer


def _quiet(hook: Callable[[Any], object]) -> Callable[[Any], None]:
    """A signal may come while Python tears an object down, and is swallowed there; it stays :func:`requested`."""

    def unraisable(what: Any) -> None:
        if not isinstance(what.exc_value, Stopped):
            hook(what)

    return unraisable


def _on_signal(number: int, _frame: object) -> None:
    state = _state
    if state is None:
        return
    if state.noted is not None:
        if number != state.noted or time.monotonic() - state.noted_at > ECHO_SECONDS:
            _leave_soon(state, f"left at once, after a second signal ({name_of(number)})")
        return
    state.noted, state.noted_at = number, time.monotonic()
    why = f"left because the clean-up after {name_of(number)} took more than {state.bound:.0f} s"
    state.timer = threading.Timer(state.bound, _leave, (state, why))
    state.timer.daemon = True
    state.timer.start()
    if not state.deferrals:
        state.raised = True
        raise Stopped(number)


def _leave_soon(state: _State, why: str) -> None:
    """In another thread: this one may hold a lock that is needed to find out what is left."""
    threading.Thread(target=_leave, args=(state, why), daemon=True).start()


def _leave(state: _State, why: str) -> None:
    if not state.leaving.acquire(blocking=False):
        return
    left: list[str] = []
    if not _done_in_time(lambda: left.extend(left_behind())):
        left = [NOT_KNOWN]
    _done_in_time(lambda: state.leaves(why, left))
    os._exit(128 + (state.noted or signal.SIGINT))


def _done_in_time(work: Callable[[], None]) -> bool:
    """Whether ``work`` was done; it may hang on what the interrupted thread holds, or on a terminal that is stopped."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(TELLING_SECONDS)
    return not thread.is_alive()


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Put signals off until the end of the block, which then raises Stopped."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with contextlib.ExitStack() as stack:
        if _state is None:
            stack.enter_context(handled(lambda why, left: None))
        state = _state
        assert state is not None  # noqa: S101 - handled() has just made it
        state.deferrals += 1
        try:
            yield
        finally:
            state.deferrals -= 1
            if not state.deferrals:
                _raise_noted(state)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Within :func:`deferred`, let a signal raise Stopped all the same: where a person is waited for."""
    if _state is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    state, deferrals = _state, _state.deferrals
    state.deferrals = 0
    try:
        _raise_noted(state)
        yield
    finally:
        state.deferrals = deferrals


def _raise_noted(state: _State) -> None:
    if state.noted is not None and not state.raised:
        state.raised = True
        raise Stopped(state.noted)


def settled() -> None:
    """The work has stopped in an orderly way and reports that itself: no exception is raised any more."""
    if _state is not None and _state.noted is not None:
        _state.raised = True


def is_first_to_report() -> bool:
    """Whether the caller is the first to print the one JSON object of this process."""
    if _state is None:
        return True
    first, _state.reported = not _state.reported, True
    return first


@contextlib.contextmanager
def may_leave(left: Left) -> Iterator[None]:
    """Within the block, ``left`` says what a process that leaves at once would leave behind."""
    _left.append(left)
    try:
        yield
    finally:
        _left.remove(left)


def folder(path: str) -> list[str]:
    """A temporary folder as something left behind, while it is there."""
    return [f"the folder {path}"] if os.path.exists(path) else []  # noqa: PTH110 - it is a text, to be shown


def left_behind() -> list[str]:
    """Everything that would be left behind now; an error for one part does not suppress the others."""
    found: list[str] = []
    for left in list(_left):
        try:
            found += left()
        except Exception:
            found.append(NOT_KNOWN)
    return found
