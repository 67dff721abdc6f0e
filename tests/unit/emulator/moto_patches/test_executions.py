"""Executions of moto: a stop may come at any moment."""

from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_parallel.branch_worker import BranchWorker
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped

from local.emulator.moto_patches.executions import _evaluate


def test_a_branch_that_is_stopped_before_it_begins_has_ended() -> None:
    ended: list[Any] = []
    env = Environment.__new__(Environment)
    env._program_state = ProgramStopped("now", None, None)
    program = SimpleNamespace(start_at=SimpleNamespace(start_at_name="LogIn"), timeout_seconds=None)
    program.eval = lambda its_env: _evaluate(program, its_env)
    worker = BranchWorker(SimpleNamespace(on_terminated=lambda env: ended.append(env)), program, env)
    worker.start()
    worker._worker_thread.join()
    assert ended == [env]
