"""After the clean-up, whatever became of it: does the run succeed, fail, or try again? Other runs may go on now."""

from functions.handlers._decorators import cleanup_step
from functions.lifecycle.step import Step, StepResult
from functions.runs.conclusion import conclude
from functions.runs.concurrency import give_back
from functions.runs.failure import close
from functions.runs.run_table import run_table


@cleanup_step
def handler(step: Step) -> StepResult:
    """Decide and, unless another attempt follows, close the run with its outcome; then give back what it held.

    Returns ``end``: Succeed (with ``output``), Fail (with ``error`` and ``cause``), Again (with
    ``waitSeconds`` and ``waitsFor``, the reason), or Ask (with ``askSeconds`` and, if an answer was refused, its
    ``refusal``).
    """
    conclusion = close(step.run, conclude(step.run, step.event["failure"], saving=step.event["saving"]))
    give_back(run_table(), step.run)
    return conclusion
