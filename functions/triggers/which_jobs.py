"""Which jobs an event starts, found by what AWS itself sets and no sender can choose (DESIGN.md "Starting").

That is the alias by which the starter was invoked, and then the schedule's ARN, the object's bucket and key, or the
topic's ARN. A message's text, an object's content and a notification's records never choose a job.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.requests.event_shapes import described
from functions.requests.named_jobs import Job, deployed_jobs, job_named
from functions.triggers import aliases, s3, schedule, sns
from functions.triggers.declared import declares_schedule, declares_topic, declares_upload

Event = dict[str, Any]


@dataclass(frozen=True)
class Invoked:
    """Where and by which alias the starter was invoked, by its ARN; ``alias`` is empty without one."""

    partition: str
    region: str
    account: str
    alias: str

    @classmethod
    def by(cls, invoked_function_arn: str) -> "Invoked":
        """Read the ARN ``arn:<partition>:lambda:<region>:<account>:function:<name>[:<alias>]``."""
        _, partition, _, region, account, _, _, *alias = invoked_function_arn.split(":")
        return cls(partition, region, account, alias[0] if alias else "")

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource in the same account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


def jobs_started_by(event: Event, invoked: Invoked) -> tuple[Any, list[str]]:
    """The event's source (a module of this package) and the names of the jobs that it starts, at least one.

    Raises
    ------
    ValueError
        The event is not of the kind that this alias is for, or no job declares what it is about. It goes to the dead
        letters: a rule, schedule or subscription of this stack is newer or older than the jobs beside the code.
    InvalidRequest
        There is no alias, or no deployed job has it.
    """
    source, declares, about = _KINDS[invoked.alias] if invoked.alias in _KINDS else _of_one_job(invoked.alias)
    if not isinstance(event, dict) or not source.recognises(event):
        shape = described(event)
        raise ValueError("the event is of no source that starts runs" + (f": it {shape}" if shape else ""))
    jobs = [name for name, job in deployed_jobs().items() if declares(invoked, event, name, job)]
    if not jobs:
        raise ValueError(f"no job that is deployed declares {about(event)} as its trigger")
    return source, jobs


def _has_schedule(invoked: Invoked, event: Event, name: str, job: Job) -> bool:
    group = invoked.arn("scheduler", f"schedule/{os.environ['NAME_PREFIX']}/")
    arn = str(event["scheduleArn"])
    return arn.startswith(group) and declares_schedule(job, arn.removeprefix(group))


def _has_upload(invoked: Invoked, event: Event, name: str, job: Job) -> bool:
    bucket, key = s3.uploaded_object(event)
    return declares_upload(job, bucket, key, os.environ.get("INBOX_BUCKET"))


def _has_own_topic(invoked: Invoked, event: Event, name: str, job: Job) -> bool:
    own = invoked.arn("sns", f"{os.environ['NAME_PREFIX']}-")
    arn = sns.topic(event)
    return arn.startswith(own) and declares_topic(job, arn.removeprefix(own))


def _of_one_job(alias: str) -> tuple[Any, Callable[..., bool], Callable[[Event], str]]:
    """The alias of a job is for messages of the foreign topics that just this job declares."""
    job_named(alias)

    def declares(invoked: Invoked, event: Event, name: str, job: Job) -> bool:
        return name == alias and declares_topic(job, sns.topic(event))

    return sns, declares, sns.topic


_KINDS: dict[str, tuple[Any, Callable[..., bool], Callable[[Event], str]]] = {
    aliases.SCHEDULES: (schedule, _has_schedule, lambda event: str(event["scheduleArn"])),
    aliases.UPLOADS: (s3, _has_upload, lambda event: "s3://{}/{}".format(*s3.uploaded_object(event))),
    aliases.MESSAGES: (sns, _has_own_topic, sns.topic),
}
"""By shared alias: the source, whether a job declares what the event is about, and what that is in words."""
