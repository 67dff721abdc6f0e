"""The stored form of the items and how it is read into :mod:`functions.runs.model`.

The run's item, its key the execution's ARN::

    executionArn, startedAt, deadline, expiresAt (TTL)
    job, asOf                                               of the job's trigger; null for a request as typed
    message {id, runs, object}                              of a run that one message started beside others
    batch {execution, item, index}                          of a run that is an item of a batch
    started {by, trigger, reason, rerunOf}                  who or what started it
    connection, asked {project, datamart, prompts}          of the request; of the prompts only their names
    onConflict, rerunIfReplacing, maxConcurrentRuns         of the request, and of its connection
    priority, queueMinutes                                  of the request; missing where they are the defaults
    burst                                                   whether it may be superseded while it waits, if so
    queued {since, seconds, paused}                         in the queue: since when, and how long before; of that in
                                                            a pause, if any
    attempt                                                 number of the newest attempt, from 1
    attempts {"1": {loggingInAt, session, baseUrl, instanceId, executionInstanceId, jobId, job, postedAt,
                    maxExecutionSeconds, notCancelled, orderAnswer, lookedAt,
                    outage {retryAfter}, unavailable {at, reason}, lostAt, reachedSql, unknownStatuses,
                    failure {kind, text}, answeringRound, answeringAt, answersPending, answersInDoubt, answeredAt,
                    answersTaken, keysTaken, answerFailures, slowLists, onceBy,
                    prompts [{at, name, type, how, given}], saving, closing, instanceDeleted, jobEnded, expired}}
    project {id, name}, datamart {id, name}, target {source, table, append}
    definition {readable, runsExtraSql, maxExecutionSeconds}, polling {durations, prompts, longestWait}, usual
    polls, lostLogIns, waitsFor
    followUps {"0": {…}}, followUpsOf                       what follows the load, if anything (follow_up_format.py)
    saveFolderId, saved {objectId}, ranUntil, finishedAt, endsSeries, endedAt, leaseFree
    outcome {end, error, reason, advice, loaded, supersededBy}
    unanswered {attempt, prompts}
    asking {hours, answers, fresh, refused, seconds, concluded}
    question {token, askedAt, until, prompts, refusal}
    claimed {event, notice}, told {event, notice}

The names are those of earlier releases: functions of two releases work on one item during an upgrade. What comes from
outside with any shape is packed (:mod:`functions.runs.store.packing`).

``session`` is the only secret; it is removed at logout or when the session is given up. ``closing`` is set when the
clean-up of an attempt begins, or when another run that wants what it holds finds its execution ended; ``endedAt`` when
the run ends. Every write that would open something on the server is conditional on the absence of both (DESIGN.md
"Stopping"). ``onceBy`` names the last write that was to be made once (:meth:`RunRecord.write_once`).
``polling`` goes with the end, and ``usual``, the median of its durations, comes.

A write takes a unit of DynamoDB for each KB of the item. While a session is kept the item has 1.2 to 1.7 KB and cannot
have less than one: the session alone has 400 bytes in the form that functions of the earlier release read, the ARN, the
server's address and IDs have 400 more, and names, times and the durations of earlier runs 400 at least. Once the run
has ended it has less than one, but for runs with many prompts or long names (`tests/integration/test_lean_runs.py`).
"""

from typing import Any

from functions.requests.batches.membership import BatchMembership
from functions.requests.started import Started
from functions.runs.attempt import AnsweredPrompt, Attempt, JobFailure, Outage, Unavailable
from functions.runs.job_state import JobState
from functions.runs.lease import PendingJob
from functions.runs.message import TriggerMessage
from functions.runs.model import (
    Definition,
    OpenQuestion,
    Polling,
    Questions,
    Requested,
    Run,
    ServerObject,
    Target,
    UnansweredPrompts,
)
from functions.runs.outcome import Again, Ask, AttemptEnd, Conclusion, Fail, Outcome, Succeed
from functions.runs.store.follow_up_format import follow_ups_of

Item = dict[str, Any]
"""An item, or a map in one, as plain Python values; what is packed in the table is unpacked."""


def run_of(item: Item, number: int | None = None) -> Run:
    """The run of an item, at attempt ``number``, by default the newest."""
    fields = run_fields(item)
    return Run(number=fields["newest_attempt"] if number is None else number, **fields)


