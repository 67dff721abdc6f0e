"""The record that the history keeps of the end of a run or a batch."""

from typing import Any

from functions import clock
from functions.names import name_of_execution
from functions.notifications.batch_end import BatchEnd
from functions.notifications.run_end import End, skipped_run
from functions.requests.started import UNTOLD
from functions.runs.batches.conclusion import counts_of
from functions.runs.batches.model import BatchRun
from functions.runs.follow_ups import FollowUp
from functions.runs.history import LONGEST_CAUSE, LONGEST_VALUE, HistoryRecord
from functions.runs.model import Reference, Run, ServerObject
from functions.text import one_line, shorten


def record_of(end: End, batch: BatchRun | None) -> HistoryRecord:
    """The record of a run; ``batch`` is the one that it is an item of, where that is known."""
    run, started = end.run, end.run.started or UNTOLD
    finished = run.finished_at or run.ended_at or clock.now()
    skipped = end.status == "SUCCEEDED" and end.loaded == "no"
    failed = end.status != "SUCCEEDED" or end.loaded != "yes"
    target = run.target
    return HistoryRecord(
        id=name_of_execution(run.arn),
        kind="run",
        execution=run.arn,
        status=end.status,
        loaded=end.loaded,
        skipped=skipped,
        error=end.error,
        cause=shorten(skipped_run(run) if skipped else end.reason, LONGEST_CAUSE) if failed else None,
        reason=started.reason,
        job=run.job_name,
        batch=_batch_name(run, batch),
        batch_run=name_of_execution(run.batch.execution) if run.batch else None,
        item=_cut(run.batch.item if run.batch else None),
        datamart=_cut(run.datamart_in_words),
        datamart_id=run.datamart and run.datamart.id.upper(),
        project=_cut(_in_words(run.project, run.requested and run.requested.project)),
        connection=run.connection,
        table=_cut(target and target.table),
        append=target and target.append,
        as_of=run.as_of,
        started_at=clock.timestamp(run.started_at),
        finished_at=clock.timestamp(finished),
        duration_seconds=round(max(0.0, finished - run.started_at - run.queued_seconds), 3),
        queue_seconds=round(run.queued_seconds, 3),
        job_seconds=run.job_seconds,
        usual_seconds=run.usual_seconds,
        follow_ups=[_kept(one) for one in run.follow_ups] or None,
        follow_ups_of=run.follow_ups_of,
        started_by=started.by,
        trigger=started.trigger,
        rerun_of=started.rerun_of,
        attempts=run.newest_attempt,
        polls=run.polls,
    )


def _kept(follow_up: FollowUp) -> dict[str, Any]:
    """A follow-up as a record has it: a reason takes as much room as a name."""
    found = follow_up.as_json()
    return found | {key: _cut(found[key]) for key in ("name", "reason")}


def record_of_batch(end: BatchEnd) -> HistoryRecord:
    """The record of a batch."""
    batch, started = end.batch, end.batch.started or UNTOLD
    finished = batch.ended_at or clock.now()
    loads = {line["loaded"] for line in end.lines}
    return HistoryRecord(
        id=name_of_execution(batch.arn),
        kind="batch",
        execution=batch.arn,
        status=end.status,
        loaded="yes" if loads == {"yes"} else "unknown" if "unknown" in loads else "no",
        error=end.error,
        cause=shorten(end.reason, LONGEST_CAUSE) if end.status != "SUCCEEDED" and end.reason else None,
        reason=started.reason,
        batch=end.name,
        as_of=batch.as_of,
        started_at=clock.timestamp(batch.started_at),
        finished_at=clock.timestamp(finished),
        duration_seconds=round(max(0.0, finished - batch.started_at), 3),
        usual_seconds=end.usual_seconds,
        started_by=started.by,
        trigger=started.trigger,
        rerun_of=started.rerun_of,
        restart_of=name_of_execution(end.plan.restart_of) if end.plan and end.plan.restart_of else None,
        counts=counts_of(batch.states) if batch.states else None,
    )


def _batch_name(run: Run, batch: BatchRun | None) -> str | None:
    """The batch's name, or that of its execution, as the notification of its end has it."""
    if run.batch is None:
        return None
    return (batch and batch.name) or name_of_execution(run.batch.execution)


def _in_words(found: ServerObject | None, requested: Reference | None) -> str | None:
    if found is not None and found.name:
        return found.name
    return requested["name"] if isinstance(requested, dict) else requested


def _cut(text: str | None) -> str | None:
    """Text from a server, a file or a person, as a record has it."""
    return shorten(one_line(text), LONGEST_VALUE) if text else None
