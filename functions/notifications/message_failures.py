"""One notification for all failures of the runs that one message started.

The end of each run is registered once, whether it failed or not, and the one that completes the message notifies
people. Nothing is registered once an invocation has begun to notify, so people are sent everything that is there; an
end that comes later (the sweep has notified without it) has a notification of its own. Ends come at least once, at the
same time and late.
"""

from functions.names import name_of_execution, stage_of
from functions.notifications import commands, failure_notice
from functions.notifications.exactly_once import NotificationInProgress
from functions.notifications.publish import Notice, notify_once
from functions.notifications.run_end import End
from functions.runs.message import MessageRuns, RunFailure
from functions.runs.series import Series
from functions.runs.store.notices import MessageRecord, begin_message, message_key, record_end
from functions.runs.store.record import RunRecord
from functions.text import named, shorten

LONGEST_TEXT = 18_000
"""Bytes of what is reported about one failure: ten of them fit into one message and into one item."""


def register_with_other_runs(run: RunRecord, end: End, *, elsewhere: bool = False) -> tuple[MessageRecord, bool]:
    """Register the end of a run that a message started beside others; people are notified when all have ended.

    ``elsewhere``: the failure is in the notification of an outage, and is only counted here. Returns the message with
    this end, and whether people were notified of it alone. Raises NotificationInProgress, or what SNS answers.
    """
    if run.message is None:
        raise ValueError("no message started the run beside others")
    record = begin_message(run.table, message_key(run.job_name, run.message.id), run.arn, run.message.runs)
    alone = False
    if failure_notice.is_due(end) and not elsewhere:
        alone = notify_once(run, lambda: None if _register(record, end) else failure_notice.notice(end))
    else:
        _register(record, end, elsewhere=elsewhere)
    return record, alone


def _register(record: MessageRecord, end: End, *, elsewhere: bool = False) -> bool:
    """Register an end, once; False if people were notified before without it.

    Raises NotificationInProgress while another invocation sends: its content is fixed, its success is not known.
    """
    digits, failure = _digits(end), None
    if failure_notice.is_due(end) and not elsewhere:
        failure = RunFailure(end.execution_arn, shorten(failure_notice.text(end), LONGEST_TEXT))
    if record_end(record, digits, failure, elsewhere=elsewhere) or digits in record.ends:
        return True
    if record.notice_sent:
        return False
    raise NotificationInProgress("another invocation is notifying of the runs of this message")


def _digits(end: End) -> str:
    """The last part of the execution's name (functions/names.py), which an expression can name."""
    return end.execution_arn.rpartition("-")[2]


def notify_of_failures(record: MessageRecord, series: Series | None = None) -> bool:
    """Notify people of every failure, once; False if nothing failed, or if that was done."""
    if not record.failed:
        return False
    return notify_once(record, lambda: notice(record, series))


def notice(message: MessageRuns, series: Series | None = None) -> Notice:
    """The notification of every failure that is there; ``series`` are the job's failures in a row, with the message."""
    failed, (_, job, _identity) = message.failed, message.key.split("/", 2)
    return Notice(
        "failure",
        subject(message),
        text(message, series),
        thread=f"job/{job}",
        summary="\n\n".join([*_further(message, series), *("\n".join(_said(end, *_IN_CHAT)) for end in failed)]),
        next_steps=tuple(_steps(failed)),
        keywords=(stage_of(failed[0].run), job),
        execution=failed[0].run,
    )


_IN_CHAT = ("Object: ", "Ended as: ", "Loaded: ", "Duration: ", "Usual: ", "What happened: ")
_TO_DO, _COMMANDS = "What to do: ", tuple(f"{words}: " for words in ("To see it", *commands.REPEAT.values()))


def _steps(failed: list[RunFailure]) -> list[str]:
    """What to do, and what shows and repeats each run, by its object where it has one."""
    found = list(dict.fromkeys(step for end in failed for step in _said(end, _TO_DO, is_named=False)))
    for end in failed:
        about = _said(end, "Object: ", is_named=False) or [name_of_execution(end.run)]
        lines = (line.partition(": ") for line in _said(end, *_COMMANDS))
        found.append(commands.steps_of(about[0], {words: command for words, _, command in lines}))
    return found


def _said(failure: RunFailure, *names: str, is_named: bool = True) -> list[str]:
    """The lines of those names in what is reported about a failure; each fact there is one line."""
    lines = [line for line in failure.text.split("\n") if line.startswith(names)]
    return lines if is_named else [line.partition(": ")[2] for line in lines]


def subject(message: MessageRuns) -> str:
    """``Job country-upload: 2 of 3 runs of one message failed``"""
    job = named(message.key.split("/")[1], 40)
    return f"Job {job}: {len(message.failed)} of {message.runs} runs of one message failed"


def _further(message: MessageRuns, series: Series | None) -> list[str]:
    """What is to be said of failures that are not listed: those that an outage's notification has, and earlier ones."""
    found = []
    if message.elsewhere:
        found.append(
            f"{message.elsewhere} more failed because of the server: the message about its connection has them."
        )
    if series is not None and series.count > 1:
        found.append(f"Failures: {series.in_words()}")
    return found


def text(message: MessageRuns, series: Series | None = None) -> str:
    """What the message started, and each failure with what to do."""
    failed, stage = message.failed, stage_of(message.failed[0].run)
    _, job, identity = message.key.split("/", 2)
    first = (
        f"One message started {message.runs} runs of the job {named(job)} in the stage {stage}, and "
        f"{len(failed)} of them failed. Each is listed below with what to do.\nMessage: {named(identity)}"
    )
    first = "\n".join([first, *_further(message, series)])
    if message.missing:
        first += f"\nThe ends of {message.missing} more runs are not known yet. Each failure is notified separately."
    each = [f"Failure {number} of {len(failed)}\n{end.text}" for number, end in enumerate(failed, 1)]
    return "\n\n".join([first, *each])
