"""One notification for all failures of the runs that one message started.

An item of its own in the run table for each such message, its key ``message/<job>/<message id>``::

    executionArn: the key, run: ARN of the first that ended, runs: how many the message started, since, expiresAt (TTL)
    failures: how many ends are failures, ends {"<digits of the execution's name>": {} or {run, text}}
    claimed {notice}, told {notice}                         when people were, or are being, told

The end of each run is registered once, whatever it was, and the one that completes the message has people told.
Nothing is registered once somebody has begun to tell, so what is told is all that is there; an end that comes later
(the sweep has told without it) has a notification of its own. Ends come at least once, at the same time and late.
"""

from typing import Any, Self

from functions import clock
from functions.notifications import failure_notice
from functions.notifications.exactly_once import NotificationInProgress, notify_once, once
from functions.notifications.run_end import End
from functions.runs.leases import stage_of
from functions.runs.run_table import ConditionFailed, Item, RunTable, expiry
from functions.text import named, shorten

LONGEST_TEXT = 18_000
"""Bytes of what is reported about one failure: ten of them fit into one message and into one item."""

PREFIX = "message/"


class MessageFailures:
    """What is known of the ends of one message's runs."""

    def __init__(self, table: RunTable, item: Item) -> None:
        self._table = table
        self.item = item

    @classmethod
    def of(cls, table: RunTable, end: End) -> Self:
        """Those of the message that started the run of ``end``; its item is made with the first end."""
        message = end.run.item["message"]
        key = f"{PREFIX}{end.run.item['job']}/{message['id']}"
        if (item := table.load(key)) is None:
            new = _new(end.execution_arn, message["runs"])
            try:
                item = table.change(key, put=new, condition="attribute_not_exists({executionArn})")
            except ConditionFailed:
                item = table.load(key) or {}
        return cls(table, item)

    @property
    def key(self) -> str:
        """The item's key."""
        return str(self.item["executionArn"])

    @property
    def failed(self) -> list[Item]:
        """{run, text} of each failure."""
        return [end for end in self.item["ends"].values() if end]

    @property
    def missing(self) -> int:
        """How many runs have not ended, as far as is known."""
        return max(0, int(self.item["runs"]) - len(self.item["ends"]))

    def change(self, **arguments: Any) -> None:
        """Change the item as ``RunTable.change`` does. Raises ConditionFailed."""
        self.item = self._table.change(self.key, **arguments)

    def reload(self) -> None:
        """Read the item again."""
        self.item = self._table.load(self.key) or self.item

    def register(self, end: End) -> bool:
        """Register an end, once; False if people were notified before without it.

        Raises NotificationInProgress while another invocation sends: its content is fixed, its success is not known.
        """
        path = f"ends.{_digits(end)}"
        failure = {"run": end.execution_arn, "text": shorten(failure_notice.text(end), LONGEST_TEXT)}
        is_failure = failure_notice.is_due(end)
        try:
            self.change(
                put={path: failure if is_failure else {}},
                add={"failures": int(is_failure)},
                condition=f"attribute_not_exists({{{path}}}) AND attribute_not_exists({{claimed.notice}})",
            )
        except ConditionFailed:
            self.reload()
            if _digits(end) in self.item["ends"]:
                return True
            if "notice" in self.item["told"]:
                return False
            raise NotificationInProgress("another invocation is telling of the runs of one message") from None
        return True

    def tell(self) -> bool:
        """Notify people of every failure, once; False if there is none, or if that was done."""
        return bool(self.failed) and once(self, "notice", lambda: failure_notice.publish(self._subject(), self._text()))

    def _subject(self) -> str:
        job = named(self.key.split("/")[1], 40)
        return f"Job {job}: {len(self.failed)} of {self.item['runs']} runs of one message failed"

    def _text(self) -> str:
        failed, stage = self.failed, stage_of(self.failed[0]["run"])
        _, job, message = self.key.split("/", 2)
        first = (
            f"One message started {self.item['runs']} runs of the job {named(job)} in the stage {stage}, and "
            f"{len(failed)} of them failed. Each is listed below with what to do.\nMessage: {named(message)}"
        )
        if self.missing:
            first += f"\nThe ends of {self.missing} more runs are not known yet. Each failure is notified separately."
        each = [f"Failure {number} of {len(failed)}\n{end['text']}" for number, end in enumerate(failed, 1)]
        return "\n\n".join([first, *each])


def notify_with_other_runs(table: RunTable, end: End) -> bool:
    """Register the end of a run that one message started beside others; people are told when all have ended.

    Returns whether this invocation has told people. Raises NotificationInProgress, or what SNS answers.
    """
    failures = MessageFailures.of(table, end)
    told_alone = False

    def register(end: End) -> None:
        nonlocal told_alone
        if not failures.register(end):
            failure_notice.send(end)
            told_alone = True

    if failure_notice.is_due(end):
        notify_once("notice", end, register)
    else:
        failures.register(end)
    return told_alone or (not failures.missing and failures.tell())


def _new(run: str, runs: int) -> Item:
    now = clock.now()
    counted: Item = {"runs": runs, "failures": 0, "ends": {}}
    return counted | {"run": run, "since": now, "expiresAt": expiry(now), "claimed": {}, "told": {}}


def _digits(end: End) -> str:
    """The last part of the execution's name (functions/triggers/trigger_event.py), which an expression can name."""
    return end.execution_arn.rpartition("-")[2]
