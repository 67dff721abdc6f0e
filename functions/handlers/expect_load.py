"""Checks at the times of ``expectBy`` whether the tables of those jobs were loaded, and those batches have succeeded.

The result is a metric with an alarm, and a notification that names what is late: people learn of it also when no run
was ever started.
"""

import os
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.aws_clients import in_init
from functions.limits import LATE_CLAIM_SECONDS
from functions.metric_names import LOAD_MISSING, LOADS_MISSING, NAMESPACE, SERVICE
from functions.notifications.late_notice import LateLoad, notice
from functions.notifications.publish import notify_once
from functions.requests.named_jobs import Job
from functions.runs.expected_loads import is_expected_at_minute, jobs_due
from functions.runs.store.last_loads import last_load
from functions.runs.store.notices import begin_late_notice
from functions.runs.store.table import run_table
from functions.telemetry import logger, tracer
from functions.triggers.target import Target, targets

in_init(run_table)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Look for a load of each job and batch that is due now, since the same time of the day before.

    The event holds ``scheduledTime`` (ISO 8601). Returns the names of the jobs and batches that are ``due``, and
    of those whose load is ``missing``. Raises what AWS answers, or NotificationInProgress: the event then comes again.
    """
    # The schedule fires at whole minutes; seconds in the time that it names would make no job due.
    at = datetime.fromisoformat(str(event["scheduledTime"])).replace(second=0, microsecond=0)
    named = {target.name: target for target in targets()}  # no two have the same name
    declared = {name: target.declared for name, target in named.items()}
    due = jobs_due(declared, at)
    if not due:
        _log_that_nothing_is_due(at, declared)
    late = [late for name in due if (late := _late(named[name], at)) is not None]
    if due:
        _count(LOADS_MISSING, len(late))
    if late:
        record = begin_late_notice(run_table(), at.timestamp())
        notify_once(record, lambda: notice(late, os.environ["STAGE"]), claim_seconds=LATE_CLAIM_SECONDS)
    return {"due": due, "missing": [each.name for each in late]}


def _log_that_nothing_is_due(at: datetime, declared: dict[str, Job]) -> None:
    """Most times of the schedule belong to no job; a minute at which none is ever expected should not be in it."""
    if is_expected_at_minute(declared, at):
        logger.info("no load is expected at this time", extra={"at": at.isoformat()})
    else:
        logger.warning("no load is ever expected at this minute of the hour", extra={"at": at.isoformat()})


def _late(target: Target, at: datetime) -> LateLoad | None:
    what, name, declared = target.what, target.name, target.declared
    loaded_at, since = last_load(run_table(), name, what), day_before(at, ZoneInfo(declared["timeZone"]))
    missing = loaded_at is None or loaded_at <= since.timestamp()
    _count(LOAD_MISSING, int(missing), **{what: name})
    logger.info(f"looked for the {what}'s load", extra={what: name, "since": since.isoformat(), "missing": missing})
    return LateLoad(name, declared["expectBy"], declared["timeZone"], loaded_at, what) if missing else None


def _count(name: str, value: int, **dimensions: str) -> None:
    with single_metric(name, MetricUnit.Count, value, namespace=NAMESPACE) as metric:
        for dimension, of in (dimensions | {"service": SERVICE}).items():
            metric.add_dimension(dimension, of)


def day_before(at: datetime, zone: ZoneInfo) -> datetime:
    """The same time of the day before, as clocks in ``zone`` show it."""
    local = at.astimezone(zone)
    return datetime.combine(local.date() - timedelta(days=1), local.time(), zone)