def run_fields(item: Item) -> dict[str, Any]:
    """The fields of :class:`Run` from its item; a scan may have read only some of them."""
    get = item.get
    return {
        "arn": get("executionArn", ""),
        "started_at": get("startedAt", 0),
        "deadline": get("deadline", 0),
        "expires_at": get("expiresAt", 0),
        "job_name": get("job"),
        "as_of": get("asOf"),
        "message": _optional(_message, get("message")),
        "batch": _optional(_batch, get("batch")),
        "started": _optional(Started.from_json, get("started")),
        "connection": get("connection"),
        "requested": _optional(_requested, get("asked")),
        "on_conflict": get("onConflict"),
        "rerun_if_replacing": bool(get("rerunIfReplacing")),
        "max_concurrent_runs": get("maxConcurrentRuns", 0),
        "priority": get("priority", "normal"),
        "queue_minutes": get("queueMinutes", 1_440),
        "burst": bool(get("burst")),
        "queued_since": (get("queued") or {}).get("since"),
        "queued_seconds": (get("queued") or {}).get("seconds", 0),
        "paused_seconds": (get("queued") or {}).get("paused", 0),
        "newest_attempt": get("attempt", 0),
        "attempts": {number: attempt_of(number, get("attempts", {})[str(number)]) for number in _numbers(item)},
        "project": _optional(_server_object, get("project")),
        "datamart": _optional(_server_object, get("datamart")),
        "target": _optional(_target, get("target")),
        "definition": _optional(_definition, get("definition")),
        "polling": _optional(_polling, get("polling")),
        "usual": get("usual"),
        "polls": get("polls", 0),
        "lost_logins": get("lostLogIns", 0),
        "waits_for": get("waitsFor"),
        "save_folder_id": get("saveFolderId"),
        "saved_object_id": (get("saved") or {}).get("objectId"),
        "follow_ups": follow_ups_of(get("followUps") or {}),
        "follow_ups_of": get("followUpsOf"),
        "ran_until": get("ranUntil"),
        "finished_at": get("finishedAt"),
        "ended_at": get("endedAt"),
        "ends_series": bool(get("endsSeries")),
        "lease_free": bool(get("leaseFree")),
        "outcome": _optional(_outcome, get("outcome")),
        "unanswered": _optional(_unanswered, get("unanswered")),
        "questions": _optional(_questions, get("asking")),
        "question": _optional(_open_question, get("question")),
        "claimed": get("claimed") or {},
        "notified": get("told") or {},
    }


def _numbers(item: Item) -> list[int]:
    """Numbers of the attempts in order: DynamoDB's maps have none."""
    return sorted(map(int, item.get("attempts", {})))


def attempt_of(number: int, stored: Item) -> Attempt:
    """An attempt from its map in the item."""
    get = stored.get
    return Attempt(
        number=number,
        login_began_at=get("loggingInAt"),
        session=get("session"),
        base_url=get("baseUrl"),
        instance_id=get("instanceId"),
        execution_instance_id=get("executionInstanceId"),
        job_id=get("jobId"),
        job_state=_optional(JobState, get("job")),
        posted_at=get("postedAt"),
        max_execution_seconds=get("maxExecutionSeconds"),
        execution_response=get("orderAnswer"),
        looked_at=get("lookedAt"),
        reached_sql=bool(get("reachedSql")),
        unknown_statuses=tuple(get("unknownStatuses") or ()),
        failure=_optional(_failure, get("failure")),
        outage=_optional(_outage, get("outage")),
        unavailable=_optional(_unavailable, get("unavailable")),
        lost_at=get("lostAt"),
        answering_round=get("answeringRound"),
        answering_at=get("answeringAt"),
        answers_pending=bool(get("answersPending")),
        answers_in_doubt=bool(get("answersInDoubt")),
        answered_at=get("answeredAt"),
        positions_taken=tuple(get("answersTaken") or ()),
        addresses_taken=tuple(get("keysTaken") or ()),
        answer_failures=get("answerFailures", 0),
        slow_lists=get("slowLists", 0),
        prompts=tuple(map(_answered_prompt, get("prompts") or ())),
        saving_at=get("saving"),
        closing_at=get("closing"),
        instance_deleted=bool(get("instanceDeleted")),
        job_ended=bool(get("jobEnded")),
        not_cancelled=get("notCancelled"),
        expired_at=get("expired"),
    )


