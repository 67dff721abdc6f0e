"""What is known of a run, its attempts, its questions, and the locks that it holds: the items of the run table, typed.

:mod:`functions.runs.store` reads and writes the items; everything else works with these types. Times are seconds since
the epoch, durations are seconds. What an item does not have is None, False, 0 or empty. DESIGN.md "The run" says what
the fields are for.
"""

from dataclasses import dataclass, field
from typing import Any

from functions import clock
from functions.errors import RunAlreadyEnded, RunTimedOut
from functions.runs.job_state import JobState, Loaded, loaded
from functions.runs.stored_session import StoredSession

Prompt = dict[str, Any]
"""A prompt as people are asked it: :mod:`functions.prompts.describe`."""

Reference = str | dict[str, str]
"""How a request names a project or a datamart: id, name, or ``{"name", "path"}``."""


# -- what a run is about ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Requested:
    """What the request names: project, datamart, and by key, id or name the prompts that it answers."""

    project: Reference
    datamart: Reference
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServerObject:
    """A project or a datamart as the server knows it; the name is None where nobody needed to look it up."""

    id: str
    name: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """``{"id", "name"}``"""
        return {"id": self.id, "name": self.name}


@dataclass(frozen=True)
class Target:
    """The table that the datamart writes: data source and table name, None where the definition is not readable.

    ``append`` is whether a run adds rows to it; an unreadable definition counts as appending.
    """

    source: str | None = None
    table: str | None = None
    append: bool | None = None

    def as_json(self) -> dict[str, str | bool | None]:
        """``{"source", "table", "append"}``"""
        return {"source": self.source, "table": self.table, "append": self.append}


@dataclass(frozen=True)
class Definition:
    """What matters of the datamart's definition; ``max_execution_seconds`` is None where it sets no limit."""

    readable: bool = False
    runs_extra_sql: bool = True
    max_execution_seconds: int | None = None


@dataclass(frozen=True)
class TriggerMessage:
    """The message that started this run beside others: its id, how many runs it started, the object it is about."""

    id: str
    runs: int
    object: str | None = None


# -- an attempt ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AnsweredPrompt:
    """A prompt that an attempt has sent an answer to.

    ``address`` is its key, id or name. ``how`` says where the answer came from. ``position`` is that of the answer
    among the request's and then people's, None for a default.
    """

    address: str
    name: str
    type: str
    how: str
    position: int | None


@dataclass(frozen=True)
class Outage:
    """The server was down before anything was executed; ``retry_after`` is how long it asked to be left alone."""

    retry_after: float | None


@dataclass(frozen=True)
class Unavailable:
    """The server was last unavailable while the run followed its job."""

    at: float
    reason: str


@dataclass(frozen=True)
class JobFailure:
    """Why a job failed: name and text of the error that was raised for it."""

    kind: str
    text: str


