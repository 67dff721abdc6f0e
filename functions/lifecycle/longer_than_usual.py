"""Notifies people of a run that takes longer than usual, while it still goes on. Once a run, at a look at its job.

Nothing of it ends or delays a run: what cannot be sent is left to the next look. Where a warehouse is slow, every run
of a night takes longer: people get a few notifications an hour, of a batch one, and the metric counts all.
"""

from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import BotoCoreError, ClientError

from functions import clock
from functions.metric_names import LONGER_THAN_USUAL
from functions.notifications import longer_notice
from functions.notifications.exactly_once import NotificationInProgress
from functions.notifications.publish import Notice, notify_once
from functions.runs.job_state import JobState
from functions.runs.model import Run
from functions.runs.notification import Notification
from functions.runs.store.notices import count_longer
from functions.runs.store.record import RunRecord
from functions.runs.usual import Usual
from functions.telemetry import logger, metrics

MOST_AN_HOUR = 5
"""Notifications an hour about the runs of one connection; the last of them says that no more follow."""

MOST_OF_A_BATCH = 1
"""The same about the items of one batch, whose end speaks for all of them."""


def notify_if_longer(run: RunRecord) -> None:
    """Notify people if the job that was just seen running takes longer than the datamart's last loads did.

    Writes nothing as long as it does not.
    """
    found = _longer(run)
    if found is None:
        return
    usual, began = found
    is_new = Notification.LONGER not in run.notified
    try:
        notify_once(run, lambda: _notice(run, usual, began), Notification.LONGER)
    except NotificationInProgress:
        return
    except (ClientError, BotoCoreError) as error:
        logger.warning("people were not notified that the run takes longer", extra={"reason": str(error)})
    if is_new and Notification.LONGER in run.notified:
        metrics.add_metric(name=LONGER_THAN_USUAL, unit=MetricUnit.Count, value=1)
        known = {"usualSeconds": usual.seconds, "longestSeconds": round(usual.longest, 1)}
        logger.info("the run takes longer than usual", extra={"seconds": round(clock.now() - began, 1)} | known)


def _notice(run: RunRecord, usual: Usual, began: float) -> Notice | None:
    among, most = (run.connection, MOST_AN_HOUR) if run.batch is None else (run.batch.execution, MOST_OF_A_BATCH)
    number = count_longer(run.table, among)
    if number > most:
        return None
    return longer_notice.notice(run, usual, began, is_last=number == most)


def _longer(run: Run) -> tuple[Usual, float] | None:
    """What is usual and since when the job runs, if that is longer and people are not notified yet."""
    began, usual = run.attempt.on_its_own_since, Usual.of(run.polling.durations if run.polling else ())
    if began is None or usual is None or run.attempt.job_state is not JobState.ACCEPTED:
        return None
    what = Notification.LONGER
    is_told = what in run.notified and not what.chat_is_due(run.claimed, run.notified)
    return (usual, began) if clock.now() - began >= usual.longest and not is_told else None
