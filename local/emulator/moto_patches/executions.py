"""Says when an execution begins and when it has ended, and lets one be stopped from its first moment on.

moto starts an execution in a thread that first has to make what a stop or a task token is sent to: until then
StopExecution fails, and SendTaskSuccess for another execution does, too. And it takes what a stop breaks off for a
failure of the execution.
"""

import threading
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local.waiter import Waiter

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

OnExecution = Callable[[str], None]
"""Given an execution's ARN, before its first state or after its last one."""

_waiter: Waiter | None = None
_begins: OnExecution = lambda arn: None  # noqa: E731 - its type is said
_has_ended: OnExecution = lambda arn: None  # noqa: E731
_here = threading.local()

# Read here, so that a name that an upgrade of moto changes fails at once.
start = ExecutionWorker.start
logic = ExecutionWorker._execution_logic
executions_of = StepFunctionsParserBackend._get_executions
set_stop = Environment.set_stop
set_error = Environment.set_error


def install(waiter: Waiter, begins: OnExecution, has_ended: OnExecution) -> None:
    """Count the executions of this process as work of ``waiter``, and report their beginning and end."""
    global _waiter, _begins, _has_ended
    _waiter, _begins, _has_ended = waiter, begins, has_ended
    ExecutionWorker.start = _start
    ExecutionWorker._execution_logic = _run
    Program.eval = _evaluate
    StepFunctionsParserBackend._get_executions = _begun
    Environment.set_stop = _set_stop
    Environment.set_error = _set_error


def _start(self: Any) -> None:
    _begins(_arn(self))
    self.begun = threading.Event()
    _waiting().begin_work()
    start(self)
    self.begun.wait()


def _run(self: Any) -> None:
    """The thread of an execution, to its end and the delivery of that."""
    waiter = _waiting()
    _here.begun = self.begun
    try:
        logic(self)
    finally:
        self.begun.set()
        try:
            with waiter.for_a_run():
                _has_ended(_arn(self))
        finally:
            waiter.check()  # another execution may wait for this end
            waiter.end_work()


def _evaluate(self: Any, env: Any) -> None:
    """As moto does; the execution can be stopped as soon as it has a state.

    A branch whose execution was stopped before the branch began has nothing to do: moto would wait for it for ever.
    """
    try:
        env.next_state_name = self.start_at.start_at_name
    except RuntimeError:
        return
    if (begun := getattr(_here, "begun", None)) is not None:
        begun.set()
    thread = threading.Thread(target=EvalComponent.eval, args=(self, env), daemon=True)
    thread.start()
    thread.join(timeout=self.timeout_seconds.timeout_seconds if self.timeout_seconds else None)
    if thread.is_alive():
        env.set_timed_out()


def _begun(self: Any, *arguments: Any, **named: Any) -> list[Any]:
    """The executions that have got as far as having task tokens."""
    return [found for found in executions_of(self, *arguments, **named) if found.exec_worker and found.exec_worker.env]


def _set_stop(self: Any, *arguments: Any, **named: Any) -> None:
    set_stop(self, *arguments, **named)
    _waiting().check()


def _set_error(self: Any, error: Any) -> None:
    """An execution that was stopped has been stopped, whatever fails because of that."""
    if not isinstance(self._program_state, ProgramStopped):
        set_error(self, error)
    _waiting().check()


def _arn(worker: Any) -> str:
    return str(worker._evaluation_details.execution_details.arn)


def _waiting() -> Waiter:
    if _waiter is None:
        raise RuntimeError("the emulator is not installed")
    return _waiter
