"""After the clean-up, whatever became of it: does the run succeed, fail, or try again? Other runs may go on now."""

from functions.run.admission import give_back
from functions.run.conclusion import conclude
from functions.run.failure import close
from functions.run.record import run_table
from functions.step import Answer, Step, cleanup_step


@cleanup_step
def handler(step: Step) -> Answer:
    """Decide and, unless another attempt follows, close the run with its outcome; then give back what it held.

    Returns ``end``: Succeed (with ``output``), Fail (with ``error`` and ``cause``), Again (with
    ``waitSeconds`` and ``waitsFor``, the reason), or Ask (with ``askSeconds`` and, if an answer was refused, its
    ``refusal``).
    """
    conclusion = close(step.run, conclude(step.run, step.event["failure"], saving=step.event["saving"]))
    give_back(run_table(), step.run)
    return conclusion
