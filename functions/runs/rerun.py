"""May a run whose job was lost execute its datamart once more (DESIGN.md "Losing the session or the instance")?"""

from functions.runs.job_state import Job
from functions.runs.run_table import Item


def may_rerun(item: Item) -> bool:
    """Whether a second load would only do the first one's work again.

    It was asked for (``rerunIfReplacing``), the definition could be read, it replaces the table and runs no SQL of its
    own, and it happens once. That the lost job has ended is found out by the next attempt, before it orders anything.
    """
    definition, target = item.get("definition") or {}, item.get("target") or {}
    lost = [attempt for attempt in item["attempts"].values() if attempt.get("job") == Job.LOST.value]
    harmless = definition.get("readable") and not definition.get("runsExtraSql") and target.get("append") is False
    return bool(item.get("rerunIfReplacing") and harmless and len(lost) == 1)
