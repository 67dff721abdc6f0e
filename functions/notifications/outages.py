"""One notification for the failures of a connection whose server or account is the cause (DESIGN.md "Outages").

Each failure is registered once in the connection's item, whenever and however often its end arrives. The end that opens
a window is delivered again until people were notified of the window; where it never is, the sweep notifies them.
Nothing is registered once an invocation has begun to notify, so people are sent everything that is there. One failure
alone has its ordinary notification.
"""

from collections import Counter

from functions import clock
from functions.errors import ERRORS
from functions.limits import OUTAGE_MESSAGE_EVERY
from functions.names import stage_of
from functions.notifications import batch_end, commands, durations, failure_notice
from functions.notifications.batch_end import BatchEnd
from functions.notifications.console_link import console_link
from functions.notifications.exactly_once import NotificationInProgress
from functions.notifications.publish import LONGEST, Notice, notify_once
from functions.notifications.run_end import End, end_of
from functions.runs.executions import described
from functions.runs.notification import Notification
from functions.runs.outage import FailedBatch, GatheredFailure, Outage, is_of_connection, may_be_of_connection
from functions.runs.store.batch_lines import load_lines
from functions.runs.store.batches import BatchRecord, find_batch, load_plan
from functions.runs.store.outages import OutageRecord, begin_outage, close_window, find_outage, gather
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import find_run, find_runs
from functions.runs.store.table import RunTable
from functions.telemetry import logger
from functions.text import labelled, named, one_line, shorten

LONGEST_REASON = 600
"""Bytes of what happened to one run of a list: with a hundred of them the item and the message stay small."""

MOST_IN_CHAT = 7
"""Runs whose commands the chat shows; after the advice about several errors there is room for so many."""

MOST_TRIES = 5
"""Attempts to register a failure in one invocation, while others open and close windows."""


def is_gathered(end: End) -> bool:
    """Whether a failure is one of its connection."""
    failed = end.status == "FAILED" and end.run.connection is not None
    return failed and is_of_connection(end.error, end.run.waits_for)


def connection_of_batch(table: RunTable, end: BatchEnd) -> str | None:
    """The connection on which all failed runs of a batch failed by its server or account; None where one did not."""
    failed = {line["execution"]: line.get("error") for line in end.flawed if "execution" in line}
    if end.status not in ("FAILED", "SUCCEEDED") or not failed or not all(map(may_be_of_connection, failed.values())):
        return None
    runs = find_runs(table, list(failed))
    connections = {run.connection if is_of_connection(failed[run.arn], run.waits_for) else None for run in runs}
    return connections.pop() if len(connections) == 1 and len(runs) == len(failed) else None


def notify_with_outage(about: RunRecord | BatchRecord, connection: str, failure: GatheredFailure) -> tuple[bool, bool]:
    """Register a failure of the connection, ``about`` a run or a batch, and notify people of the window if it is due.

    Returns whether this invocation has notified people, and whether the end is to be delivered once more: that of the
    run which opened the window, until people were notified. Raises NotificationInProgress, or what AWS answers.
    """
    record = begin_outage(about.table, connection)

    def register() -> None:
        _register(record, failure)

    notify_once(about, register)
    sent = notify_of_window(record)
    return sent, record.window is not None and record.window.opened_by == about.arn


def _register(record: OutageRecord, failure: GatheredFailure) -> None:
    for _ in range(MOST_TRIES):
        if gather(record, failure):
            return
        if Notification.NOTICE in record.claimed:
            break
    raise NotificationInProgress(f"another invocation is notifying of the connection {record.connection}")


def failure_of(end: End) -> GatheredFailure:
    """What is kept of a failure until people are notified of it."""
    return GatheredFailure(
        run=end.execution_arn,
        at=end.run.ended_at or clock.now(),
        datamart=end.datamart,
        job=end.run.job_name,
        loaded=end.loaded,
        error=str(end.error),
        reason=shorten(end.reason, LONGEST_REASON),
        durations={words: text for words, text in durations.lines(end.run).items() if text},
    )


