"""The failures of one connection whose cause is its server or account: those of an outage are one notification. Pure.

They are gathered in windows. The first is minutes long; while the outage goes on, those after it are an hour long.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from functions.errors import ERRORS, RunTimedOut
from functions.limits import OUTAGE_GATHERED_FOR, OUTAGE_MESSAGE_EVERY
from functions.runs.job_state import Loaded

MOST_GATHERED = 100
"""Failures of one notification: a window with so many is due at once."""


class FailedBatch(NamedTuple):
    """What a notification of several failures says of a batch.

    ``status`` is Step Functions', ``items`` how many items are how, in words, ``loads`` how many of its failed runs
    are loaded or not, and ``commands`` those that show and restart it, by the words before each.
    """

    status: str
    items: str
    loads: dict[str, int]
    commands: dict[str, str]


class GatheredFailure(NamedTuple):
    """A failed run of an outage: its execution's ARN, when it ended, and what a notification of several says of it.

    Or a batch whose runs failed by the outage alone: ``datamart`` is then its name. ``durations`` are the words of
    functions/notifications/durations.py.
    """

    run: str
    at: float
    datamart: str
    job: str | None
    loaded: Loaded
    error: str
    reason: str
    durations: dict[str, str] | None = None
    batch: FailedBatch | None = None

    @property
    def loads(self) -> dict[str, int]:
        """How many failed runs are loaded or not, by the word."""
        return {self.loaded: 1} if self.batch is None else self.batch.loads


class Window(NamedTuple):
    """The failures that are gathered for the next notification.

    ``opened_by`` is the run whose end came first; at ``due`` (seconds since the epoch) people are notified.
    """

    opened_by: str
    due: float


@dataclass
class Outage:
    """What is known of a connection's failures.

    Parameters
    ----------
    key
        ``outage/<connection>``.
    number
        Of the window, from 1.
    window
        None while nothing is gathered.
    failures
        Those of the window in the order of their ends, by a digest of the execution's ARN.
    since
        When the first failure of the outage was gathered.
    before
        How many of the outage's failures earlier notifications had.
    sent_at
        When people were last notified; 0 if they never were.
    sent
        When the failures of earlier windows were sent, by their digests: as long as an end may be delivered again.
    claimed, notified
        When an invocation began to notify of the window, and when that was done: by :class:`Notification`.
    """

    key: str
    number: int = 1
    window: Window | None = None
    failures: dict[str, GatheredFailure] = field(default_factory=dict)
    since: float = 0
    before: int = 0
    sent_at: float = 0
    sent: dict[str, float] = field(default_factory=dict)
    claimed: dict[str, float] = field(default_factory=dict)
    notified: dict[str, float] = field(default_factory=dict)

    @property
    def connection(self) -> str:
        """Name of the connection."""
        return self.key.partition("/")[2]

    def goes_on(self, now: float) -> bool:
        """Whether a failure that comes now belongs to the outage that people were last notified of."""
        return bool(self.sent_at) and now < self.sent_at + OUTAGE_MESSAGE_EVERY

    def due_at(self, now: float) -> float:
        """When a window is due that is opened now."""
        soon = now + OUTAGE_GATHERED_FOR
        return max(soon, self.sent_at + OUTAGE_MESSAGE_EVERY) if self.goes_on(now) else soon

    def is_due(self, now: float) -> bool:
        """Whether people have to be notified of the window."""
        return self.window is not None and (now >= self.window.due or len(self.failures) >= MOST_GATHERED)


def may_be_of_connection(error: str | None) -> bool:
    """Whether it may be, as far as the error's name says: one that a run ended with may not say why it waited."""
    return error == RunTimedOut.name or is_of_connection(error, None)


def is_of_connection(error: str | None, waited_for: str | None) -> bool:
    """Whether the server or the account is the cause of a failure, and not the run.

    ``error`` is its name; ``waited_for`` why the last attempt but one came to nothing, as ``Run.waits_for``: where the
    time of a run is over, it may have waited for the server.
    """
    name = str(waited_for).partition(":")[0] if error == RunTimedOut.name else str(error)
    return name in ERRORS and ERRORS[name].of_connection
