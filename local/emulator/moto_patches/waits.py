"""Lets waits, pauses before retries and questions to a person end early: moto sleeps in real time, to the end.

Every wait goes through a :class:`local.clock.Waiter`, which puts the clock forward instead of sleeping, and ends when
its execution is stopped.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackOutcomeTimedOut

from local.clock import Waiter

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

Ask = Callable[[str, threading.Event], None]
"""Given a task's token, lets a person answer; returns at the latest when the event says that the execution ended."""

_waiter: Waiter | None = None
_ask: Ask | None = None
_current = threading.local()

_LOOK_SECONDS = 0.05
"""How often a wait checks whether its execution was stopped."""


def install(waiter: Waiter, ask: Ask) -> None:
    """Send the waits of this process through ``waiter``; ``ask`` is called when an execution waits for a token."""
    global _waiter, _ask
    _waiter, _ask = waiter, ask
    WaitFunction._wait_interval = _wait
    StateTaskServiceCallback._eval_wait_for_task_token = _wait_for_token
    retrier_decl.time = _RetryTime()
    if getattr(retrier_decl.RetrierDecl._eval_body, "remembers", False):
        return
    original = retrier_decl.RetrierDecl._eval_body

    def eval_body(self: Any, env: Any) -> None:
        _current.interrupted = _Interruption(env)
        original(self, env)

    eval_body.remembers = True  # type: ignore[attr-defined]  # marks the patch, so that it is applied once
    retrier_decl.RetrierDecl._eval_body = eval_body


def _wait(self: Any, env: Any, wait_seconds: float) -> None:
    if wait_seconds != int(wait_seconds):
        # AWS refuses what moto accepts (emulator/PLATFORM.md "Laxer than AWS").
        raise ValueError(f"a Wait state takes whole seconds, not {wait_seconds}")
    if _waiter is not None:
        _waiter.wait(wait_seconds, _Interruption(env))


class _Interruption(threading.Event):
    """moto's own event is set for every change of the program's state; only its end is an interruption.

    moto clears that event as soon as it has set it: a thread that begins to wait later must look for itself.
    """

    def __init__(self, env: Any) -> None:
        super().__init__()
        self._env = env

    def is_set(self) -> bool:
        return not self._env.is_running()

    def wait(self, timeout: float | None = None) -> bool:
        ends = time.monotonic() + (timeout or 0)
        while not self.is_set() and (left := ends - time.monotonic()) > 0:
            self._rest(min(left, _LOOK_SECONDS))
        return self.is_set()

    def _rest(self, seconds: float) -> None:
        self._env.program_state_event.wait(seconds)


def _wait_for_token(self: Any, env: Any, timeout_seconds: int, callback_endpoint: Any, heartbeat_endpoint: Any) -> Any:
    """Replaces moto's wait, which takes real time and goes on when the execution is stopped."""
    interrupted = _Interruption(env)
    if _ask is not None:
        _ask(callback_endpoint.callback_id, interrupted)
    if _waiter is not None and callback_endpoint.get_outcome() is None:
        _waiter.wait(timeout_seconds, _Reply(env, callback_endpoint))
    return callback_endpoint.get_outcome() or CallbackOutcomeTimedOut(callback_endpoint.callback_id)


class _Reply(_Interruption):
    """The wait for a token ends with the execution, or with a reply."""

    def __init__(self, env: Any, callback_endpoint: Any) -> None:
        super().__init__(env)
        self._endpoint = callback_endpoint

    def is_set(self) -> bool:
        return super().is_set() or self._endpoint.get_outcome() is not None

    def _rest(self, seconds: float) -> None:
        self._endpoint.wait(seconds)


class _RetryTime:
    """Stands for the module ``time`` in the retrier."""

    def sleep(self, seconds: float) -> None:
        if _waiter is not None:
            _waiter.wait(seconds, _current.interrupted)
