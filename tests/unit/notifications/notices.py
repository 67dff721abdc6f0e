"""Every notification, with what a reader would find in it on a bad morning; for the golden files."""

from collections.abc import Callable
from typing import Any

from functions.notifications import (
    batch_end,
    commands,
    failure_notice,
    late_notice,
    longer_notice,
    message_failures,
    outages,
    question_message,
    success_notice,
    sweep_notice,
)
from functions.notifications.batch_end import BatchEnd
from functions.notifications.late_notice import LateLoad
from functions.notifications.publish import Notice
from functions.notifications.run_end import End, end_of
from functions.notifications.sweep_notice import Thing
from functions.runs.batches.conclusion import BatchOutcome
from functions.runs.batches.model import BatchPlan, BatchRun
from functions.runs.batches.order import Plan
from functions.runs.failure import advice
from functions.runs.message import MessageRuns, RunFailure
from functions.runs.outage import FailedBatch, GatheredFailure, Outage, Window
from functions.runs.series import Series
from functions.runs.store.item_format import run_of
from functions.runs.usual import Usual

MORNING = 1_795_838_400.0
"""2026-11-28T04:00:00Z."""

MACHINE = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-prod"
BATCH = f"{MACHINE}_batches:night-8e2d4c6b0a1f3e5d7c9b8a6f4e2d0c1b"
NIGHTLY = f"{MACHINE}:sales-nightly-0a1b2c3d4e5f60718293a4b5c6d7e8f9"
BY_HAND = f"{MACHINE}:a1b2c3d4-by-hand"
UPLOADS = [f"{MACHINE}:countries-upload-{digit * 32}" for digit in "12"]

COUNTRY = {
    "key": "K@0@10",
    "id": "K",
    "name": "Elements of Country",
    "title": "Elements of Country",
    "type": "ELEMENTS",
    "required": True,
    "choices": [{"id": "h1", "name": "USA"}, {"id": "h2", "name": "Spain"}],
    "more": True,
}

CUBE = {"kind": "publishCube", "id": "2C" * 16, "name": "Sales"}

ITEM: dict[str, Any] = {
    "executionArn": NIGHTLY,
    "attempt": 1,
    "attempts": {"1": {"job": "failed", "postedAt": MORNING + 690}},
    "told": {},
    "startedAt": MORNING,
    "endedAt": MORNING + 2_530,
    "queued": {"seconds": 660.0},
    "usual": 1_203.4,
    "connection": "default",
    "job": "sales-nightly",
    "asOf": "2026-11-28T05:00+01:00",
    "asked": {"project": "Sales", "datamart": "Daily Sales", "prompts": []},
    "project": {"id": "B7CA92F04B9FAE8D941C3E9B7E0CD754", "name": "Sales"},
    "datamart": {"id": "85000B907B4EAD3B0D9522A9CFD10DBC", "name": "Daily Sales"},
    "target": {"source": "Warehouse", "table": "DM_DAILY_SALES", "append": True},
}

SQL_ERROR = (
    "SQL Generation Complete. The query engine has failed: [42S22] no such column: REGION_ID "
    "(step get status, iServerCode -2147212544, ticketId 0f3a77e1)."
)


def end(error: str, reason: str, *, job: str = "failed", **changes: Any) -> End:
    """The end of a run that failed; ``job`` is the state of its job."""
    attempts = {"1": {"job": job, "postedAt": MORNING + 690}}
    run = run_of(ITEM | {"attempts": attempts} | changes)
    outcome = {"end": "Fail", "error": error, "reason": reason, "loaded": run.loaded}
    outcome["advice"] = advice(error, run.loaded)
    run = run_of(ITEM | {"attempts": attempts, "outcome": outcome} | changes)
    return end_of(run, {"status": "FAILED", "error": error, "cause": reason})


def cut_short(status: str, *, job: str = "accepted", item: dict[str, Any] | None = None, **detail: str) -> Notice:
    """A run that reached no end of its own, while its job was running, or later."""
    running = {"1": {"job": job, "postedAt": MORNING + 690}}
    run = run_of(ITEM | {"attempts": running, "outcome": {"end": status, "loaded": "unknown"}} | (item or {}))
    return failure_notice.notice(end_of(run, {"status": status, **detail}))


def refused() -> Notice:
    """A request that names nothing."""
    item = {key: ITEM[key] for key in ("executionArn", "attempt", "told", "startedAt", "job")} | {"attempts": {}}
    reason = 'unknown key "datmart" (did you mean datamart?); allowed keys: datamart, project, prompts.'
    outcome = {"end": "Fail", "error": "InvalidRequest", "reason": reason, "loaded": "no"}
    outcome["advice"] = advice("InvalidRequest", "no")
    run = run_of(item | {"executionArn": BY_HAND, "job": None, "endedAt": MORNING, "attempt": 0, "outcome": outcome})
    return failure_notice.notice(end_of(run, {"status": "FAILED", "error": "InvalidRequest"}))