@dataclass(frozen=True)
class Attempt:
    """One pass of a run from login to logout.

    Parameters
    ----------
    number
        From 1.
    login_began_at
        When an invocation was about to log in; removed when the login is settled.
    session
        The session and how to reach its server (:class:`StoredSession` as JSON): the only secret of an item.
    instance_id
        The instance as it was created: what save and delete name (API.md 5.2).
    execution_instance_id
        A newer id that a response named: what polling and prompts name.
    posted_at
        When the execution request was about to be sent.
    execution_response
        What answered an execution request that was not accepted.
    outage, unavailable
        That the server was down, before and after the execution request.
    reached_sql
        Whether a status showed the job at the warehouse or behind it.
    lost_at
        When the session or the instance was found gone.
    answering_round, answering_at
        The newest round of answers, and when its answers were about to be sent.
    answers_pending, answers_in_doubt
        Answers were sent and nothing is known of them; they, or earlier ones, may have been taken although the
        response says otherwise.
    answered_at
        When the server last took answers.
    positions_taken, addresses_taken
        Which answers the server took, and for which prompts.
    answer_failures, slow_lists
        Calls in a row that failed: answers, and lists of prompts that timed out.
    saving_at, closing_at, expired_at
        When saving began; when the clean-up began, from which on nothing is opened on the server; when the session
        was given up.
    job_ended
        The job monitor knows that the job has ended; ``not_cancelled`` is why a job was not cancelled.
    """

    number: int
    login_began_at: float | None = None
    session: str | None = field(default=None, repr=False)
    base_url: str | None = None
    instance_id: str | None = None
    execution_instance_id: str | None = None
    job_id: str | None = None
    job_state: JobState | None = None
    posted_at: float | None = None
    max_execution_seconds: int | None = None
    execution_response: str | None = None
    looked_at: float | None = None
    reached_sql: bool = False
    unknown_statuses: tuple[int, ...] = ()
    failure: JobFailure | None = None
    outage: Outage | None = None
    unavailable: Unavailable | None = None
    lost_at: float | None = None
    answering_round: int | None = None
    answering_at: float | None = None
    answers_pending: bool = False
    answers_in_doubt: bool = False
    answered_at: float | None = None
    positions_taken: tuple[int, ...] = ()
    addresses_taken: tuple[str, ...] = ()
    answer_failures: int = 0
    slow_lists: int = 0
    prompts: tuple[AnsweredPrompt, ...] = ()
    saving_at: float | None = None
    closing_at: float | None = None
    instance_deleted: bool = False
    job_ended: bool = False
    not_cancelled: str | None = None
    expired_at: float | None = None

    @property
    def positions_sent(self) -> frozenset[int]:
        """Positions of the answers, the request's and then people's, that this attempt has sent."""
        return frozenset(prompt.position for prompt in self.prompts if prompt.position is not None)

    @property
    def addresses_sent(self) -> frozenset[str]:
        """The prompts that this attempt has sent answers to."""
        return frozenset(prompt.address for prompt in self.prompts)


# -- questions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Again:
    """The attempt is repeated after a pause; ``waits_for`` is the error and reason, None after people's answers."""

    wait_seconds: int
    waits_for: str | None = None

    def as_response(self) -> dict[str, Any]:
        """``{"end", "waitSeconds", "waitsFor"}`` for the state machine; the last one only with a reason."""
        why = {} if self.waits_for is None else {"waitsFor": self.waits_for}
        return {"end": "Again", "waitSeconds": self.wait_seconds} | why


@dataclass(frozen=True)
class Ask:
    """People are asked and have ``ask_seconds``; ``refusal`` is why the last answers were wrong."""

    ask_seconds: int
    refusal: str | None = None

    def as_response(self) -> dict[str, Any]:
        """``{"end", "askSeconds", "refusal"}`` for the state machine."""
        return {"end": "Ask", "askSeconds": self.ask_seconds, "refusal": self.refusal}


@dataclass(frozen=True)
class Fail:
    """The run fails: an error of the table of errors, the cause for a person, and its parts."""

    error: str
    cause: str
    reason: str
    advice: str

    def as_response(self) -> dict[str, Any]:
        """``{"end", "error", "cause"}`` for the state machine."""
        return {"end": "Fail", "error": self.error, "cause": self.cause}


@dataclass(frozen=True)
class Succeed:
    """The run succeeds with the output of the execution."""

    output: dict[str, Any]

    def as_response(self) -> dict[str, Any]:
        """``{"end", "output"}`` for the state machine."""
        return {"end": "Succeed", "output": self.output}


Conclusion = Succeed | Fail | Again | Ask
"""What follows an attempt."""


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


@dataclass(frozen=True)
class UnansweredPrompts:
    """The prompts of the newest PromptsUnanswered, and the attempt that found them."""

    attempt: int
    prompts: tuple[Prompt, ...]


