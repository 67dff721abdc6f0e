"""What starts the jobs: schedules, uploads, messages. What jobs of one kind can share, they share.

CloudFormation takes 500 resources a stack. A schedule costs one, an own topic two, and an upload is a part of a rule
(infra/build/quotas.py has the quotas). The names of schedules and topics are the job's, and do not depend on
other jobs.
"""

from typing import Protocol

from infra.constructs.starter import SharedAlias
from infra.constructs.triggers.object_access import let_read
from infra.constructs.triggers.s3 import UploadTriggers
from infra.constructs.triggers.schedule import ScheduleTriggers
from infra.constructs.triggers.sns import MessageTriggers
from infra.constructs.triggers.trigger import Shared, Trigger
from infra.jobs.named_job import NamedJob
from infra.names import construct_name


class TriggersOfKind(Protocol):
    """Makes the triggers of one kind, at least one; ``alias`` is what they share."""

    alias: SharedAlias

    def __init__(self, shared: Shared) -> None: ...

    def make(self, triggers: list[Trigger]) -> None:
        """All of them, with the permission to invoke the starter."""


KINDS: dict[str, type[TriggersOfKind]] = {"schedule": ScheduleTriggers, "s3": UploadTriggers, "sns": MessageTriggers}
"""By the key of the trigger in a job's file (functions/triggers/kinds.py)."""


def make_triggers(jobs: list[NamedJob], shared: Shared) -> None:
    """Make all triggers of all jobs."""
    found = [
        Trigger(job, job.resource_name(number), f"{construct_name(job.name)}{number}", declared)
        for job in jobs
        for number, declared in enumerate(job.triggers, 1)
    ]
    for kind, triggers_of_kind in KINDS.items():
        if triggers := [trigger for trigger in found if kind in trigger.declared]:
            triggers_of_kind(shared).make(triggers)
    let_read(shared.starter.function, jobs, shared.inbox)
