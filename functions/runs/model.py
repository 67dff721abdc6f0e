"""The typed run: what is known of it, its attempts and its questions.

:mod:`functions.runs.store` reads and writes the run table's items; everything else works with these types, and those of
``attempt``, ``outcome``, ``lease`` and ``message`` beside this module. Times are seconds since the epoch, durations are
seconds. What an item does not have is None, False, 0 or empty.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from functions import clock
from functions.errors import RunAlreadyEnded, RunTimedOut
from functions.requests.batches.membership import BatchMembership
from functions.requests.started import Started
from functions.runs.attempt import Attempt
from functions.runs.follow_ups import FollowUp
from functions.runs.job_state import JobState, Loaded, loaded
from functions.runs.message import TriggerMessage
from functions.runs.notification import Notification
from functions.runs.outcome import Conclusion, Outcome
from functions.runs.polling import LONGEST_UNTOLD
from functions.runs.queue import Priority
from functions.runs.stored_session import StoredSession
from functions.runs.usual import median_of
from functions.text import named

Prompt = dict[str, Any]
"""A prompt as people are asked it: :mod:`functions.prompts.describe`."""

Reference = str | dict[str, str]
"""How a request names a project or a datamart: id, name, or ``{"name", "path"}``."""


class Requested(NamedTuple):
    """What the request names: project, datamart, and by key, id or name the prompts that it answers."""

    project: Reference
    datamart: Reference
    prompts: tuple[str, ...] = ()


class ServerObject(NamedTuple):
    """A project or a datamart as the server knows it; the name is None where nobody needed to look it up."""

    id: str
    name: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """``{"id", "name"}``"""
        return {"id": self.id, "name": self.name}


class Target(NamedTuple):
    """The table that the datamart writes: data source and table name, None where the definition is not readable.

    ``append`` is whether a run adds rows to it; an unreadable definition counts as appending.
    """

    source: str | None = None
    table: str | None = None
    append: bool | None = None

    def as_json(self) -> dict[str, str | bool | None]:
        """``{"source", "table", "append"}``"""
        return {"source": self.source, "table": self.table, "append": self.append}

    @property
    def in_words(self) -> str | None:
        """``DM_CITY in Warehouse``; None where the table is not known."""
        return f"{named(self.table)} in {named(self.source or 'its source')}" if self.table else None


class Definition(NamedTuple):
    """What matters of the datamart's definition; ``max_execution_seconds`` is None where it sets no limit."""

    readable: bool = False
    runs_extra_sql: bool = True
    max_execution_seconds: int | None = None


class Polling(NamedTuple):
    """What a run needs to know of before it, to choose when it looks at its job (:mod:`functions.runs.polling`).

    ``durations`` are those of the datamart's last successful runs in seconds, oldest first, each from the execution
    request or, if it had prompts, the last answers; ``prompts`` is how many the last one answered. ``longest_wait`` is
    the longest wait that the server's sessions allow, in seconds.
    """

    durations: tuple[float, ...] = ()
    prompts: int = 0
    longest_wait: int = LONGEST_UNTOLD


@dataclass(frozen=True)
class Questions:
    """What a run that asks people knows of its questions (``"unanswered": "ask"``).

    Parameters
    ----------
    hours
        How long people have in all.
    answers
        What people answered, in the form of a request's ``prompts``.
    fresh
        How many of the last answers the server has not taken yet.
    refused
        The reason of each wrong reply.
    seconds
        How long people took so far; the deadline does not count it.
    conclusion
        What followed from the newest reply.
    """

    hours: int
    answers: tuple[dict[str, Any], ...] = ()
    fresh: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    seconds: float = 0
    conclusion: Conclusion | None = None


@dataclass(frozen=True)
class OpenQuestion:
    """A question that waits for a reply until ``until``. Its token lets anybody reply."""

    token: str = field(repr=False)
    asked_at: float
    until: float
    prompts: tuple[Prompt, ...]
    refusal: str | None = None


class UnansweredPrompts(NamedTuple):
    """The prompts of the newest PromptsUnanswered, and the attempt that found them."""

    attempt: int
    prompts: tuple[Prompt, ...]


