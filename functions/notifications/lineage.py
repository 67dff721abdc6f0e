"""OpenLineage: the events about a run or a batch that catalogues of data draw their graphs from.

Each end puts two RunEvents (OpenLineage 2-0-2) on the default event bus: START, and COMPLETE, FAIL or ABORT. A rule of
the stack sends them on (infra/constructs/lineage.py). ``source`` is ``datamart-runner``, ``detail-type`` is
``OpenLineage Run Event``; the detail is the event as OpenLineage has it.
"""

import json
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from functions import clock
from functions.names import BATCHES, PRODUCT
from functions.notifications.batch_end import BatchEnd
from functions.notifications.end_event import put_events
from functions.notifications.exactly_once import once
from functions.notifications.run_end import End
from functions.runs.batches.model import BatchRun
from functions.runs.model import Run
from functions.runs.notification import Notification
from functions.runs.store.record import NotifiedRecord
from functions.text import printable, shorten

DETAIL_TYPE = "OpenLineage Run Event"

SPEC = "https://openlineage.io/spec"

PRODUCER = f"urn:{PRODUCT}"

LONGEST_NAME = 1_000
"""Bytes of a name of a job or a table: a request may call a datamart anything."""

KINDS = {"SUCCEEDED": "COMPLETE", "FAILED": "FAIL", "TIMED_OUT": "FAIL", "ABORTED": "ABORT"}
"""From Step Functions' status of an end to OpenLineage's event type."""

Event = dict[str, Any]
"""A RunEvent as JSON."""


@dataclass(frozen=True)
class Lineage:
    """What the settings say: the namespace of the tables of each database instance, by the instance's name."""

    namespaces: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_stage(cls) -> "Lineage | None":
        """The function's (environment variable ``OPEN_LINEAGE``); None where the settings ask for no events."""
        written = os.environ.get("OPEN_LINEAGE")
        return cls(json.loads(written)["namespaces"]) if written else None


def send_once(record: NotifiedRecord, execution_arn: str, events_of: Callable[[Lineage], list[Event]]) -> None:
    """Put the events about an end, once, where the stage's settings ask for them.

    Raises RuntimeError when EventBridge did not take them, or NotificationInProgress: call it again later.
    """
    lineage = Lineage.of_stage()
    if lineage is None or Notification.LINEAGE in record.notified:
        return
    once(record, Notification.LINEAGE, lambda: put_events(DETAIL_TYPE, execution_arn, *events_of(lineage)))


def of_run(end: End, batch: BatchRun | None, lineage: Lineage) -> list[Event]:
    """The events about a run; ``batch`` is the one that started it."""
    run = end.run
    facets = _nominal_time(run.as_of) | (_parent(batch.arn, _cut(batch.name_in_words)) if batch else {})
    last = run.finished_at or run.ended_at or clock.now()
    job = _job(run.arn, _name_of_job(end), "JOB")
    error = _error(end.status, end.error, end.reason)
    return _events(run.arn, job, facets, error, (run.started_at, last), end.status, _outputs(run, end.loaded, lineage))


def of_batch(end: BatchEnd) -> list[Event]:
    """The events about a batch; its tables are those of its runs."""
    batch = end.batch
    job = _job(batch.arn, _cut(batch.name_in_words), "DAG")
    error = _error(end.status, end.error, end.reason)
    times = (batch.started_at, batch.ended_at or clock.now())
    return _events(batch.arn, job, _nominal_time(batch.as_of), error, times, end.status, [])


def _events(
    execution_arn: str,
    job: dict[str, Any],
    facets: dict[str, Any],
    error: dict[str, Any],
    times: tuple[float, float],
    status: str,
    outputs: list[dict[str, Any]],
) -> list[Event]:
    def event(kind: str, at: float, more: dict[str, Any], written: list[dict[str, Any]]) -> Event:
        return {
            "eventTime": clock.timestamp(at),
            "eventType": kind,
            "producer": PRODUCER,
            "schemaURL": f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {"runId": run_id(execution_arn), "facets": facets | more},
            "job": job,
            "inputs": [],
            "outputs": written,
        }

    return [event("START", times[0], {}, []), event(KINDS[status], times[1], error, outputs)]


def run_id(execution_arn: str) -> str:
    """The UUID of a run or a batch, the same in each event about it."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, execution_arn))


def _facet(name: str, version: str, **content: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": f"{SPEC}/facets/{version}/{name}.json#/$defs/{name}"} | content


def _namespace(execution_arn: str) -> str:
    """That of the stage's jobs: the name of its state machine of runs."""
    return execution_arn.split(":")[-2].removesuffix(BATCHES)


def _job(execution_arn: str, name: str, kind: str) -> dict[str, Any]:
    made = _facet("JobTypeJobFacet", "2-0-4", processingType="BATCH", integration="MICROSTRATEGY", jobType=kind)
    return {"namespace": _namespace(execution_arn), "name": name, "facets": {"jobType": made}}


def _name_of_job(end: End) -> str:
    """The named job; of another run project and datamart, as far as they are known."""
    run = end.run
    if run.job_name:
        return _cut(run.job_name)
    asked = run.requested.project if run.requested else None
    project = (run.project and run.project.name) or (asked if isinstance(asked, str) else None)
    return _cut("/".join(filter(None, (project, end.datamart))))


def _cut(name: str) -> str:
    return shorten(printable(name), LONGEST_NAME)


def _nominal_time(as_of: str | None) -> dict[str, Any]:
    """The time that the run is about; what names no moment is left out."""
    try:
        moment = datetime.fromisoformat(as_of or "")
    except ValueError:
        return {}
    if moment.tzinfo is None:
        return {}
    start = clock.timestamp(moment.astimezone(UTC).timestamp())
    return {"nominalTime": _facet("NominalTimeRunFacet", "1-0-1", nominalStartTime=start)}


def _parent(batch_arn: str, name: str) -> dict[str, Any]:
    parent = {"run": {"runId": run_id(batch_arn)}, "job": {"namespace": _namespace(batch_arn), "name": name}}
    return {"parent": _facet("ParentRunFacet", "1-2-0", **parent, root=parent)}


def _error(status: str, error: str | None, reason: str) -> dict[str, Any]:
    if status == "SUCCEEDED":
        return {}
    message = ": ".join(filter(None, (error, reason))) or status
    return {"errorMessage": _facet("ErrorMessageRunFacet", "1-0-1", message=message, programmingLanguage="Python")}


def _outputs(run: Run, loaded: str, lineage: Lineage) -> list[dict[str, Any]]:
    """The table, unless the run did not touch it; that it was replaced is said only where it is known."""
    target = run.target
    if loaded == "no" or run.follow_ups_of is not None or target is None or not target.table:
        return []
    source = printable(target.source or "unknown")
    facets = {}
    if loaded == "yes" and target.append is False:
        name, version = "LifecycleStateChangeDatasetFacet", "1-0-1"
        facets["lifecycleStateChange"] = _facet(name, version, lifecycleStateChange="OVERWRITE")
    namespace = lineage.namespaces.get(source, source)
    return [{"namespace": namespace, "name": _cut(target.table), "facets": facets}]