def failure_of_batch(end: BatchEnd) -> GatheredFailure:
    """The same of a batch all of whose failed runs failed by their connection."""
    failed = [line for line in end.flawed if "execution" in line]
    loads = Counter(str(line["loaded"]) for line in failed)
    ((error, _count),) = Counter(str(line["error"]) for line in failed).most_common(1)
    return GatheredFailure(
        run=end.batch.arn,
        at=end.batch.ended_at or clock.now(),
        datamart=end.name,
        job=None,
        loaded="unknown" if "unknown" in loads else "no",
        error=error,
        reason=shorten(" ".join(filter(None, (end.reason, failed[-1].get("cause")))), LONGEST_REASON),
        durations={words: text for words, text in batch_end.durations_of(end).items() if text},
        batch=FailedBatch(end.status, batch_end.items_in_words(end), dict(loads), batch_end.commands_of(end)),
    )


def notify_of_outage(table: RunTable, connection: str) -> bool:
    """Notify people of a connection's failures if they are due; for the sweep, where no end does it."""
    record = find_outage(table, connection)
    return record is not None and notify_of_window(record)


def notify_of_window(record: OutageRecord) -> bool:
    """Notify people of the window if it is due, once; the caller that finds that done closes the window."""
    if not record.is_due(clock.now()):
        return False
    try:
        sent = notify_once(record, lambda: notice(record))
    except NotificationInProgress:
        return False  # another invocation is at it, or has done it; the end that opened the window comes back
    except Exception:
        mailed_at = record.notified.get(Notification.NOTICE)
        if mailed_at is None or clock.now() < mailed_at + OUTAGE_MESSAGE_EVERY:
            raise
        logger.warning("given up to show an outage in the chat", extra={"connection": record.connection})
        sent = False
    close_window(record)
    return sent


def notice(record: OutageRecord) -> Notice:
    """The notification of a window: of several runs, or of the only one as if there were no outage."""
    if len(record.failures) == 1 and (alone := _alone(record.table, *record.failures.values())) is not None:
        return alone
    return Notice(
        "outage",
        subject(record),
        text(record),
        thread=f"connection/{record.connection}",
        summary="\n".join([_first_sentence(record), _last_reason(record), *map(_line, record.failures.values())]),
        next_steps=(*_advice(record), f"To try the connection: `{_check(record)}`", *_steps_of_runs(record)),
        keywords=(_stage(record), record.connection, *_errors(record)),
    )


def _alone(table: RunTable, failure: GatheredFailure) -> Notice | None:
    """The ordinary notification of the only failure of a window; None where it is not known any more."""
    if failure.batch is not None:
        batch, plan = find_batch(table, failure.run), load_plan(table, failure.run)
        if batch is None or plan is None:
            return None
        detail = {"executionArn": failure.run, "status": failure.batch.status}
        return batch_end.notice(BatchEnd.of(batch, plan, load_lines(batch, plan), detail), further=further())
    run, found = find_run(table, failure.run), described(failure.run)
    if run is None or found is None:
        return None
    return failure_notice.notice(end_of(run, found), further=further())


def subject(outage: Outage) -> str:
    """``Connection default: 12 runs failed (ServerUnavailable and others)``."""
    errors = list(_errors(outage))
    others = " and others" if len(errors) > 1 else ""
    return f"Connection {outage.connection}: {_runs(outage)} failed ({errors[0]}{others})"


