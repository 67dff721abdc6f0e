"""The history that a command reads: this computer's, or that of a stage in AWS."""

from local.aws.stack import Stack, requests_of_jobs, stack_of
from local.history.files import Files
from local.history.history import History
from local.history.running import WithRunning
from local.history.running_here import RunningHere
from local.history.table import Table


def history_of(stage: str | None) -> History:
    """The history of a stage, or of this computer if it is None, with what still runs.

    Raises CannotGoOn where there is no such stack, or it keeps no history, and what AWS answers.
    """
    if stage is None:
        return RunningHere(Files())
    return history_of_stack(stack_of(stage))


def history_of_stack(stack: Stack) -> History:
    """The history of a stack, with what still runs. Raises CannotGoOn where it keeps none."""
    machines = (stack.state_machine, stack.batch_machine)
    return WithRunning(Table(stack.history_table, machines), machines, lambda: requests_of_jobs(stack))
