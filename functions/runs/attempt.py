"""The typed attempt of a run: what is known of its session, its instance, its job and its prompts."""

from dataclasses import dataclass, field
from typing import NamedTuple

from functions.runs.job_state import JobState


class AnsweredPrompt(NamedTuple):
    """A prompt that an attempt has sent an answer to.

    ``address`` is its key, id or name. ``how`` says where the answer came from. ``position`` is that of the answer
    among the request's and then people's, None for a default.
    """

    address: str
    name: str
    type: str
    how: str
    position: int | None


class Outage(NamedTuple):
    """The server was down before anything was executed; ``retry_after`` is how long it asked to be left alone."""

    retry_after: float | None


class Unavailable(NamedTuple):
    """The server was last unavailable while the run followed its job."""

    at: float
    reason: str


class JobFailure(NamedTuple):
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
    def on_its_own_since(self) -> float | None:
        """Since when nobody but the server works on the job: the last answers, or the execution request."""
        return self.answering_at or self.posted_at

    @property
    def positions_sent(self) -> frozenset[int]:
        """Positions of the answers, the request's and then people's, that this attempt has sent."""
        return frozenset(prompt.position for prompt in self.prompts if prompt.position is not None)

    @property
    def addresses_sent(self) -> frozenset[str]:
        """The prompts that this attempt has sent answers to."""
        return frozenset(prompt.address for prompt in self.prompts)
