"""How a run ended, from the status change of its execution and from the run's item."""

from dataclasses import dataclass
from typing import Any

from functions import clock
from functions.runs.batches.model import ItemOutcome
from functions.runs.batches.order import ItemState
from functions.runs.failure import advice
from functions.runs.follow_ups import left_to_do
from functions.runs.job_state import Loaded, may_go_on
from functions.runs.model import Run
from functions.runs.outcome import Outcome
from functions.text import named, one_line, quoted, shorten

LONGEST_ERROR = 100
"""Characters of an error's name: the caller of StopExecution chooses it."""

SKIPPED_RUN = "the run was skipped, because another run had the datamart (onConflict)."
SUPERSEDED_RUN = "the run was skipped, because a newer upload of its job came (burst): {}."

LONGEST_OF_ITEM = 500
"""Bytes of what happened to an item of a batch: a thousand of them are in one output."""

LONGEST_SAID = 2_000
"""Characters of the cause that was given when an execution was stopped."""

WORDS = {
    "ABORTED": "The execution was stopped",
    "TIMED_OUT": "The execution ran into the state machine's own time limit",
}
"""What happened to an execution that reached no end of its own."""


@dataclass(frozen=True)
class End:
    """The end of one run.

    ``status`` is Step Functions' (SUCCEEDED, FAILED, TIMED_OUT, ABORTED); ``error`` a name of the closed list, or None
    unless it failed; ``reason`` and ``advice`` are sentences, each on one line without anything unprintable.
    """

    run: Run
    execution_arn: str
    status: str
    loaded: Loaded
    error: str | None
    reason: str
    advice: str

    @property
    def datamart(self) -> str:
        """The datamart in words, or the job where the request never named one."""
        return self.run.name_in_words

    @property
    def has_follow_ups_left(self) -> bool:
        """Whether the table is loaded, and not all that was to follow is done."""
        return self.loaded == "yes" and bool(left_to_do(self.run.follow_ups))

    @property
    def follow_ups(self) -> str:
        """How each follow-up of a loaded table ended, on one line; empty where there is none."""
        return "; ".join(one.said for one in self.run.follow_ups) if self.loaded == "yes" else ""


def end_of(run: Run, detail: dict[str, Any]) -> End:
    """The end that ``detail`` of a status change reports."""
    status, outcome = str(detail["status"]), run.outcome or Outcome("")
    own = status in ("SUCCEEDED", "FAILED")
    error = (outcome.error or detail.get("error")) if status == "FAILED" else None
    reason = outcome.reason if own else None
    return End(
        run=run,
        execution_arn=run.arn,
        status=status,
        loaded=run.loaded,
        error=named(error, LONGEST_ERROR) if error else None,
        reason=one_line(reason or _reason(status, detail)),
        advice=one_line((outcome.advice if own else None) or _advice(run, status, error)),
    )


def item_outcome_of(end: End) -> ItemOutcome:
    """What the batch of the run keeps of its end."""
    run = end.run
    ended = run.finished_at or run.ended_at or clock.now()
    failed = end.status != "SUCCEEDED" or end.loaded != "yes"
    return ItemOutcome(
        state=_state(end),
        loaded=end.loaded,
        status=end.status,
        started_at=run.started_at,
        ended_at=ended,
        seconds=round(max(0.0, ended - run.started_at - run.queued_seconds), 3),
        queued_seconds=run.queued_seconds,
        error=end.error,
        cause=shorten(end.reason or skipped_run(run), LONGEST_OF_ITEM) if failed else None,
        execution=end.execution_arn,
    )


def skipped_run(run: Run) -> str:
    """Why a run that succeeded has not loaded its table, as a sentence."""
    newer = run.outcome and run.outcome.superseded_by
    return SUPERSEDED_RUN.format(newer) if newer else SKIPPED_RUN


def _state(end: End) -> ItemState:
    """A run that was loaded lets others start, also where it failed afterwards."""
    if end.loaded == "yes":
        return ItemState.LOADED
    if end.loaded == "unknown":
        return ItemState.UNKNOWN
    if end.run.outcome is not None and end.run.outcome.superseded_by:
        return ItemState.SKIPPED
    return ItemState.STOPPED if end.status == "ABORTED" else ItemState.FAILED


_ADVICE = {
    "ABORTED": "What it left on the server is removed by itself. Start a new run if the table is still needed.",
    "TIMED_OUT": "What it left on the server is removed by itself. Find out what kept the run, then start a new one.",
}


FOLLOW_UPS_LEFT = (
    "What it left on the server is removed by itself. The table is complete: repeat only what is missing (rerun with "
    "--follow-ups)."
)
"""About an execution that was cut short after the load."""

JOB_LEFT = (
    "Its job may still be running, and goes on if the account may not cancel it: look for it in MicroStrategy's job "
    "monitor before you start a new run."
)
"""About an execution that was cut short: people are notified before the clean-up has tried to cancel its job."""


def advice_of(status: str, error: str | None, loaded: Loaded) -> str:
    """What a person does about an end, by Step Functions' status, the error's name and whether the table is loaded."""
    return _ADVICE.get(status) or advice(error, loaded)


def _advice(run: Run, status: str, error: str | None) -> str:
    if status in WORDS and run.loaded == "yes" and left_to_do(run.follow_ups):
        return FOLLOW_UPS_LEFT
    todo = advice_of(status, error, run.loaded)
    return f"{todo} {JOB_LEFT}" if any(map(may_go_on, run.attempts.values())) else todo


def _reason(status: str, detail: dict[str, Any]) -> str:
    cause = str(detail.get("cause") or "")
    if status not in WORDS:
        return cause
    error = detail.get("error")
    said = ": ".join(str(part) for part in (error, cause) if part)
    return f"{WORDS[status]} ({quoted(said, LONGEST_SAID)})." if said else f"{WORDS[status]}."
