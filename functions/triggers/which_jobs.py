"""What jobs and batches an event starts, found by what AWS itself sets and no sender chooses (DESIGN.md "Starting").

That is the alias by which the starter was invoked, and then the schedule's ARN, the object's bucket and key, or the
topic's ARN. A message's text, an object's content and a notification's records never choose one.
"""

from collections.abc import Callable
from typing import Any

from functions.requests.event_shapes import described
from functions.requests.named_jobs import Job, job_named
from functions.triggers.declared import declares_topic
from functions.triggers.invoked import Invoked
from functions.triggers.kinds import KINDS, Kind, kind_named, sns
from functions.triggers.target import Target, targets

Event = dict[str, Any]


def started_by(event: Event, invoked: Invoked) -> tuple[Kind, list[Target]]:
    """The event's source (the module of its kind) and the jobs and batches that it starts, at least one.

    Raises
    ------
    ValueError
        The event is not of the kind that this alias is for, or neither a job nor a batch declares what it is about. It
        goes to the dead letters: a rule, schedule or subscription of this stack is newer or older than the files beside
        the code.
    InvalidRequest
        There is no alias, or neither a deployed job nor a deployed batch has it.
    """
    source, declares = _of_kind(invoked) if invoked.alias in _SOURCES else _of_one_job(invoked.alias)
    if not isinstance(event, dict) or not source.recognises(event):
        shape = described(event)
        raise ValueError("the event is of no source that starts runs" + (f": it {shape}" if shape else ""))
    found = [target for target in targets() if declares(event, target.name, target.declared)]
    if not found:
        raise ValueError(f"no job or batch that is deployed declares {source.about(event)} as its trigger")
    return source, found


_SOURCES = {source.ALIAS: source for source in map(kind_named, KINDS)}
"""The module of each kind of trigger, by its alias."""

Declares = Callable[[Event, str, Job], bool]
"""Whether the job or batch of this name declares what the event is about."""


def _of_kind(invoked: Invoked) -> tuple[Kind, Declares]:
    """The alias that all triggers of a kind share."""
    source = _SOURCES[invoked.alias]
    return source, lambda event, name, job: source.declares(event, job, invoked)


def _of_one_job(alias: str) -> tuple[Kind, Declares]:
    """The alias of a job or batch is for messages of the foreign topics that just this one declares."""
    if not any(target.name == alias for target in targets()):
        job_named(alias)
    return sns, lambda event, name, job: name == alias and declares_topic(job, sns.topic(event))