# -- the run ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """How a run ended: ``end`` is Succeed, Fail, or the status of an execution that was ended from outside."""

    end: str
    loaded: Loaded | None = None
    error: str | None = None
    reason: str | None = None
    advice: str | None = None


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
    max_concurrent_runs
        The connection's; 0 for a run that began before there were slots.
    polls, lost_logins
        Looks at the job's status; logins whose response was lost.
    waits_for
        Why the newest attempt but one came to nothing.
    finished_at, ended_at
        When the job was found complete, and when the run was closed.
    claimed, told
        When somebody began to notify of the end, and when that was done: by ``event`` and ``notice``.
    """

    arn: str
    number: int = 0
    started_at: float = 0
    deadline: float = 0
    expires_at: int = 0
    job_name: str | None = None
    as_of: str | None = None
    message: TriggerMessage | None = None
    connection: str | None = None
    requested: Requested | None = None
    on_conflict: str | None = None
    rerun_if_replacing: bool = False
    max_concurrent_runs: int = 0
    newest_attempt: int = 0
    attempts: dict[int, Attempt] = field(default_factory=dict)
    project: ServerObject | None = None
    datamart: ServerObject | None = None
    target: Target | None = None
    definition: Definition | None = None
    polls: int = 0
    lost_logins: int = 0
    waits_for: str | None = None
    save_folder_id: str | None = None
    saved_object_id: str | None = None
    finished_at: float | None = None
    ended_at: float | None = None
    outcome: Outcome | None = None
    unanswered: UnansweredPrompts | None = None
    questions: Questions | None = None
    question: OpenQuestion | None = None
    claimed: dict[str, float] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)

    @property
    def attempt(self) -> Attempt:
        """What is known of the attempt; empty before it began."""
        return self.attempts.get(self.number) or Attempt(self.number)

    @property
    def ended(self) -> bool:
        """Whether the run is closed."""
        return self.ended_at is not None

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
    def loaded(self) -> Loaded:
        """Whether the table was loaded, by any attempt."""
        return loaded([attempt.job_state for attempt in self.attempts.values()])

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
        """Seconds until the deadline; negative when it has passed."""
        return self.deadline - clock.now()

    def check_open(self) -> None:
        """Raise RunAlreadyEnded if the run is closed or this attempt is being cleaned up."""
        if self.ended or self.attempt.closing_at is not None:
            raise RunAlreadyEnded("this run is closed; start a new one.")

    def check_deadline(self) -> None:
        """Raise RunTimedOut if the deadline has passed."""
        if self.seconds_left() <= 0:
            asking = self.questions.seconds if self.questions else 0  # the deadline does not count it
            minutes = round((self.deadline - self.started_at - asking) / 60)
            raise RunTimedOut(f"the run did not end within its timeoutMinutes ({minutes}).")


# -- what runs hold -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PendingJob:
    """What an ended run left that keeps others out until ``until``: a job that may go on, or an open session.

    ``job_id`` and ``base_url``, the server that it is on, are None for a session, or where they are not known.
    """

    until: float
    job_id: str | None = None
    base_url: str | None = None


@dataclass(frozen=True)
class LeaseHolder:
    """Who takes a lease or a slot: an execution (its ARN), in one of its attempts."""

    run: str
    attempt: int


@dataclass(frozen=True)
class Lease:
    """A lease or a slot that somebody has: ``owner`` is an execution's ARN.

    ``pending`` is what an owner that has let go left behind. ``not_answered`` is why the owner counts as running
    although Step Functions did not say so.
    """

    key: str
    owner: str
    since: float
    pending: PendingJob | None = None
    not_answered: str = ""


@dataclass(frozen=True)
class RunFailure:
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
        How many of the ends are failures.
    ends
        By the digits of the execution's name: the failure, or None for a run that did not fail.
    claimed, told
        When somebody began to notify people, and when that was done: by ``notice``.
    """

    key: str
    run: str = ""
    runs: int = 0
    since: float = 0
    failures: int = 0
    ends: dict[str, RunFailure | None] = field(default_factory=dict)
    claimed: dict[str, float] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)

    @property
    def failed(self) -> list[RunFailure]:
        """Each failure."""
        return [end for end in self.ends.values() if end is not None]

    @property
    def missing(self) -> int:
        """How many runs have not ended, as far as is known."""
        return max(0, self.runs - len(self.ends))
