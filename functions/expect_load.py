"""Was the job's table loaded by the time that its file expects it (``expectBy``)? Called at that time.

The answer is a metric with an alarm on it, so that it is told also when no run was ever started.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.metric_names import LOAD_MISSING, NAMESPACE, SERVICE
from functions.run.loads import JobLoads
from functions.run.record import run_table
from functions.telemetry import logger, tracer


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Look for a load since the same time of the day before.

    The event holds ``job``, ``timeZone`` and ``scheduledTime`` (ISO 8601). Returns ``missing``.
    """
    job = event["job"]
    loaded_at = JobLoads(run_table()).last(job)
    since = day_before(datetime.fromisoformat(event["scheduledTime"]), ZoneInfo(event["timeZone"]))
    missing = loaded_at is None or loaded_at <= since.timestamp()
    with single_metric(LOAD_MISSING, MetricUnit.Count, int(missing), namespace=NAMESPACE) as metric:
        metric.add_dimension("job", job)
        metric.add_dimension("service", SERVICE)
    logger.info("looked for the job's load", extra={"job": job, "since": since.isoformat(), "missing": missing})
    return {"missing": missing}


def day_before(at: datetime, zone: ZoneInfo) -> datetime:
    """The same time of the day before, as clocks in ``zone`` show it."""
    local = at.astimezone(zone)
    return datetime.combine(local.date() - timedelta(days=1), local.time(), zone)
