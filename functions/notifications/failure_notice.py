"""The failure notification: one message that a person understands at once."""

from typing import Any

from functions.errors import ERRORS
from functions.names import stage_of
from functions.notifications import commands, durations
from functions.notifications.console_link import console_link
from functions.notifications.publish import LONGEST_SUBJECT, Notice
from functions.notifications.run_end import End
from functions.prompts.describe import skeleton
from functions.runs.series import Series
from functions.text import as_json, labelled, named

EXAMPLES = 5
"""Choices of a prompt that are shown as an example of its answer."""

LOADED = {
    "yes": "Yes, the table is complete.",
    "no": "No, this run did not touch the table.",
    "unknown": "It is not known. Look at the table before you start the run again.",
}

_MAIL_ALONE = (
    *("What to do", "To see it", *commands.REPEAT.values(), commands.REST, "Execution"),
    "Answers to put into the request",
)
"""Facts that a chat shows elsewhere, or has no room for."""

ENDED = {"FAILED": "failed", "ABORTED": "was stopped", "TIMED_OUT": "was timed out"}


def is_due(end: End) -> bool:
    """Whether people are notified: of every end but success."""
    return end.status != "SUCCEEDED"


def notice(end: End, series: Series | None = None, further: str | None = None) -> Notice:
    """The notification of the end of a run.

    ``series`` are the failures in a row with this one; ``further`` is a sentence about those that come after it.
    """
    name = end.run.job_name or end.datamart
    return Notice(
        "failure",
        subject(end),
        text(end, series, further),
        thread=end.run.thread,
        summary=labelled({key: value for key, value in _facts(end, series, further).items() if key not in _MAIL_ALONE}),
        next_steps=(end.advice, *commands.steps(_commands(end))),
        keywords=(stage_of(end.execution_arn), name, end.error or end.status),
        execution=end.execution_arn,
    )


def subject(end: End) -> str:
    """``Datamart City failed: NotFound (loaded: no)``; a long name is cut, so that the rest is always there."""
    error = f": {end.error}" if end.error else ""
    rest = f" {ENDED.get(end.status, end.status)}{error} (loaded: {end.loaded})"
    room = LONGEST_SUBJECT - len("Datamart ") - len(rest) - len('""')
    return f"Datamart {named(end.datamart, room)}{rest}"


def text(end: End, series: Series | None = None, further: str | None = None) -> str:
    """The message: what, loaded or not, why, what to do, where to look.

    Each "Name: value" is one line, and names that others gave are quoted unless they are plain: nothing in them can
    pass for a line of ours.
    """
    return labelled(_facts(end, series, further))


def _facts(end: End, series: Series | None, further: str | None) -> dict[str, Any]:
    """What the message says; a fact without a value is left out."""
    return {
        **about(end),
        "Ended as": end.error or end.status,
        "Loaded": LOADED[end.loaded],
        **durations.lines(end.run),
        "Failures": series and series.count > 1 and series.in_words(),
        "Last load": series and series.last_load_in_words(),
        "What happened": end.reason,
        "Follow-ups": end.follow_ups,
        "What to do": end.advice,
        **_commands(end),
        "Execution": console_link(end.execution_arn),
        "Later": further,
        "Answers to put into the request": _missing(end),
    }


def _commands(end: End) -> dict[str, str]:
    return commands.lines(end.execution_arn, end.loaded, end.error, follow_ups_left=end.has_follow_ups_left)


def about(end: End) -> dict[str, Any]:
    """What a run was to load, and for when; a fact without a value is left out."""
    run = end.run
    project = (run.project and run.project.name) or (run.requested and run.requested.project)
    return {
        "Datamart": named(end.datamart),
        "Project": project and named(project),
        "Job": run.job_name and named(run.job_name),
        "Object": run.message and run.message.object,
        "For": run.as_of and named(run.as_of),
        "Table": run.target and run.target.in_words,
    }


def _missing(end: End) -> str | None:
    """Every answer that was missing, as JSON to paste; the cause has only as much of it as fits."""
    error = ERRORS.get(end.error or "")
    if error is None or not error.lists_prompts or end.run.unanswered is None:
        return None
    entries = skeleton(end.run.unanswered.prompts, EXAMPLES)
    return "\n" + as_json({"prompts": entries}, indent=2)