@dataclass
class Run:
    """One execution of the state machine, and the attempt that a step works on.

    Parameters
    ----------
    arn
        The execution's ARN, which is the run's id.
    number
        Number of the attempt that a step works on, from 1; 0 before the first.
    newest_attempt
        Number of the newest attempt.
    job_name, as_of
        Of the job's trigger; None for a request as a person typed it.
    message
        The message that started this run beside others.
    batch
        The batch that this run is an item of.
    started
        Who or what started it; None for a run that an earlier release began.
    max_concurrent_runs
        The connection's; 0 for a run that began before there were slots.
    priority, queue_minutes
        Of the request: before whom it goes in the queue, and how long it may wait there.
    burst
        Whether a newer upload of the job makes the run superfluous while it waits in the queue.
    queued_since, queued_seconds, paused_seconds
        Since when it waits in the queue, None while it does not; how long it waited before, and how many seconds of
        that were in a pause: they do not count against ``queue_minutes``.
    polling, usual
        What it knows of the runs before it; and of a run that has ended, only how long they usually took, if any.
    polls, lost_logins
        Looks at the job's status; logins whose response was lost.
    waits_for
        Why the newest attempt but one came to nothing.
    follow_ups
        What follows the load, in the request's order.
    follow_ups_of
        Name of the execution that has loaded the table, of a run that only does what follows; None of all others.
    ran_until, finished_at, ended_at
        When the job was last seen running, when it was found complete, and when the run was closed.
    ends_series
        Whether it has no job, and loaded a datamart whose runs without one had failed before.
    lease_free
        Whether the run had given its lease back when it was closed.
    claimed, notified
        When an invocation began to notify of the end, and when that was done: by :class:`Notification`.
    """

    arn: str
    number: int = 0
    started_at: float = 0
    deadline: float = 0
    expires_at: int = 0
    job_name: str | None = None
    as_of: str | None = None
    message: TriggerMessage | None = None
    batch: BatchMembership | None = None
    started: Started | None = None
    connection: str | None = None
    requested: Requested | None = None
    on_conflict: str | None = None
    rerun_if_replacing: bool = False
    max_concurrent_runs: int = 0
    priority: Priority = "normal"
    queue_minutes: int = 1_440
    burst: bool = False
    queued_since: float | None = None
    queued_seconds: float = 0
    paused_seconds: float = 0
    newest_attempt: int = 0
    attempts: dict[int, Attempt] = field(default_factory=dict)
    project: ServerObject | None = None
    datamart: ServerObject | None = None
    target: Target | None = None
    definition: Definition | None = None
    polling: Polling | None = None
    usual: float | None = None
    polls: int = 0
    lost_logins: int = 0
    waits_for: str | None = None
    save_folder_id: str | None = None
    saved_object_id: str | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    follow_ups_of: str | None = None
    ran_until: float | None = None
    finished_at: float | None = None
    ended_at: float | None = None
    ends_series: bool = False
    lease_free: bool = False
    outcome: Outcome | None = None
    unanswered: UnansweredPrompts | None = None
    questions: Questions | None = None
    question: OpenQuestion | None = None
    claimed: dict[str, float] = field(default_factory=dict)
    notified: dict[str, float] = field(default_factory=dict)

    @property
    def attempt(self) -> Attempt:
        """What is known of the attempt; empty before it began."""
        return self.attempts.get(self.number) or Attempt(self.number)

    @property
    def ended(self) -> bool:
        """Whether the run is closed."""
        return self.ended_at is not None

    @property
    def end_event_sent(self) -> bool:
        """Whether the end event was sent."""
        return Notification.EVENT in self.notified

    @property
    def notice_sent(self) -> bool:
        """Whether people were notified of the failure."""
        return Notification.NOTICE in self.notified

    @property
    def open_session(self) -> StoredSession | None:
        """The attempt's session, and the server that it is on."""
        stored = self.attempt.session
        return StoredSession.from_json(stored) if stored else None

    @property
    def project_id(self) -> str:
        """Id of the project. Raises AttributeError before describe_datamart has found it."""
        return self.project.id  # type: ignore[union-attr]

    @property
    def datamart_id(self) -> str:
        """Id of the datamart. Raises AttributeError before describe_datamart has found it."""
        return self.datamart.id  # type: ignore[union-attr]

    @property
    def execution_instance_id(self) -> str | None:
        """The newest instance id that a response named (API.md 5.2)."""
        return self.attempt.execution_instance_id or self.attempt.instance_id

    @property
    def datamart_in_words(self) -> str:
        """Its name where that is known, else what the request calls it; empty for a request that was refused."""
        if self.datamart is not None and self.datamart.name:
            return self.datamart.name
        asked = self.requested.datamart if self.requested else ""
        return asked["name"] if isinstance(asked, dict) else asked

    @property
    def name_in_words(self) -> str:
        """The datamart in words, or the job where the request never named one."""
        return self.datamart_in_words or self.job_name or "unknown"

    @property
    def thread(self) -> str:
        """What a chat keeps together: the runs of a job, else those of a datamart."""
        return f"job/{self.job_name}" if self.job_name else f"datamart/{self.name_in_words}"

    @property
    def loaded(self) -> Loaded:
        """Whether the table was loaded: by any attempt, or by the run whose follow-ups this one does."""
        if self.follow_ups_of is not None:
            return "yes"
        return loaded([attempt.job_state for attempt in self.attempts.values()])

    @property
    def loading_attempt(self) -> Attempt:
        """The attempt that loaded the table; before that the one that a step works on."""
        done = [attempt for attempt in self.attempts.values() if attempt.job_state is JobState.LOADED]
        return done[-1] if done else self.attempt

    @property
    def is_loaded_before(self) -> bool:
        """Whether another run or attempt has loaded the table, so that this attempt executes nothing."""
        others = [attempt.job_state for attempt in self.attempts.values() if attempt.number != self.number]
        return self.follow_ups_of is not None or JobState.LOADED in others

    @property
    def job_seconds(self) -> float | None:
        """How long the job took that loaded the table, None before: from when nobody but the server worked on it.

        It ended between two looks: the middle is right on average.
        """
        done = [attempt for attempt in self.attempts.values() if attempt.job_state is JobState.LOADED]
        if not done or self.finished_at is None or (began := done[-1].on_its_own_since) is None:
            return None
        return round((max(began, self.ran_until or began) + self.finished_at) / 2 - began, 3)

    @property
    def late_seconds(self) -> float | None:
        """How late the end of that job was seen: half of the time since the look before, which is right on average."""
        began = self.attempt.on_its_own_since
        if self.finished_at is None or began is None:
            return None
        return round((self.finished_at - max(began, self.ran_until or began)) / 2, 1)

    @property
    def usual_seconds(self) -> float | None:
        """How long the datamart's job usually takes: the median of the last successful runs before this one."""
        durations = self.polling.durations if self.polling else ()
        return median_of(durations) if durations else self.usual

    def saved_as_json(self) -> dict[str, str] | None:
        """``{"objectId"}`` of the saved definition, or None."""
        return {"objectId": self.saved_object_id} if self.saved_object_id else None

    @property
    def answers_of_people(self) -> list[dict[str, Any]]:
        """What people answered when the run asked them; these follow the answers of the request."""
        return list(self.questions.answers) if self.questions else []

    @property
    def idle_answers(self) -> list[str]:
        """The request's answers that this attempt had no prompt for, as the request names the prompts."""
        named = self.requested.prompts if self.requested else ()
        return [name for position, name in enumerate(named) if position not in self.attempt.positions_sent]

    def seconds_left(self) -> float:
        """Seconds until the deadline, which time in the queue does not bring nearer; negative when it has passed."""
        now = clock.now()
        waiting = 0 if self.queued_since is None else now - self.queued_since
        return self.deadline + waiting - now

    def check_open(self) -> None:
        """Raise RunAlreadyEnded if the run is closed or this attempt is being cleaned up."""
        if self.ended or self.attempt.closing_at is not None:
            raise RunAlreadyEnded("this run is closed; start a new one.")

    def check_deadline(self) -> None:
        """Raise RunTimedOut if the deadline has passed."""
        if self.seconds_left() <= 0:
            waited = self.queued_seconds + (self.questions.seconds if self.questions else 0)  # which do not count
            minutes = round((self.deadline - self.started_at - waited) / 60)
            raise RunTimedOut(f"the run did not end within its timeoutMinutes ({minutes}).")