def unanswered() -> Notice:
    reason = 'no answer for the prompt "Elements of Country".'
    open_prompts = {"unanswered": {"attempt": 1, "prompts": [COUNTRY]}}
    return failure_notice.notice(end("PromptsUnanswered", reason, job="prompting", **open_prompts))


def follow_up_failed() -> Notice:
    """A cube is not ready, and the event that sends mails was not triggered."""
    cube = CUBE | {"state": "failed", "reason": "it is not ready"}
    event = {"kind": "triggerEvent", "id": "1E" * 16, "name": "Sales loaded"}
    reason = "the cube Sales was not published: the publication has ended, and the cube is not ready"
    followed = {"0": event | {"name": "Warm up", "state": "done"}, "1": cube, "2": event}
    return failure_notice.notice(
        end("FollowUpFailed", reason, job="loaded", finishedAt=MORNING + 2_500, followUps=followed)
    )


def loaded(series: Series | None) -> Notice:
    done = {"1": {"job": "loaded", "postedAt": MORNING + 690}}
    run = run_of(ITEM | {"attempts": done, "finishedAt": MORNING + 2_510, "ranUntil": MORNING + 2_500})
    return success_notice.notice(end_of(run, {"status": "SUCCEEDED"}), series)


def batch(status: str, *, series: Series | None = None, of_lines: str = "lfsu", **detail: str) -> Notice:
    lines = [
        {"name": "countries", "outcome": "loaded", "loaded": "yes"},
        {"name": "customers", "outcome": "failed", "loaded": "no", "error": "NotFound", "execution": NIGHTLY}
        | {"durationSeconds": 12.5, "waitSeconds": 0.0}
        | {"cause": 'There is no datamart "Custmers" in the project "Sales" (did you mean "Customers"?).'},
        {"name": "sales", "outcome": "skipped", "loaded": "no", "because": "customers"},
        {"name": "stock", "outcome": "unknown", "loaded": "unknown", "error": "SessionLost", "execution": BY_HAND}
        | {"cause": "The server does not know the session any more."},
    ]
    kinds = {"l": lines[0], "f": lines[1], "s": lines[2], "u": lines[3]}
    outcome = BatchOutcome(False, {}, "BatchIncomplete", "3 of 4 items are not loaded: customers, sales, stock.")
    run = BatchRun(
        BATCH,
        name="night",
        as_of="2026-11-28T02:00+01:00",
        states=of_lines,
        outcome=outcome if status == "FAILED" else None,
        started_at=MORNING,
        ended_at=MORNING + 4_200,
    )
    lines = [kinds[state] for state in of_lines]
    order = Plan(after=((), (), (1,), ())[: len(lines)], seconds=(610.0, 9.5, 1_203.4, 2_400.0)[: len(lines)])
    plan = BatchPlan(tuple(line["name"] for line in lines), order, places=2)
    found = BatchEnd.of(run, plan, lines, {"status": status, **detail})
    if status == "SUCCEEDED" and not found.flawed:
        return success_notice.notice_of_batch(found, series)
    return batch_end.notice(found, series)


def batch_refused() -> Notice:
    """A request for a batch that names nothing: none of its items ran."""
    reason = 'unknown key "itms" (did you mean items?); allowed keys: asOf, batch, items, parallel.'
    run = BatchRun(BATCH, name="night", states="", started_at=MORNING, ended_at=MORNING + 1)
    run.outcome = BatchOutcome(False, {}, "InvalidRequest", reason, advice("InvalidRequest", "no"))
    return batch_end.notice(BatchEnd.of(run, None, [], {"status": "FAILED", "error": "InvalidRequest"}))


def of_one_message(series: Series | None = None) -> Notice:
    ends = {}
    for number, arn in enumerate(UPLOADS):
        message = {"id": "m-1", "runs": 3, "object": f'"s3://landing/countries/{number}.csv"'}
        reason = f'The prompt "Elements of Country" has no element "Country {number}".'
        failed = end(
            "PromptAnswerRejected",
            reason,
            job="prompting",
            executionArn=arn,
            job_name=None,
            message=message,
            usual=None,
        )
        ends[str(number)] = RunFailure(arn, failure_notice.text(failed))
    return message_failures.notice(
        MessageRuns("message/countries-upload/m-1", UPLOADS[0], 4, 0, 2, {**ends, "2": None, "3": None}, elsewhere=1),
        series,
    )


