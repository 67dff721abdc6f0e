"""The notification of a run that takes longer than usual and still goes on."""

import shlex

from functions import clock
from functions.names import stage_of
from functions.notifications import commands
from functions.notifications.console_link import console_link
from functions.notifications.publish import LONGEST_SUBJECT, Notice
from functions.runs.model import Run
from functions.runs.usual import Usual
from functions.text import duration, labelled, named

NEXT_STEPS = (
    "Look in MicroStrategy's job monitor, and in the warehouse, what the job waits for.",
    "If it should go on, do nothing: it is looked at as before, and its end is reported only if it fails.",
    "If not, stop the execution: its job is cancelled where the account may do that, and its session is ended.",
)


def notice(run: Run, usual: Usual, began: float, *, is_last: bool = False) -> Notice:
    """The notification; ``began`` is since when the server works on the job, in seconds since the epoch.

    ``is_last`` is whether it is the last of this hour about runs of the connection, or of the batch.
    """
    return Notice(
        "longer",
        subject(run, usual, began),
        text(run, usual, began, is_last=is_last),
        thread=run.thread,
        summary=labelled(_facts(run, usual, began)),
        next_steps=(*NEXT_STEPS, *commands.steps(_commands(run))),
        keywords=(stage_of(run.arn), run.job_name or run.name_in_words),
        execution=run.arn,
    )


def subject(run: Run, usual: Usual, began: float) -> str:
    """``Datamart City takes longer than usual: 41 min so far, usually 20 min``; a long name is cut."""
    so_far, usually = duration(clock.now() - began), duration(usual.seconds)
    rest = f" takes longer than usual: {so_far} so far, usually {usually}"
    room = LONGEST_SUBJECT - len("Datamart ") - len(rest) - len('""')
    return f"Datamart {named(run.name_in_words, room)}{rest}"


def text(run: Run, usual: Usual, began: float, *, is_last: bool = False) -> str:
    """The message: what runs, since when, what is usual, when it was expected to end, what to do, where to look."""
    further: dict[str, str | None] = {
        "What to do": " ".join(NEXT_STEPS),
        "Others": _others(run) if is_last else None,
        **_commands(run),
        "Execution": console_link(run.arn),
    }
    return labelled(_facts(run, usual, began) | further)


def _commands(run: Run) -> dict[str, str]:
    """What shows it, stops it, and repeats it then: nobody knows whether a job that was stopped has loaded."""
    return {
        "To see it": commands.show(run.arn),
        "To stop it": f"aws stepfunctions stop-execution --execution-arn {shlex.quote(run.arn)}",
        "To repeat it once it is stopped, after a look at the table": commands.rerun(run.arn, "unknown"),
    }


def _others(run: Run) -> str:
    if run.batch is not None:
        return (
            "Further items of its batch that take longer than usual are not reported in this hour. "
            f"{commands.show(run.batch.execution)} lists them all."
        )
    stage = shlex.quote(stage_of(run.arn))
    return (
        f"Several runs of connection {named(run.connection)} take longer than usual; further ones are not reported in "
        f"this hour. datamart runs --status running --stage {stage} lists what runs."
    )


def _facts(run: Run, usual: Usual, began: float) -> dict[str, str | None]:
    expected = began + usual.seconds
    return {
        "Datamart": named(run.name_in_words),
        "Project": named(run.project.name) if run.project and run.project.name else None,
        "Job": run.job_name and named(run.job_name),
        "Item of a batch": named(run.batch.item) if run.batch else None,
        "For": run.as_of and named(run.as_of),
        "Table": run.target and run.target.in_words,
        "So far": f"{duration(clock.now() - began)}, since {clock.minute(began)}",
        "Usual": f"{duration(usual.seconds)} (the median of its last {usual.runs} loads)",
        "Expected end": f"{clock.minute(expected)}, {duration(clock.now() - expected)} ago",
        "Longer than usual from": f"{clock.minute(began + usual.longest)}, after {duration(usual.longest)}",
        "Ends by itself at": clock.minute(clock.now() + run.seconds_left()),
    }
