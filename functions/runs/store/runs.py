"""The run itself: how its item begins, what the steps find out about it, and how it ends."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from functions import clock
from functions.errors import InvalidRequest, RunAlreadyEnded
from functions.requests.batches.membership import BatchMembership
from functions.requests.follow_ups import THEN
from functions.requests.prompt_answers import named_by
from functions.requests.started import UNTOLD, Started
from functions.runs.message import TriggerMessage
from functions.runs.model import Definition, Polling, Prompt, Run, ServerObject, Target
from functions.runs.outcome import Again, AttemptEnd, Conclusion, Fail, Outcome, Succeed
from functions.runs.output import SUPERSEDED_BY
from functions.runs.queue import Pause, counted_wait
from functions.runs.store.follow_up_format import stored_follow_ups
from functions.runs.store.item_format import Item, run_of
from functions.runs.store.record import RunRecord
from functions.runs.store.table import RunTable, expiry
from functions.text import shorten

if TYPE_CHECKING:  # it compiles the schemas of requests, which only prepare_run needs
    from functions.requests.execution_input import Start

LONGEST_NAME = 100
"""Bytes that are kept of the name by which the request answers a prompt: only messages show it."""


def begin_run(
    table: RunTable,
    execution_arn: str,
    start: "Start",
    max_concurrent_runs: int = 1,
    message: TriggerMessage | None = None,
    batch: BatchMembership | None = None,
    started: Started | None = None,
) -> RunRecord:
    """Write the item of a new run, or read the one that an earlier invocation wrote.

    ``max_concurrent_runs`` is the connection's, ``message`` what started the run beside others, ``batch`` what it is an
    item of, ``started`` who started it.

    Raises
    ------
    RunAlreadyEnded
        The run has ended before: this is a redrive.
    """
    request = start.request
    now = clock.now()
    deadline = now + 60 * request["timeoutMinutes"]
    asks = request["unanswered"] == "ask"
    item = table.create(
        _empty(execution_arn)
        | {
            "startedAt": now,
            "deadline": deadline,
            "expiresAt": expiry(deadline),
            "job": start.job,
            "asOf": start.as_of,
            "connection": request["connection"],
            "maxConcurrentRuns": max_concurrent_runs,
            "onConflict": request["onConflict"],
            "asked": _named_in(request),
        }
        | _of_the_queue(request)
        | stored_follow_ups(request)
        | ({"followUpsOf": start.follow_ups_of} if start.follow_ups_of else {})
        | ({"burst": True} if start.burst else {})
        | ({"rerunIfReplacing": True} if request["rerunIfReplacing"] else {})
        | ({"asking": _no_questions(request["askDeadlineHours"])} if asks else {})
        | _stored_message(message)
        | _stored_batch(batch)
        | _stored_start(started)
    )
    run = RunRecord(table, item, 0)
    if run.ended:
        raise RunAlreadyEnded("this run has ended, and a run cannot be redriven; start a new one.")
    return run


def record_request(run: RunRecord, request: dict[str, Any]) -> None:
    """Record the prompts and follow-ups that the request names now, unless an attempt has begun.

    A job's file may have changed while the run waited.
    """
    named, follow_ups = _named_in(request), stored_follow_ups(request)
    known = None if run.requested is None else list(run.requested.prompts)
    if known is not None and (known, _given(run)) != (named["prompts"], request.get(THEN, [])):
        remove = () if follow_ups else ("followUps",)
        run.write_if("{attempt} = :none", {"none": 0}, put={"asked": named} | follow_ups, remove=remove)


def _given(run: Run) -> list[dict[str, str]]:
    """The follow-ups as the request names them."""
    return [{one.kind.key: one.given} for one in run.follow_ups]


def refuse_run(
    table: RunTable,
    execution_arn: str,
    job_name: str | None,
    as_of: str | None,
    reason: str | None,
    message: TriggerMessage | None = None,
    batch: BatchMembership | None = None,
    started: Started | None = None,
) -> RunRecord:
    """Write the item of a run whose request was refused, so that its end, too, is notified once.

    ``reason`` is None where nothing is known but that it failed; the others are as in :func:`begin_run`.
    """
    now = clock.now()
    outcome = {"end": AttemptEnd.FAIL, "error": InvalidRequest.name, "reason": reason, "loaded": "no"}
    item = table.create(
        _empty(execution_arn)
        | {"startedAt": now, "deadline": now, "endedAt": now, "job": job_name, "asOf": as_of}
        | {"expiresAt": expiry(now)}
        | ({"outcome": outcome} if reason else {})
        | _stored_message(message)
        | _stored_batch(batch)
        | _stored_start(started)
    )
    return RunRecord(table, item, 0)


def _empty(execution_arn: str) -> Item:
    """A run about which nothing is known yet."""
    counters = {"attempt": 0, "attempts": {}, "polls": 0}
    return {"executionArn": execution_arn} | counters | {"claimed": {}, "told": {}}


def _no_questions(hours: int) -> Item:
    """What is known of a run's questions before the first."""
    return {"hours": hours, "answers": [], "fresh": 0, "refused": {}, "seconds": 0}


