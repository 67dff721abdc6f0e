"""The notification of a load: of the first after failures, and by the settings of each."""

from typing import Any

from functions.names import stage_of
from functions.notifications import commands, durations
from functions.notifications.batch_end import BatchEnd, durations_of
from functions.notifications.console_link import console_link
from functions.notifications.failure_notice import LOADED, about
from functions.notifications.publish import LONGEST_SUBJECT, Notice
from functions.notifications.run_end import End
from functions.notifications.wanted import is_wanted
from functions.runs.series import Series
from functions.text import labelled, named

REPEAT_FAILED = "Nothing, unless each run loads a day or a file of its own: then repeat the failed ones, too."
NOTHING = "Nothing."


def is_due(status: str, loaded: str, series: Series | None) -> bool:
    """Whether people are notified of an execution that has ended: it was loaded, after failures or in any case."""
    is_load = status == "SUCCEEDED" and loaded == "yes"
    return is_load and (is_wanted("success") or is_recovery(series))


def is_recovery(series: Series | None) -> bool:
    """Whether people are notified that a load has ended these failures in a row."""
    return series is not None and is_wanted("recovery")


def notice(end: End, series: Series | None) -> Notice:
    """The notification of a run that was loaded; ``series`` are the failures before it."""
    job = end.run.job_name
    rest = _rest(series)
    subject = f"Datamart {named(end.datamart, LONGEST_SUBJECT - len('Datamart ') - len(rest) - 2)}{rest}"
    facts = about(end) | {"Loaded": LOADED["yes"]} | durations.lines(end.run)
    facts["Follow-ups"] = end.follow_ups
    facts["Failures before"] = series and series.in_words()
    what: tuple[commands.Subject, str] = ("job", job) if job else ("datamart", end.datamart)
    repeat = {commands.REPEAT["yes"]: commands.rerun(end.execution_arn, "yes")}
    steps = _what_to_do(series, what, end.execution_arn) | repeat
    return _notice(series, subject, facts, steps, end.execution_arn, thread=end.run.thread, name=job or end.datamart)


def notice_of_batch(end: BatchEnd, series: Series | None) -> Notice:
    """The same of a batch all of whose items were loaded."""
    subject = f"Batch {named(end.name, 40)}{_rest(series)}"
    facts = {
        "Batch": named(end.name),
        "For": end.batch.as_of and named(end.batch.as_of),
        "Items": f"{len(end.lines)} loaded",
        **durations_of(end),
        "Failures before": series and series.in_words(),
    }
    steps = _what_to_do(series, ("batch", end.name), end.batch.arn) | _repeat_batch(end)
    return _notice(series, subject, facts, steps, end.batch.arn, thread=f"batch/{end.name}", name=end.name)


def _repeat_batch(end: BatchEnd) -> dict[str, str]:
    """A restart would run nothing of a batch that is loaded: it is started anew, by a name that is plain."""
    name = end.batch.name
    if name is None or named(name) != name:
        return {}
    return {commands.REPEAT["yes"]: commands.start(name, stage_of(end.batch.arn), end.batch.as_of)}


def _rest(series: Series | None) -> str:
    if series is None:
        return " is loaded"
    return f" is loaded again after {series.count} failure{'s' if series.count != 1 else ''}"


def _what_to_do(series: Series | None, what: tuple[commands.Subject, str], execution_arn: str) -> dict[str, str]:
    """What to do, and the commands for it, each by the words before it."""
    show = {"To see it": commands.show(execution_arn)}
    if series is None:
        return {"What to do": NOTHING} | show
    failed = commands.failed_runs(*what, stage_of(execution_arn))
    return {"What to do": REPEAT_FAILED, "To see the failed ones": failed} | show


def _notice(
    series: Series | None,
    subject: str,
    facts: dict[str, Any],
    steps: dict[str, str],
    execution_arn: str,
    *,
    thread: str,
    name: str,
) -> Notice:
    return Notice(
        "success" if series is None else "recovery",
        subject,
        labelled(facts | steps | {"Execution": console_link(execution_arn)}),
        thread=thread,
        summary=labelled(facts),
        next_steps=tuple(value if words == "What to do" else f"{words}: `{value}`" for words, value in steps.items()),
        keywords=(stage_of(execution_arn), name),
        execution=execution_arn,
    )
