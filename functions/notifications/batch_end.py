"""Reports the end of a batch: one event for machines, and one notification of all that was not loaded.

``source`` of the event is ``datamart-runner``, ``detail-type`` is ``Datamart Batch Ended``; notifications/README.md
lists the fields of its detail.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from functions import clock
from functions.errors import ERRORS, BatchIncomplete, FollowUpFailed
from functions.names import stage_of
from functions.notifications import commands, durations
from functions.notifications.console_link import console_link
from functions.notifications.end_event import put_events
from functions.notifications.failure_notice import ENDED
from functions.notifications.publish import Notice
from functions.notifications.run_end import LONGEST_ERROR, LONGEST_SAID, WORDS
from functions.runs.batches.conclusion import counts_of
from functions.runs.batches.forecast import usual_seconds
from functions.runs.batches.model import BatchOutcome, BatchPlan, BatchRun
from functions.runs.series import Series
from functions.text import labelled, named, one_line, quoted, shorten

DETAIL_TYPE = "Datamart Batch Ended"

LONGEST_TEXT = 150_000
"""Bytes of the lines about items in one notification: SNS takes 256 KB of a message."""

MOST_LINES = 200
"""Items that a notification, and the end event, have a line for."""

Line = dict[str, Any]
"""What the output has about an item: :func:`functions.runs.batches.conclusion.lines_of`."""

_STOPPED = (
    "Nothing more of it starts. Its runs are stopped, and what they left on the server is removed by itself. Restart "
    "the batch if the rest of its tables is still needed."
)

_ALL_LOADED = "Correct what the items name. All tables are loaded, so a restart of the batch would run nothing."


@dataclass(frozen=True)
class BatchEnd:
    """The end of one batch.

    ``status`` is Step Functions'; ``error``, ``reason`` and ``advice`` as of the end of a run. ``lines`` are those of
    all items, ``not_loaded`` those that people are notified of.
    """

    batch: BatchRun
    plan: BatchPlan | None
    lines: list[Line]
    status: str
    error: str | None
    reason: str
    advice: str

    @classmethod
    def of(cls, batch: BatchRun, plan: BatchPlan | None, lines: list[Line], detail: dict[str, Any]) -> "BatchEnd":
        """The end that ``detail`` of a status change reports."""
        status, outcome = str(detail["status"]), batch.outcome or BatchOutcome(False, {})
        error = (outcome.error or detail.get("error")) if status == "FAILED" else None
        if status in WORDS:
            said = ": ".join(str(part) for part in (detail.get("error"), detail.get("cause")) if part)
            reason = f"{WORDS[status]} ({quoted(said, LONGEST_SAID)})." if said else f"{WORDS[status]}."
        else:
            reason = outcome.reason or str(detail.get("cause") or "")
        advice = outcome.advice if status not in WORDS and outcome.advice else advice_of_batch(status, None)
        if status == "SUCCEEDED" and lines and all(line["loaded"] == "yes" for line in lines):
            advice = _ALL_LOADED
        return cls(
            batch=batch,
            plan=plan,
            lines=lines,
            status=status,
            error=named(error, LONGEST_ERROR) if error else None,
            reason=one_line(reason),
            advice=one_line(advice),
        )

    @property
    def flawed(self) -> list[Line]:
        """The items that are not loaded, and those that failed after their load."""
        return [line for line in self.lines if line["loaded"] != "yes" or line.get("error")]

    @property
    def seconds(self) -> float | None:
        """How long the batch took; None before its end."""
        return None if self.batch.ended_at is None else round(self.batch.ended_at - self.batch.started_at, 3)

    @cached_property
    def usual_seconds(self) -> float | None:
        """How long it usually takes; None where that is not known, and of the rest of another batch."""
        if self.plan is None or self.plan.restart_of:
            return None
        return usual_seconds(self.plan.plan, self.plan.places)

    def durations_of(self, line: Line) -> dict[str, str | None]:
        """How long an item took that has run, beside what is usual of it."""
        usual = None if self.plan is None else dict(zip(self.plan.items, self.plan.plan.seconds, strict=True))
        seconds = line.get("durationSeconds")
        return durations.lines_of_item(seconds, None if seconds is None or usual is None else usual[line["name"]])

    @property
    def name(self) -> str:
        """The batch in words: its name, or that of its execution."""
        return self.batch.name_in_words


def advice_of_batch(status: str, error: str | None) -> str:
    """What a person does about a batch's end, by Step Functions' status and the error's name."""
    if status in WORDS:
        return _STOPPED
    return ERRORS[error].advice if error in ERRORS else BatchIncomplete.advice


def is_due(end: BatchEnd) -> bool:
    """Whether people are notified: of every batch that did not succeed, and of failed items in one that did."""
    return end.status != "SUCCEEDED" or bool(end.flawed)


def detail(end: BatchEnd) -> dict[str, Any]:
    """What the event says; it has the lines of the items that are not loaded, as far as they fit."""
    batch = end.batch
    finished = batch.ended_at or clock.now()
    flawed = [{key: value for key, value in line.items() if key != "cause"} for line in end.flawed]
    return {
        "version": "1",
        "status": end.status,
        "error": end.error,
        "reason": end.reason,
        "batch": batch.name,
        "asOf": batch.as_of,
        "restartOf": end.plan and end.plan.restart_of,
        "counts": counts_of(batch.states),
        "notLoaded": flawed[:MOST_LINES],
        "startedAt": clock.timestamp(batch.started_at),
        "finishedAt": clock.timestamp(finished),
        "durationSeconds": round(finished - batch.started_at, 3),
        "executionArn": batch.arn,
    }


