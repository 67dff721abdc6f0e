"""The message that started a run beside others: the failures of all of them are one notification."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from functions.names import EXECUTION_NAME, name_of_execution
from functions.requests.input_limits import LONGEST_MESSAGE_ID, MOST_RUNS
from functions.runs.notification import Notification
from functions.text import quoted

LONGEST_OBJECT = 1_200
"""Characters of an object in words: S3 takes 1,024 bytes of a key and 63 of a bucket's name."""


class TriggerMessage(NamedTuple):
    """The message that started this run beside others: its id, how many runs it started, the object it is about."""

    id: str
    runs: int
    object: str | None = None


class RunFailure(NamedTuple):
    """A failed run of a message: its execution's ARN, and what people are notified of."""

    run: str
    text: str


@dataclass
class MessageRuns:
    """The ends of the runs that one message started; their failures are one notification.

    Parameters
    ----------
    key
        ``message/<job>/<message id>``.
    run
        The execution whose end came first.
    runs
        How many runs the message started.
    since
        When the first end came.
    failures
        How many of the ends are failures that this notification lists.
    ends
        By the digits of the execution's name: the failure, or None for a run that did not fail.
    elsewhere
        How many of the ends are failures that the notification of an outage lists: None of ``ends``.
    claimed, notified
        When an invocation began to notify people, and when that was done: by :class:`Notification`.
    """

    key: str
    run: str = ""
    runs: int = 0
    since: float = 0
    failures: int = 0
    ends: dict[str, RunFailure | None] = field(default_factory=dict)
    elsewhere: int = 0
    claimed: dict[str, float] = field(default_factory=dict)
    notified: dict[str, float] = field(default_factory=dict)

    @property
    def notice_sent(self) -> bool:
        """Whether people were notified of the failures."""
        return Notification.NOTICE in self.notified

    @property
    def failed(self) -> list[RunFailure]:
        """Each failure."""
        return [end for end in self.ends.values() if end is not None]

    @property
    def has_failures(self) -> bool:
        """Whether a run has failed that has ended, as far as is known, wherever people are notified of it."""
        return bool(self.failed or self.elsewhere)

    @property
    def missing(self) -> int:
        """How many runs have not ended, as far as is known."""
        return max(0, self.runs - len(self.ends))


def message_in(given: Any, execution_arn: str) -> TriggerMessage | None:
    """The message that started the execution and others, or None if none did.

    ``given`` is the execution's input, whatever else is wrong with it. A person may have copied it from another
    execution, whose name it holds: that message did not start this one.
    """
    if not isinstance(given, dict) or not isinstance(found := given.get("message"), dict):
        return None
    message, runs = found.get("id"), found.get("runs")
    name = name_of_execution(execution_arn)
    if found.get("run") != name or not EXECUTION_NAME.fullmatch(name):
        return None
    if not (isinstance(message, str) and 1 <= len(message) <= LONGEST_MESSAGE_ID):
        return None
    if isinstance(runs, bool) or not (isinstance(runs, int) and 2 <= runs <= MOST_RUNS):
        return None
    return TriggerMessage(message, runs, _object(given.get("values")))


def _object(values: Any) -> str | None:
    """The uploaded object in words, or None for a run that no upload started."""
    if not isinstance(values, dict) or not {"bucket", "key"} <= set(values):
        return None
    return quoted(f"s3://{values['bucket']}/{values['key']}", LONGEST_OBJECT)