def _named_in(request: dict[str, Any]) -> Item:
    """What the request names: :class:`functions.runs.model.Requested`."""
    return {
        "project": request["project"],
        "datamart": request["datamart"],
        "prompts": [shorten(named_by(answer)[1], LONGEST_NAME) for answer in request["prompts"]],
    }


def _of_the_queue(request: dict[str, Any]) -> Item:
    """What the request says of its place in the queue; nothing where it says what all do."""
    defaults = {"priority": "normal", "queueMinutes": Run.queue_minutes}
    return {key: request[key] for key, default in defaults.items() if request[key] != default}


def _stored_message(message: TriggerMessage | None) -> Item:
    if message is None:
        return {}
    return {"message": {"id": message.id, "runs": message.runs, "object": message.object}}


def _stored_start(started: Started | None) -> Item:
    """Nothing of a start that nobody said anything of: most items are to fit a unit of DynamoDB."""
    return {} if started in (None, UNTOLD) else {"started": started.as_input()}


def _stored_batch(batch: BatchMembership | None) -> Item:
    return {} if batch is None else {"batch": batch.as_json()}


def load_run(table: RunTable, execution_arn: str, number: int | None) -> RunRecord:
    """Read the run, at an attempt; None: at its newest one, 0 before the first.

    Raises RunAlreadyEnded if it does not exist: its item expired, or it never passed its first step.
    """
    item = table.load(execution_arn)
    if item is None:
        raise RunAlreadyEnded("there is no record of this run any more; start a new one.")
    return RunRecord(table, item, item.get("attempt", 0) if number is None else number)


def find_run(table: RunTable, execution_arn: str) -> RunRecord | None:
    """Read the run, at its newest attempt; None if there is no item of it."""
    item = table.load(execution_arn)
    return None if item is None else RunRecord(table, item, item.get("attempt", 0))


def find_runs(table: RunTable, execution_arns: Sequence[str]) -> list[Run]:
    """Read the runs, those of them that there are, without an attempt to work on."""
    return [run_of(item) for item in table.load_all(execution_arns).values()]


# -- its time in the queue ----------------------------------------------------------------------------------------


def begin_queueing(run: RunRecord) -> None:
    """Record since when the run waits in the queue, unless it does already."""
    if run.queued_since is None:
        run.write_if(
            "attribute_not_exists({queued.since}) AND attribute_not_exists({endedAt})",
            put={"queued": {"since": clock.now()} | _queued(run.queued_seconds, run.paused_seconds)},
        )


def end_queueing(run: RunRecord, pauses: Collection[Pause] = ()) -> None:
    """The run waits no longer: its deadline does not count the time that it waited, nor ``queueMinutes`` the pauses."""
    since = run.queued_since
    if since is None:
        return
    now = clock.now()
    waited = round(now - since, 3)
    paused = round(waited - counted_wait(pauses, run.job_name, since, now), 3)
    run.write_if(
        "{queued.since} = :since",
        {"since": since},
        put={
            "queued": _queued(run.queued_seconds + waited, run.paused_seconds + paused),
            "deadline": run.deadline + waited,
            "expiresAt": run.expires_at + int(waited),
        },
    )


def _queued(seconds: float, paused: float) -> Item:
    return {"seconds": seconds} | ({"paused": paused} if paused > 0 else {})