def send_event(end: BatchEnd) -> None:
    """Put the event. Raises RuntimeError when EventBridge did not take it."""
    put_events(DETAIL_TYPE, end.batch.arn, detail(end))


def subject(end: BatchEnd) -> str:
    """``Batch nightly failed: BatchIncomplete (loaded: 8 of 12)``"""
    error = f": {end.error}" if end.error else ""
    loaded = sum(line["loaded"] == "yes" for line in end.lines)
    how = ENDED.get(end.status, "succeeded with failures" if end.status == "SUCCEEDED" else end.status)
    return f"Batch {named(end.name, 40)} {how}{error} (loaded: {loaded} of {len(end.lines)})"


def durations_of(end: BatchEnd) -> dict[str, str | None]:
    """How long the batch took, beside what is usual."""
    return durations.lines_of_batch(end.seconds, end.usual_seconds)


def text(end: BatchEnd, series: Series | None = None, further: str | None = None) -> str:
    """What happened and what to do, and a paragraph for each item that is not loaded."""
    lines = {
        "Batch": named(end.name),
        "For": end.batch.as_of and named(end.batch.as_of),
        "Ended as": end.error or end.status,
        "Items": items_in_words(end) if end.lines else None,
        **durations_of(end),
        "Failures": series and series.count > 1 and series.in_words(),
        "What happened": end.reason,
        "What to do": end.advice,
        **commands_of(end),
        "Execution": console_link(end.batch.arn),
        "Later": further,
    }
    head = labelled(lines)
    flawed = end.flawed
    each = [_paragraph(end, line) for line in flawed[:MOST_LINES]]
    rest = [f"And {len(flawed) - MOST_LINES} more items; the run table has a line for each."] * (
        len(flawed) > MOST_LINES
    )
    return shorten("\n\n".join([head, *each, *rest]), LONGEST_TEXT)


def _paragraph(end: BatchEnd, line: Line) -> str:
    because = line.get("because")
    lines = {
        "Item": named(line["name"]),
        "Outcome": line["outcome"] + (f", because of {quoted(because)}" if because else ""),
        "Loaded": line["loaded"],
        "Error": line.get("error") and named(line["error"], LONGEST_ERROR),
        "What happened": line.get("cause") and one_line(line["cause"]),
        **end.durations_of(line),
        "To see it": line.get("execution") and commands.show(line["execution"]),
        **_repetition_of(line),
        "Execution": line.get("execution") and console_link(line["execution"]),
    }
    return labelled(lines)


def _repetition_of(line: Line) -> dict[str, str]:
    """What does the follow-ups of a loaded item that are left, which no restart of the batch does."""
    if line.get("error") != FollowUpFailed.name or not line.get("execution"):
        return {}
    return {commands.REST: commands.follow_up(line["execution"])}


def commands_of(end: BatchEnd) -> dict[str, str]:
    """What shows the batch and what restarts it; a restart leaves out what may be loaded, unless a person names it."""
    arn, shown = end.batch.arn, {"To see it": commands.show(end.batch.arn)}
    if commands.is_of_request(end.error):
        return shown
    doubtful = [line["name"] for line in end.lines if line["loaded"] == "unknown"]
    if not end.lines or any(line["loaded"] == "no" for line in end.lines):
        shown["To restart it"] = commands.rerun(arn)
    if doubtful:
        these = commands.items(doubtful)
        shown["To restart it, if a look shows that these are loaded"] = f"{commands.rerun(arn)} --accept {these}"
        shown["To restart it, if they are not"] = f"{commands.rerun(arn)} --force {these}"
    return shown


def _commands_of_items(end: BatchEnd) -> dict[str, str]:
    """What shows each item that has run; a chat has room for some."""
    return {
        f"To see {named(line['name'])}": commands.show(line["execution"])
        for line in end.flawed
        if line.get("execution")
    }


def notice(end: BatchEnd, series: Series | None = None, further: str | None = None) -> Notice:
    """The notification of the end of a batch.

    ``series`` are its failures in a row, with this one; ``further`` is a sentence about those that come after it.
    """
    facts = {"Items": items_in_words(end) if end.lines else None, **durations_of(end), "Later": further}
    each = [_in_a_line(end, line) for line in end.flawed[:MOST_LINES]]
    return Notice(
        "batch",
        subject(end),
        text(end, series, further),
        thread=f"batch/{end.name}",
        summary="\n".join(filter(None, [labelled(facts), end.reason, *each])),
        next_steps=(end.advice, *commands.steps(commands_of(end) | _commands_of_items(end))),
        keywords=(stage_of(end.batch.arn), end.name, end.error or end.status),
        execution=end.batch.arn,
    )


def items_in_words(end: BatchEnd) -> str:
    """``4 items, 1 loaded, 3 failed``"""
    return ", ".join(f"{count} {word}" for word, count in counts_of(end.batch.states).items())


def _in_a_line(end: BatchEnd, line: Line) -> str:
    """``customers: failed (loaded: no), NotFound, took 12 s, usual: 10 s (the median of the last ones)``"""
    error, because = line.get("error"), line.get("because")
    said = f", {named(error, LONGEST_ERROR)}" if error else f", because of {quoted(because)}" if because else ""
    took = durations.in_short(end.durations_of(line))
    return f"{named(line['name'])}: {line['outcome']} (loaded: {line['loaded']}){said}{took}"
