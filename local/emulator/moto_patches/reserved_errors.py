"""Lets a branch, an iteration, a function or a person report an error named ``States.…``, which moto refuses.

A state's timeout inside a Parallel or a Map reaches the state around it on AWS, whose Catch takes it. moto makes a
ValueError of it ("Custom Error Names MUST NOT begin with the prefix 'States.'"), which nothing can catch. It uses the
same class for a Fail state, for what a function or a person reports, and rightly for a definition's ErrorEquals: that
one stays strict.
"""

from typing import Any

from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import iteration_worker
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel import branches_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_lambda
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
    state_task_service_lambda,
)
from moto.stepfunctions.parser.asl.component.state.fail import state_fail

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

REPORTING: tuple[Any, ...] = (
    branches_decl,
    iteration_worker,
    state_fail,
    state_task_lambda,
    state_task_service_callback,
    state_task_service_lambda,
)
"""The modules in which an error is named that has happened."""


class _Reported(ErrorName):  # type: ignore[misc]  # moto has no types
    """An error by whatever name it was reported."""


def install() -> None:
    """Let errors be reported by any name in this process."""
    for module in REPORTING:
        if not hasattr(module, "CustomErrorName"):
            raise ImportError(f"{module.__name__} names errors in another way than in moto {FOR['moto']}")
        module.CustomErrorName = reported


def reported(error_name: str | None) -> ErrorName:
    """The error under that name: a reserved one as moto knows it, so that States.TaskFailed does not match it."""
    try:
        return StatesErrorName.from_name(str(error_name))
    except ValueError:
        return _Reported(error_name)