# -- what is found out about it -----------------------------------------------------------------------------------


def record_datamart(
    run: RunRecord,
    project: ServerObject,
    datamart: ServerObject,
    target: Target,
    definition: Definition,
    polling: Polling,
) -> None:
    """Record what the names of the request lead to, what the datamart is going to write, and how to poll its job."""
    limit = definition.max_execution_seconds
    limits = {} if limit is None else {"maxExecutionSeconds": limit}
    run.write(
        put={
            "project": project.as_json(),
            "datamart": datamart.as_json(),
            "target": target.as_json(),
            "definition": {"readable": definition.readable, "runsExtraSql": definition.runs_extra_sql} | limits,
            "polling": {
                "durations": list(polling.durations),
                "prompts": polling.prompts,
                "longestWait": polling.longest_wait,
            },
        }
    )


def set_save_folder(run: RunRecord, folder_id: str) -> None:
    """Record where the definition will be saved."""
    run.write(put={"saveFolderId": folder_id})


def record_saved(run: RunRecord, object_id: str) -> None:
    """Record that the definition was saved."""
    run.write(put={"saved": {"objectId": object_id}})


def record_unanswered(run: RunRecord, prompts: list[Prompt]) -> None:
    """Record the open prompts that nothing answers, whole: the error's text has only as much as fits."""
    run.write(put={"unanswered": {"attempt": run.number, "prompts": prompts}})


def record_end_of_series(run: RunRecord) -> None:
    """Record that the run loads a datamart whose runs had failed before."""
    if not run.ends_series:
        run.write(put={"endsSeries": True})


def count_poll(run: RunRecord) -> None:
    """Count a look at the job's status that has shown nothing else to record."""
    run.write(add={"polls": 1})


def count_lost_login(run: RunRecord) -> None:
    """Count a login whose response was lost."""
    run.write(add={"lostLogIns": 1})


# -- its end ------------------------------------------------------------------------------------------------------


def record_conclusion(run: RunRecord, conclusion: Conclusion, lease_free: bool = False) -> None:
    """Close the run with a conclusion that ends it, or record what another attempt waits for.

    ``lease_free`` is whether the run has given its lease back.
    """
    # An invocation that comes late concludes an earlier attempt: the run goes on.
    if isinstance(conclusion, (Succeed, Fail)) and run.number == run.newest_attempt:
        end_run(run, _outcome(run, conclusion), lease_free)
    if isinstance(conclusion, Again) and conclusion.waits_for is not None:
        run.write(put={"waitsFor": conclusion.waits_for})


def _outcome(run: Run, conclusion: Succeed | Fail) -> Outcome:
    if isinstance(conclusion, Succeed):
        return Outcome(AttemptEnd.SUCCEED, run.loaded, superseded_by=conclusion.output.get(SUPERSEDED_BY))
    return Outcome(AttemptEnd.FAIL, run.loaded, conclusion.error, conclusion.reason, conclusion.advice)


def end_run(run: RunRecord, outcome: Outcome, lease_free: bool = False) -> bool:
    """Close the run with its outcome; False if it was closed before (the first outcome stays)."""
    optional = {
        **{"error": outcome.error, "reason": outcome.reason, "advice": outcome.advice},
        "supersededBy": outcome.superseded_by,
    }
    known = {name: value for name, value in optional.items() if value is not None}
    return _close(run, {"loaded": outcome.loaded, "end": outcome.end} | known, lease_free)


def end_run_from_outside(run: RunRecord, status: str, error: str | None) -> bool:
    """Close a run whose execution ended with ``status`` before it was concluded; False as :func:`end_run`."""
    return _close(run, {"loaded": run.loaded, "end": status, "error": error})


def _close(run: RunRecord, outcome: Item, lease_free: bool = False) -> bool:
    if run.ended:
        return False
    # The token of an open question is removed: nobody can answer any more. Nor does anybody look at the job.
    not_needed = ("question", "polling")
    usual = {} if run.usual_seconds is None else {"usual": round(run.usual_seconds, 3)}
    ended = {"endedAt": clock.now(), "outcome": outcome} | usual | ({"leaseFree": True} if lease_free else {})
    return run.write_if("attribute_not_exists({endedAt})", put=ended, remove=not_needed)
