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
        told = {key: conclusion.pop(key, None) for key in ("reason", "advice")}
        step.run.end({"loaded": step.run.loaded, "end": conclusion["end"], "error": conclusion.get("error"), **told})
    return conclusion