def text(outage: Outage) -> str:
    """What has happened to the connection and what to do, then each run with the command that repeats it."""
    failures = list(outage.failures.values())
    loaded = _loads(outage)
    head = {
        "Connection": outage.connection,
        "Errors": ", ".join(f"{count} {error}" for error, count in _errors(outage).items()),
        "Loaded": ", ".join(f"{count} {word}" for word, count in loaded.most_common()),
        "What happened last": _reason(failures[-1]),
        "What to do": " ".join(_advice(outage)),
        "To try the connection": _check(outage),
        "Earlier": outage.before and f"{outage.before} more failures of this outage were in earlier messages.",
        "Later": further(),
    }
    each = [_paragraph(failure) for failure in failures]
    return shorten("\n\n".join([_first_sentence(outage), labelled(head), *each]), LONGEST)


def _first_sentence(outage: Outage) -> str:
    return (
        f"{_runs(outage)} on the connection {outage.connection} of the stage {_stage(outage)} have failed "
        f"since {clock.minute(outage.since)}. Their errors say that the server or the account is the cause."
    )


def _loads(outage: Outage) -> Counter[str]:
    return sum((Counter(failure.loads) for failure in outage.failures.values()), Counter())


def _runs(outage: Outage) -> str:
    """``12 runs``, those of batches among them."""
    number = _loads(outage).total()
    return f"{number} run{'s' if number != 1 else ''}"


def _paragraph(failure: GatheredFailure) -> str:
    return labelled(
        {
            "Datamart" if failure.batch is None else "Batch": named(failure.datamart),
            "Job": failure.job and named(failure.job),
            "Items": failure.batch and failure.batch.items,
            "Loaded": failure.loaded,
            "Error": failure.error,
            **(failure.durations or {}),
            "What happened": _reason(failure),
            **_commands(failure),
            "Execution": console_link(failure.run),
        }
    )


def _reason(failure: GatheredFailure) -> str:
    return one_line(failure.reason)


def _last_reason(outage: Outage) -> str:
    return f"What happened last: {_reason(list(outage.failures.values())[-1])}"


def _line(failure: GatheredFailure) -> str:
    took = durations.in_short(failure.durations or {})
    if failure.batch is not None:
        return f"Batch {named(failure.datamart)}: {failure.batch.items}{took}"
    return f"{named(failure.job or failure.datamart)}: {failure.error} (loaded: {failure.loaded}){took}"


def _steps_of_runs(outage: Outage) -> list[str]:
    """What shows and repeats each run, as many as a chat has room for, and what lists the others."""
    failures = list(outage.failures.values())
    shown = failures if len(failures) <= MOST_IN_CHAT else failures[: MOST_IN_CHAT - 1]
    steps = [commands.steps_of(named(each.job or each.datamart), _commands(each)) for each in shown]
    if left := len(failures) - len(shown):
        steps.append(f"To see the {left} others: `{commands.all_failed(_stage(outage))}`")
    return steps


def _commands(failure: GatheredFailure) -> dict[str, str]:
    if failure.batch is not None:
        return failure.batch.commands
    return commands.lines(failure.run, failure.loaded, failure.error)


def _errors(outage: Outage) -> dict[str, int]:
    """How many failed runs have each error, the most frequent first; those of a batch have its most frequent."""
    found: Counter[str] = Counter()
    for failure in outage.failures.values():
        found[failure.error] += sum(failure.loads.values())
    return dict(found.most_common())


def _advice(outage: Outage) -> list[str]:
    """A sentence for each error, and what follows for the tables."""
    ours = [ERRORS[error].advice for error in _errors(outage) if error in ERRORS]
    unknown = any(failure.loaded == "unknown" for failure in outage.failures.values())
    look = " Look at the tables first whose load is unknown." if unknown else ""
    return [*dict.fromkeys(ours), f"Then repeat the runs whose tables are still needed.{look}"]


def _check(outage: Outage) -> str:
    return commands.check(_stage(outage), outage.connection)


def _stage(outage: Outage) -> str:
    return stage_of(next(iter(outage.failures.values())).run)


def further() -> str:
    """What follows for the failures that come after a notification."""
    until = clock.minute(clock.now() + OUTAGE_MESSAGE_EVERY)
    return f"Further failures of the connection until {until} are one message."
