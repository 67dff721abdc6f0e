"""The report of a run or a batch: what ``datamart show`` prints and ``--json`` gives. Plain frozen values.

Times are ISO 8601 in UTC with milliseconds, durations seconds. In JSON the fields have their names in camel case
(``startedAt``); what is not known is null.
"""

from dataclasses import dataclass, field, fields
from typing import Any

from functions.runs.history import HistoryRecord, camel_case
from local.history.details import SIMULATOR


@dataclass(frozen=True)
class Call:
    """HTTP requests to the Library server that are alike: ``times`` of them, which took ``ms`` milliseconds on average.

    ``path`` has ``{names}`` in place of IDs, ``status`` is None without a response; ``retries`` of them were retries,
    and ``error`` is the name of the error that they ended with.
    """

    method: str
    path: str
    status: int | None
    ms: int
    times: int = 1
    retries: int = 0
    error: str | None = None


@dataclass(frozen=True)
class StepFailure:
    """A state's function failed: the error's name, and what it said. It was retried, or ended the attempt."""

    at: str
    error: str
    cause: str


@dataclass(frozen=True)
class Step:
    """A state that takes time: one that calls a function, or waits.

    Parameters
    ----------
    state
        Its name. Looks at the job that follow each other are one step, ``GetStatus``.
    attempt
        The attempt that it is a part of; None before and between attempts.
    seconds
        From its beginning to its end; None while it goes on.
    times
        How many looks it stands for.
    waited_seconds
        Of looks: how much of the time was waiting for the next one.
    calls_left_out
        Requests that the log did not list, because there were too many.
    """

    state: str
    attempt: int | None
    started_at: str
    seconds: float | None
    times: int = 1
    waited_seconds: float | None = None
    calls: tuple[Call, ...] = ()
    calls_left_out: int = 0
    failures: tuple[StepFailure, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """A pass from login to logout. ``end`` is Succeed, Fail, Again or Ask, None while it goes on or was cut short."""

    number: int
    started_at: str
    seconds: float | None
    end: str | None = None
    error: str | None = None
    cause: str | None = None


@dataclass(frozen=True)
class Answer:
    """How a prompt was answered: ``how`` is answers, default or closed.

    ``values`` is None where the stage hides them or the log is gone; ``more`` is how many further ones there were.
    """

    attempt: int | None
    name: str
    type: str | None
    how: str
    values: tuple[str, ...] | None = None
    more: int = 0

    @property
    def is_logged(self) -> bool:
        """Whether the log has it: without values it was hidden. Else the run's output has it, which has no values."""
        return self.attempt is not None


@dataclass(frozen=True)
class JobStatus:
    """A status that looks at the job saw, ``times`` in a row; ``name`` is the vendor's name of the number."""

    attempt: int | None
    at: str
    status: int
    name: str
    times: int = 1


@dataclass(frozen=True)
class Wait:
    """Time in which the run held nothing: ``what`` is queue, next attempt or people; ``why`` says for whom or what."""

    what: str
    at: str
    seconds: float | None
    why: str | None = None


@dataclass(frozen=True)
class CleanedUp:
    """Something that was removed from the server: ``what`` is job, instance or session, ``how`` is with what result."""

    attempt: int | None
    at: str
    what: str
    how: str


@dataclass(frozen=True)
class Cost:
    """What AWS charges for the execution: state transitions, function calls, and all of it in US dollars.

    That of a batch is without its runs.
    """

    transitions: int
    lambda_calls: int
    usd: float


@dataclass(frozen=True)
class Problem:
    """Why it did not succeed: ``error`` is a name of the closed list, if there is one; ``advice`` says what to do."""

    error: str | None
    cause: str
    advice: str


@dataclass(frozen=True)
class NotRun:
    """An item of a batch that has no run of its own: ``because`` is the item that kept a skipped one from starting.

    ``outcome`` is a word of the batch's output: skipped, not started, running, or loaded, by the batch before it.
    """

    name: str
    outcome: str
    because: str | None = None


@dataclass(frozen=True)
class RunReport:
    """All that is known of a run or a batch.

    Parameters
    ----------
    run
        Its record.
    console
        Address of the execution in the AWS console; None for one of this computer.
    notes
        What is missing in the report, and why, in sentences.
    items
        Of a batch: the records of its items that have run or are running, in the order of their start.
    not_run
        Of a batch: its other items, in the order of its file.
    after
        Of a batch: the items that an item names and comes after, of those that name some.
    server
        Of a run of this computer: base URL of the Library server that it ran on, or ``simulator``; None if not known.
    """

    run: HistoryRecord
    console: str | None = None
    notes: tuple[str, ...] = ()
    problem: Problem | None = None
    attempts: tuple[Attempt, ...] = ()
    steps: tuple[Step, ...] = ()
    prompts: tuple[Answer, ...] = ()
    prompts_left_out: int = 0
    job: tuple[JobStatus, ...] = ()
    waits: tuple[Wait, ...] = ()
    cleaned_up: tuple[CleanedUp, ...] = ()
    cost: Cost | None = None
    items: tuple[HistoryRecord, ...] = ()
    not_run: tuple[NotRun, ...] = ()
    after: dict[str, tuple[str, ...]] = field(default_factory=dict)
    server: str | None = None

    @property
    def library_url(self) -> str | None:
        """The real server, which a command that repeats it has to name; None for the simulator."""
        return None if self.server == SIMULATOR else self.server

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values; ``run`` and ``items`` have the keys of ``datamart runs --json``."""
        return {camel_case(each.name): _plain(getattr(self, each.name)) for each in fields(self)}


def _plain(value: Any) -> Any:
    if isinstance(value, HistoryRecord):
        return value.as_json()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return {camel_case(each.name): _plain(getattr(value, each.name)) for each in fields(value)}
    return value
