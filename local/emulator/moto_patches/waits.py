"""Lets an execution wait on the one clock (local/waiter.py): in Wait states, before retries, for task tokens.

moto waits in real time, to the end, also when the execution is stopped. Here every wait is one of a
:class:`local.waiter.Waiter`, and so is the timeout of a state that waits for a token.
"""

import threading
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackOutcomeTimedOut

from local.emulator.moto_patches import task_tokens
from local.waiter import Over, Waiter

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

Ask = Callable[[str, str, Over], None]
"""Given an execution's ARN and a task's token, lets a person answer; returns at the latest when the execution ends."""

_waiter: Waiter | None = None
_ask: Ask = lambda arn, token, over: None  # noqa: E731 - its type is said
_here = threading.local()

# Read here, so that a name that an upgrade of moto changes fails at once.
evaluate_with_timeout = StateTaskServiceCallback._evaluate_with_timeout
evaluate_retrier = retrier_decl.RetrierDecl._eval_body
call_lambda = lambda_eval_utils.execute_lambda_function_integration


def install(waiter: Waiter, ask: Ask) -> None:
    """Send the waits of this process through ``waiter``; ``ask`` is called when an execution waits for a token."""
    global _waiter, _ask
    _waiter, _ask = waiter, ask
    WaitFunction._wait_interval = _wait
    retrier_decl.time = _RetryTime()
    retrier_decl.RetrierDecl._eval_body = _evaluate_retrier
    lambda_eval_utils.execute_lambda_function_integration = _call_lambda
    StateTaskServiceCallback._evaluate_with_timeout = _evaluate
    StateTaskServiceCallback._eval_wait_for_task_token = _wait_for_token


def pause(env: Any, seconds: float, over: Over = lambda: False) -> None:
    """Let ``seconds`` pass for an execution, unless it is stopped or ``over``."""
    if _waiter is not None:
        with _waiter.for_a_run():
            _waiter.wait(seconds, lambda: over() or not env.is_running())


def _wait(self: Any, env: Any, wait_seconds: float) -> None:
    if wait_seconds != int(wait_seconds):
        # AWS refuses what moto accepts (emulator/PLATFORM.md "Laxer than AWS").
        raise ValueError(f"a Wait state takes whole seconds, not {wait_seconds}")
    pause(env, wait_seconds)


class _RetryTime:
    """Stands for the module ``time`` in the retrier."""

    def sleep(self, seconds: float) -> None:
        pause(_here.env, seconds)


def _evaluate_retrier(self: Any, env: Any) -> None:
    _here.env = env
    evaluate_retrier(self, env)


def _call_lambda(**arguments: Any) -> None:
    """A state's call of a function is the work of its execution."""
    if _waiter is None:
        raise RuntimeError("the emulator is not installed")
    with _waiter.for_a_run():
        call_lambda(**arguments)


class _Untimed:
    """A state without a timeout of its own; in all else the state."""

    timeout = TimeoutSeconds(TimeoutSeconds.DEFAULT_TIMEOUT_SECONDS)

    def __init__(self, state: Any) -> None:
        self._state = state

    def __getattr__(self, name: str) -> Any:
        return getattr(self._state, name)


def _evaluate(self: Any, env: Any) -> None:
    """As moto does; but a state that waits for something has no timeout in real time, beside the one on the clock."""
    evaluate_with_timeout(self if self.resource.condition is None else _Untimed(self), env)


def _wait_for_token(self: Any, env: Any, timeout_seconds: int, callback_endpoint: Any, heartbeat_endpoint: Any) -> Any:
    """Wait for the reply; a state that nobody replies to ends at its timeout on the clock."""
    token = callback_endpoint.callback_id
    execution = env.states.context_object.context_object_data["Execution"]["Id"]
    _ask(execution, token, lambda: not env.is_running())
    pause(env, timeout_seconds, lambda: callback_endpoint.get_outcome() is not None)
    return task_tokens.close(callback_endpoint) or CallbackOutcomeTimedOut(token)
