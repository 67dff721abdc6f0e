"""Lets a Catch lead back to its own state: moto goes on to the state's ordinary ``Next`` instead."""

from typing import Any

from moto.stepfunctions.parser.asl.component.common.catch.catch_outcome import CatchOutcome
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

# Read here, so that a name that an upgrade of moto changes fails at once.
handle_catch = ExecutionState._handle_catch
set_next = ExecutionState._set_next


def install() -> None:
    """Patch the states that can catch, in this process."""
    ExecutionState._handle_catch = _handle_catch
    ExecutionState._set_next = _set_next


def _handle_catch(self: Any, env: Any, failure_event: Any) -> None:
    handle_catch(self, env, failure_event)
    env.leads_back = env.stack[-1] == CatchOutcome.Caught and env.next_state_name == self.name


def _set_next(self: Any, env: Any) -> None:
    """Go where the Catch leads; moto takes a next state that is this one for one that nothing has set."""
    leads_back, env.leads_back = getattr(env, "leads_back", False), False
    if not leads_back:
        set_next(self, env)
