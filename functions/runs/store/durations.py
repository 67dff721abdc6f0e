"""How long each datamart's last successful runs took, and each cube's publications: an item each, to poll by.

::

    executionArn: durations/<connection>/<project>/<datamart>, seconds, prompts, lastRun, expiresAt (TTL)

and failures in a row of runs without a job (:mod:`functions.runs.store.series`).

``seconds`` are those of at most 20 runs, oldest first; ``prompts`` is how many the last of them answered.
"""

import math

from functions import clock
from functions.runs.model import Polling, Run
from functions.runs.polling import MOST_DURATIONS
from functions.runs.store.item_format import Item
from functions.runs.store.series import FIELDS
from functions.runs.store.table import RunTable, expiry


def load_durations(table: RunTable, connection: str | None, project_id: str, datamart_id: str) -> Polling:
    """What is known of the datamart's last successful runs; empty before the first."""
    item = table.load(_key(connection, project_id, datamart_id)) or {}
    numbers = [seconds for seconds in item.get("seconds", ()) if isinstance(seconds, int | float)]
    durations = tuple(seconds for seconds in numbers if math.isfinite(seconds) and seconds >= 0)
    return Polling(durations[-MOST_DURATIONS:], item.get("prompts", 0))


def record_durations(table: RunTable, run: Run, seconds: tuple[float, ...]) -> Item:
    """Replace the durations of the run's datamart: runs of one datamart follow each other, so none is overwritten.

    Returns the item as it then is. A run of a job ends the failures of the datamart's runs without one: nobody has to
    be told later that it is loaded again. Raises ConditionFailed if this run's are recorded.
    """
    now = clock.now()
    return table.change(
        key_of_datamart(run),
        put={
            "seconds": list(seconds),
            "prompts": len(run.attempt.prompts),
            "lastRun": run.arn,
            "expiresAt": expiry(now),
        },
        remove=FIELDS if run.job_name else (),
        condition="attribute_not_exists({lastRun}) OR {lastRun} <> :run",
        condition_values={"run": run.arn},
    )


def record_durations_of(table: RunTable, run: Run, object_id: str, seconds: tuple[float, ...]) -> None:
    """The same for publications of a cube, whose item is like that of a datamart.

    Raises ConditionFailed if one of this run is recorded.
    """
    table.change(
        _key(run.connection, run.project_id, object_id),
        put={"seconds": list(seconds), "lastRun": run.arn, "expiresAt": expiry(clock.now())},
        condition="attribute_not_exists({lastRun}) OR {lastRun} <> :run",
        condition_values={"run": run.arn},
        returned=False,
    )


def key_of_datamart(run: Run) -> str:
    """The key of the item of a run's datamart. Raises AttributeError before describe_datamart has found it."""
    return _key(run.connection, run.project_id, run.datamart_id)


def _key(connection: str | None, project_id: str, datamart_id: str) -> str:
    return f"durations/{connection}/{project_id}/{datamart_id}"