def _optional(read: Any, stored: Any) -> Any:
    return None if stored is None else read(stored)


def _message(stored: Item) -> TriggerMessage:
    return TriggerMessage(stored["id"], stored["runs"], stored.get("object"))


def _batch(stored: Item) -> BatchMembership:
    return BatchMembership(stored["execution"], stored["item"], stored["index"])


def _requested(stored: Item) -> Requested:
    return Requested(stored["project"], stored["datamart"], tuple(stored.get("prompts") or ()))


def _server_object(stored: Item) -> ServerObject:
    return ServerObject(stored["id"], stored.get("name"))


def _target(stored: Item) -> Target:
    return Target(stored.get("source"), stored.get("table"), stored.get("append"))


def _definition(stored: Item) -> Definition:
    return Definition(
        readable=bool(stored.get("readable")),
        runs_extra_sql=stored.get("runsExtraSql", True),
        max_execution_seconds=stored.get("maxExecutionSeconds"),
    )


def _polling(stored: Item) -> Polling:
    return Polling(tuple(stored.get("durations", ())), stored["prompts"], stored["longestWait"])


def _failure(stored: Item) -> JobFailure:
    return JobFailure(stored["kind"], stored["text"])


def _outage(stored: Item) -> Outage:
    return Outage(stored.get("retryAfter"))


def _unavailable(stored: Item) -> Unavailable:
    return Unavailable(stored["at"], stored["reason"])


def _answered_prompt(stored: Item) -> AnsweredPrompt:
    get = stored.get
    return AnsweredPrompt(str(stored["at"]), get("name", ""), get("type", ""), get("how", ""), get("given"))


def _outcome(stored: Item) -> Outcome:
    get = stored.get
    return Outcome(get("end", ""), get("loaded"), get("error"), get("reason"), get("advice"), get("supersededBy"))


def _unanswered(stored: Item) -> UnansweredPrompts:
    return UnansweredPrompts(stored["attempt"], tuple(stored["prompts"]))


def _questions(stored: Item) -> Questions:
    return Questions(
        hours=stored["hours"],
        answers=tuple(stored["answers"]),
        fresh=stored["fresh"],
        refused=stored["refused"],
        seconds=stored["seconds"],
        conclusion=_optional(conclusion_of, stored.get("concluded")),
    )


def _open_question(stored: Item) -> OpenQuestion:
    return OpenQuestion(
        token=stored["token"],
        asked_at=stored["askedAt"],
        until=stored["until"],
        prompts=tuple(stored["prompts"]),
        refusal=stored.get("refusal"),
    )


def conclusion_of(stored: Item) -> Conclusion:
    """A conclusion as :func:`stored_conclusion` wrote it."""
    match stored["end"]:
        case AttemptEnd.AGAIN:
            return Again(stored["waitSeconds"], stored.get("waitsFor"))
        case AttemptEnd.ASK:
            return Ask(stored["askSeconds"], stored.get("refusal"))
        case AttemptEnd.FAIL:
            return Fail(stored["error"], stored["cause"], stored["reason"], stored["advice"])
        case _:
            return Succeed(stored["output"])


def stored_conclusion(conclusion: Conclusion) -> Item:
    """A conclusion as it is stored: what the state machine gets of it, and the sentences of a failure."""
    response = conclusion.as_response()
    if isinstance(conclusion, Fail):
        response |= {"reason": conclusion.reason, "advice": conclusion.advice}
    return response


def pending_job_of(stored: Item | None) -> PendingJob | None:
    """What keeps a lease from others, from its map ``{until, jobId, baseUrl}``."""
    return None if stored is None else PendingJob(stored["until"], stored.get("jobId"), stored.get("baseUrl"))


def stored_pending_job(pending: PendingJob) -> Item:
    """The map that :func:`pending_job_of` reads."""
    where = {} if pending.base_url is None else {"baseUrl": pending.base_url}
    return {"until": pending.until, "jobId": pending.job_id} | where
