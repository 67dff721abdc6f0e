"""After the clean-up: does the run succeed, fail, or try again?"""

from functions.run.conclusion import conclude
from functions.run.failure import close
from functions.step import Answer, Step, cleanup_step


@cleanup_step
def handler(step: Step) -> Answer:
    """Decide and, unless another attempt follows, close the run with its outcome.

    Returns ``end``: Succeed (with ``output``), Fail (with ``error`` and ``cause``), Again (with
    ``waitSeconds``), or Ask (with ``askSeconds`` and, if an answer was refused, its ``refusal``).
    """
    return close(step.run, conclude(step.run, step.event["failure"], saving=step.event["saving"]))