def outage(*, before: int = 0) -> Notice:
    def failed(number: int, job: str | None, error: str, reason: str, loaded_word: Any = "no") -> GatheredFailure:
        arn = f"{MACHINE}:{job or 'by-hand'}-{number:032x}"
        took = {"Duration": f"{number} min", "Usual": "20 min 3 s for the load (the median of the last ones)"}
        return GatheredFailure(arn, MORNING + number, f"Datamart {number}", job, loaded_word, error, reason, took)

    night = {
        "To see it": commands.show(BATCH),
        "To restart it": commands.rerun(BATCH),
    }
    of_batch = GatheredFailure(
        BATCH,
        MORNING + 4,
        "night",
        None,
        "no",
        "ServerUnavailable",
        '2 of 3 items are not loaded: "customers" (failed ServerUnavailable), "sales" (skipped).',
        {"Duration": "4 min", "Usual": "40 min, where each item takes its usual time"},
        FailedBatch("FAILED", "3 items, 1 loaded, 1 failed, 1 skipped", {"no": 1}, night),
    )

    refused_by = "The server did not respond: connection refused (step login)."
    failures = [
        failed(1, "sales-nightly", "ServerUnavailable", refused_by),
        failed(2, "stock-nightly", "ServerUnavailable", refused_by),
        failed(3, None, "SessionLost", "The server does not know the session any more (ERR009).", "unknown"),
        *([of_batch] if before else []),
    ]
    return outages.notice(
        Outage(  # type: ignore[arg-type] # as the record of it
            "outage/default",
            window=Window(failures[0].run, MORNING + 210),
            failures={failure.run: failure for failure in failures},
            since=MORNING,
            before=before,
        )
    )


def asks() -> Notice:
    until = MORNING + 86_400
    question = {"token": "AAAA…token", "askedAt": MORNING, "until": until, "prompts": [COUNTRY]}
    run = run_of(ITEM | {"question": question})
    assert run.question is not None
    return Notice("question", question_message.subject(run, run.question), question_message.text(run, run.question))


def longer() -> Notice:
    run = run_of(ITEM | {"endedAt": None, "deadline": MORNING + 14_400})
    return longer_notice.notice(run, Usual(1_203.4, 2_100.0, 20), MORNING - 2_400)


LATE = [
    LateLoad("sales-nightly", "06:00", "Europe/Paris", MORNING - 86_400),
    LateLoad("night", "07:00", "UTC", None, "batch"),
]

FOUND = [
    Thing(NIGHTLY, "Daily Sales", "a session of it was still kept", "logged out now"),
    Thing(
        BY_HAND, "City", "its end had not been processed", "ServerUnavailable; the next sweep tries again", left=True
    ),
    Thing(
        "default", "unknown", "it could not be looked at", "ClientError, see the log of the function sweep", left=True
    ),
]

SOME = Series(3, MORNING - 172_800, MORNING - 259_200)

EVERY: dict[str, Callable[[], Notice]] = {
    "failed-not-loaded": lambda: failure_notice.notice(end("NotFound", 'no datamart "Daily Sales".', job="refused")),
    "failed-unknown": lambda: failure_notice.notice(end("DatamartFailed", SQL_ERROR)),
    "failed-three-times": lambda: failure_notice.notice(end("DatamartFailed", SQL_ERROR), SOME),
    "failed-after-the-load": lambda: failure_notice.notice(
        end("SaveFailed", "The folder is read-only.", job="loaded", finishedAt=MORNING + 2_500)
    ),
    "follow-up-failed": follow_up_failed,
    "failed-alone-in-an-outage": lambda: failure_notice.notice(
        end("ServerUnavailable", "The server did not respond.", job="not sent"), further=outages.further()
    ),
    "prompts-unanswered": unanswered,
    "request-refused": refused,
    "stopped": lambda: cut_short("ABORTED", error="Stop", cause="by hand"),
    "stopped-during-a-follow-up": lambda: cut_short(
        "ABORTED", job="loaded", item={"finishedAt": MORNING + 2_500, "followUps": {"0": CUBE | {"state": "under way"}}}
    ),
    "timed-out": lambda: cut_short("TIMED_OUT"),
    "failures-of-one-message": lambda: of_one_message(SOME),
    "batch-failed": lambda: batch("FAILED", error="BatchIncomplete", series=SOME),
    "batch-refused": batch_refused,
    "batch-stopped": lambda: batch("ABORTED", error="Stop", cause="by hand"),
    "batch-succeeded-with-failures": lambda: batch("SUCCEEDED", of_lines="lf"),
    "batch-recovered": lambda: batch("SUCCEEDED", of_lines="lll", series=Series(1, MORNING - 86_400)),
    "batch-loaded": lambda: batch("SUCCEEDED", of_lines="lll"),
    "recovered": lambda: loaded(Series(2, MORNING - 172_800)),
    "loaded": lambda: loaded(None),
    "outage": outage,
    "outage-goes-on": lambda: outage(before=7),
    "late": lambda: late_notice.notice(LATE, "prod"),
    "longer-than-usual": longer,
    "sweep": lambda: sweep_notice.notice(FOUND, 3),
    "question": asks,
}
"""By the name of the golden file."""
