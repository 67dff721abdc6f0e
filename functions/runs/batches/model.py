"""The typed batch: what was decided when it started, what is known of it while it goes on, and how its items ended.

:mod:`functions.runs.store.batches` reads and writes it. Times are seconds since the epoch, durations are seconds.
"""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from functions import names
from functions.requests.batches.membership import KEY, BatchMembership, as_input
from functions.requests.started import KEY as STARTED
from functions.requests.started import STARTED_BY, Started
from functions.runs.batches.order import ItemState, Plan
from functions.runs.job_state import Loaded


@dataclass(frozen=True)
class BatchPlan:
    """What never changes while a batch goes on.

    Parameters
    ----------
    items
        Names of the items, in the order of the file.
    plan
        Their order, their usual durations, and what a failure means for the rest.
    places
        How many of them may run at once, on whatever connections.
    tolerated_failures
        How many of them may not be loaded without the batch's failing.
    name, as_of
        Of a named batch: its name; the time of its trigger (ISO 8601).
    restart_of
        ARN of the batch whose rest this one runs.
    accepted
        Of a restart: the items that count as loaded because a person has found them loaded.
    superseded
        Of a restart: the items that stay skipped because the runs of newer uploads load their tables.
    """

    items: tuple[str, ...]
    plan: Plan
    places: int
    tolerated_failures: int = 0
    name: str | None = None
    as_of: str | None = None
    restart_of: str | None = None
    accepted: tuple[int, ...] = ()
    superseded: tuple[int, ...] = ()

    @property
    def after_by_name(self) -> dict[str, tuple[str, ...]]:
        """The items that an item names, of those that name some."""
        named = zip(self.items, self.plan.after, strict=True)
        return {item: tuple(self.items[each] for each in earlier) for item, earlier in named if earlier}


class ItemOutcome(NamedTuple):
    """How the run of an item ended.

    ``status`` is Step Functions', ``cause`` a sentence that was shortened; ``started_at`` is when the run began, and
    ``queued_seconds`` how long it then waited for a slot, which ``seconds`` do not count.
    """

    state: ItemState
    loaded: Loaded
    status: str
    started_at: float
    ended_at: float
    seconds: float
    queued_seconds: float = 0
    error: str | None = None
    cause: str | None = None
    execution: str = ""


class BatchOutcome(NamedTuple):
    """How a batch ended: ``succeeded``, or its error, what happened and what to do; and how many items are how."""

    succeeded: bool
    counts: dict[str, int]
    error: str | None = None
    reason: str | None = None
    advice: str | None = None


@dataclass
class BatchRun:
    """What is known of a batch while it goes on.

    Parameters
    ----------
    arn
        The execution's ARN, which is the batch's id.
    states
        A character of :class:`ItemState` for each item; empty where the batch was refused.
    version
        How often the states were changed: a write names the version that it replaces.
    token
        The task token that the execution waits for.
    started
        Who or what started it; None for a batch that an earlier release began.
    stopped_at
        When it was decided that nothing more starts.
    restarted_by
        ARN of the batch that runs the rest of this one.
    ended_at
        When the batch was closed.
    claimed, notified
        When an invocation began to notify of the end, and when that was done: by :class:`Notification`.
    """

    arn: str
    states: str = ""
    version: int = 0
    started_at: float = 0
    name: str | None = None
    as_of: str | None = None
    token: str | None = field(default=None, repr=False)
    started: Started | None = None
    stopped_at: float | None = None
    restarted_by: str | None = None
    ended_at: float | None = None
    outcome: BatchOutcome | None = None
    claimed: dict[str, float] = field(default_factory=dict)
    notified: dict[str, float] = field(default_factory=dict)

    @property
    def name_in_words(self) -> str:
        """Its name, or that of its execution."""
        return self.name or names.name_of_execution(self.arn)

    @property
    def ended(self) -> bool:
        """Whether the batch is closed."""
        return self.ended_at is not None

    def items_in(self, state: ItemState) -> list[int]:
        """The items in a state."""
        return [index for index, each in enumerate(self.states) if each == state]


_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]+")


def name_of_run(batch: str, index: int, item: str) -> str:
    """Name of the execution of an item: the same however often it is started, and its own in each batch."""
    kind = _NOT_IN_A_NAME.sub("-", item)[: names.LONGEST_JOB_NAME].strip("-") or "item"
    return names.execution_name(kind, sha256(f"{batch}/{index}".encode()).hexdigest()[:32])


def input_of_run(
    content: dict[str, Any], membership: BatchMembership, run: str, started: Started | None = None
) -> dict[str, Any]:
    """The input of the execution of an item, named ``run``; ``content`` is a request, or a job with time and values.

    ``started`` is who started the batch; None for one that an earlier release began, whose functions may not take it.
    """
    of_item = {} if started is None else {STARTED: started._replace(trigger="batch", rerun_of=None).as_input(run)}
    return content | {KEY: as_input(membership, run), STARTED_BY: membership.execution} | of_item
