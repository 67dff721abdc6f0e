"""What polling learns from run to run: how long the datamart's jobs took, and how long the server keeps a session.

Neither may end a run: what cannot be read or written is done without, and waits are chosen as if nothing were known.
"""

from botocore.exceptions import BotoCoreError, ClientError

from functions.errors import LibraryError
from functions.lifecycle.step import Step
from functions.runs.model import Polling
from functions.runs.polling import longest_wait, with_duration
from functions.runs.store.durations import load_durations, record_durations
from functions.runs.store.item_format import Item
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import record_end_of_series
from functions.runs.store.series import is_in
from functions.runs.store.table import ConditionFailed
from functions.telemetry import logger

SECONDS_TO_ASK = 10.0
"""Seconds that the server may take to tell its idle timeout."""


def polling_of(step: Step, project_id: str, datamart_id: str) -> Polling:
    """What the run's looks depend on; the server is asked in the run's first attempt only."""
    known = step.run.polling
    longest = known.longest_wait if known else longest_wait(_idle_timeout(step))
    return _earlier_runs(step.run, project_id, datamart_id)._replace(longest_wait=longest)


def _idle_timeout(step: Step) -> int | None:
    """Seconds without a call after which the server ends the session (API.md 2.5); None if it does not tell."""
    client = step.library
    client.budget = min(SECONDS_TO_ASK, step.budget)
    try:
        return client.probe().timeout_seconds
    except LibraryError as error:
        logger.info("the server does not tell its idle timeout", extra={"reason": str(error)})
        return None


def _earlier_runs(run: RunRecord, project_id: str, datamart_id: str) -> Polling:
    try:
        return load_durations(run.table, run.connection, project_id, datamart_id)
    except (ClientError, BotoCoreError) as error:
        logger.warning("the durations of earlier runs cannot be read", extra={"reason": str(error)})
        return Polling()


def record_run_duration(run: RunRecord) -> None:
    """Record how long the job took that was just found loaded, and whether runs of the datamart had failed before."""
    seconds = run.job_seconds
    if seconds is None or run.ended:  # a run that was stopped meanwhile has no durations of the runs before it any more
        return
    earlier = run.polling.durations if run.polling else ()
    try:
        item = _recorded(run, with_duration(earlier, seconds))
        if run.job_name is None and is_in(item):
            record_end_of_series(run)
    except (ClientError, BotoCoreError) as error:
        logger.warning("the run's duration cannot be recorded", extra={"reason": str(error)})


def _recorded(run: RunRecord, seconds: tuple[float, ...]) -> Item:
    try:
        return record_durations(run.table, run, seconds)
    except ConditionFailed as refused:  # an earlier invocation has recorded this run
        return refused.item or {}
