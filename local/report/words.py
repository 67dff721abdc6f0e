"""What a report says in words, wherever it is shown: facts, durations, times, answers, waits, costs. Pure."""

import re
from collections.abc import Iterator
from datetime import datetime

from functions.runs.follow_ups import said_of_record
from functions.runs.history import HistoryRecord
from functions.text import ELLIPSIS, duration
from local.report.report import Answer, Call, RunReport, Wait

HOW = {"answers": "answered", "default": "its default", "closed": "left open"}
"""How a prompt was answered, in words."""

HIDDEN, NOT_KNOWN = "(hidden)", "(not known)"

WAITED_FOR = {"queue": "its turn in the queue", "next attempt": "another attempt", "people": "people's answers"}

_ID = re.compile(r"\{[a-z]+\}")


def name_of(run: HistoryRecord) -> str:
    """What a run or a batch is called at the head of its report."""
    return run.datamart or run.job or run.batch or run.id


def loaded(run: HistoryRecord) -> str:
    """``loaded: yes``, or why there was nothing to load."""
    return "skipped: another run had the datamart" if run.skipped else f"loaded: {run.loaded}"


def facts_of(report: RunReport) -> Iterator[tuple[str, str]]:
    """Who, what, when and how long, each with a label; without what went wrong."""
    run = report.run
    yield run.kind.capitalize(), run.id
    if run.job:
        yield "Job", run.job + (f", for {run.as_of}" if run.as_of else "")
    if run.kind == "run" and run.batch:
        yield "Batch", f"{run.batch}, item {run.item}" + (f" ({run.batch_run})" if run.batch_run else "")
    if run.counts:
        yield "Items", ", ".join(f"{count} {what}" for what, count in run.counts.items() if what != "items")
    if run.table:
        yield "Table", f"{run.table}, {'rows are added' if run.append else 'replaced'}"
    by = ", ".join(filter(None, (run.trigger, run.started_by)))
    yield "Started", moment(run.started_at) + (f" ({by})" if by else "")
    if run.reason:
        yield "Reason", run.reason
    if run.duration_seconds is not None:
        yield "Took", took(run)
    for follow_up in run.follow_ups or []:
        yield "Then", said_of_record(follow_up)
    for label, repeated in (("Repeats", run.rerun_of), ("Restarts", run.restart_of)):
        if repeated:
            yield label, repeated


def problem_of(report: RunReport) -> Iterator[tuple[str, str]]:
    """What went wrong and what to do, each with a label; nothing where nothing did."""
    if report.problem is not None:
        if report.problem.error:
            yield "Error", report.problem.error
        yield "What happened", report.problem.cause
        yield "What to do", report.problem.advice


def took(run: HistoryRecord) -> str:
    """How long all of it took, the queue, and the load against its usual duration."""
    parts = [seconds_of(run.duration_seconds)]
    if run.queue_seconds:
        parts.append(f"and {seconds_of(run.queue_seconds)} in the queue")
    if run.job_seconds is not None:
        parts.append(f"the load {seconds_of(run.job_seconds)}{_usually(run)}")
    elif run.kind == "batch":
        parts[0] += _usually(run)
    return ", ".join(parts)


def _usually(run: HistoryRecord) -> str:
    return "" if run.usual_seconds is None else f" (usually {seconds_of(run.usual_seconds)})"


def cells_of(answer: Answer) -> tuple[str, str, str]:
    """A prompt, the values of its answer, and how it was answered."""
    unseen = HIDDEN if answer.is_logged else NOT_KNOWN
    values = unseen if answer.values is None else ", ".join(answer.values)
    more = f" and {answer.more} more" if answer.more else ""
    return answer.name, f"{values}{more}" if answer.how != "closed" else "", HOW.get(answer.how, answer.how)


def waited_for(wait: Wait) -> str:
    """For what a run waited, and why."""
    return WAITED_FOR.get(wait.what, wait.what) + (f": {wait.why}" if wait.why else "")


def path_of(call: Call) -> str:
    """The path with an ellipsis for each ID: those are not known, and so it takes less room."""
    return _ID.sub(ELLIPSIS, call.path)


def result_of(call: Call) -> str:
    """``200 ×3 (1 retried)``: the HTTP status, of how many requests, and how many of them were retries."""
    status = "no response" if call.status is None else str(call.status)
    retried = f" ({call.retries} retried)" if call.retries else ""
    return f"{status}{times(call.times)}{retried}"


def cost_of(report: RunReport) -> str | None:
    """What AWS charges for it; None where that is not known."""
    if report.cost is None:
        return None
    cents = f"{100 * report.cost.usd:.3f} US cents"
    counts = f"{report.cost.transitions} transitions, {report.cost.lambda_calls} function calls"
    return f"Cost{' without its runs' if report.run.kind == 'batch' else ''}: {cents}, {counts}"


def seconds_of(seconds: float | None) -> str:
    """``0.04 s``, ``25 min``; an ellipsis for what goes on."""
    if seconds is None:
        return ELLIPSIS
    return f"{seconds:.2f} s" if seconds < 60 else duration(seconds)


def times(number: int) -> str:
    """A blank and ``×3``; empty for what happened once."""
    return f" ×{number}" if number > 1 else ""


def moment(timestamp: str) -> str:
    """In the time zone of this computer, with its offset: ``2026-11-27 06:00:00 +0100``."""
    return f"{local_time(timestamp):%Y-%m-%d %H:%M:%S %z}"


def time_of_day(timestamp: str) -> str:
    """The same without day and offset: ``06:00:00``."""
    return f"{local_time(timestamp):%H:%M:%S}"


def local_time(timestamp: str) -> datetime:
    """A timestamp in the time zone of this computer."""
    return datetime.fromisoformat(timestamp).astimezone()
