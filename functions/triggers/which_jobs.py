"""Which jobs an event starts, found by what AWS itself sets and no sender can choose (DESIGN.md "Starting").

That is the alias by which the starter was invoked, and then the schedule's ARN, the object's bucket and key, or the
topic's ARN. A message's text, an object's content and a notification's records never choose a job.
"""

from collections.abc import Callable
from typing import Any

from functions.requests.event_shapes import described
from functions.requests.named_jobs import Job, deployed_jobs, job_named
from functions.triggers.declared import declares_topic
from functions.triggers.invoked import Invoked
from functions.triggers.kinds import KINDS, Kind, kind_named, sns

Event = dict[str, Any]


def jobs_started_by(event: Event, invoked: Invoked) -> tuple[Kind, list[str]]:
    """The event's source (the module of its kind) and the names of the jobs that it starts, at least one.

    Raises
    ------
    ValueError
        The event is not of the kind that this alias is for, or no job declares what it is about. It goes to the dead
        letters: a rule, schedule or subscription of this stack is newer or older than the jobs beside the code.
    InvalidRequest
        There is no alias, or no deployed job has it.
    """
    source, declares = _of_kind(invoked) if invoked.alias in _SOURCES else _of_one_job(invoked.alias)
    if not isinstance(event, dict) or not source.recognises(event):
        shape = described(event)
        raise ValueError("the event is of no source that starts runs" + (f": it {shape}" if shape else ""))
    jobs = [name for name, job in deployed_jobs().items() if declares(event, name, job)]
    if not jobs:
        raise ValueError(f"no job that is deployed declares {source.about(event)} as its trigger")
    return source, jobs


_SOURCES = {source.ALIAS: source for source in map(kind_named, KINDS)}
"""The module of each kind of trigger, by its alias."""

Declares = Callable[[Event, str, Job], bool]
"""Whether the job of this name declares what the event is about."""


def _of_kind(invoked: Invoked) -> tuple[Kind, Declares]:
    """The alias that all triggers of a kind share."""
    source = _SOURCES[invoked.alias]
    return source, lambda event, name, job: source.declares(event, job, invoked)


def _of_one_job(alias: str) -> tuple[Kind, Declares]:
    """The alias of a job is for messages of the foreign topics that just this job declares."""
    job_named(alias)
    return sns, lambda event, name, job: name == alias and declares_topic(job, sns.topic(event))
