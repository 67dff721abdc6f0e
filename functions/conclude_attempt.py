"""After the clean-up: does the run succeed, fail, or try again?"""

from functions.run.conclusion import conclude
from functions.step import Answer, Step, cleanup_step


@cleanup_step
def handler(step: Step) -> Answer:
    """Decide and, unless another attempt follows, close the run with its outcome.

    Returns ``end``: Succeed (with ``output``), Fail (with ``error`` and ``cause``) or Again (with ``waitSeconds``).
    """
    conclusion = conclude(step.run, step.event["failure"], saving=step.event["saving"])
    if conclusion["end"] != "Again":
        step.run.end({"loaded": step.run.loaded, **{k: conclusion.get(k) for k in ("end", "error", "cause")}})
    return conclusion
