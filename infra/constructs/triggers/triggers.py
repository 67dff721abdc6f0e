"""What starts the jobs: schedules, uploads, messages. What jobs of one kind can share, they share.

CloudFormation takes 500 resources a stack. A schedule costs one, an own topic two, and an upload is a part of a rule
(infra/build/quotas.py has the quotas). The names of schedules and topics are the job's, and do not depend on
other jobs.
"""

import json
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.triggers import aliases
from functions.triggers.schedule import TARGET_INPUT
from infra.constructs.encryption import Encryption
from infra.constructs.starter import Starter
from infra.constructs.triggers.object_access import let_read
from infra.constructs.triggers.s3 import start_by_uploads
from infra.constructs.triggers.schedule import Schedules
from infra.constructs.triggers.sns import Subscriptions
from infra.constructs.triggers.topics import OwnTopic, make_own_topics, own_topic_arns
from infra.jobs.named_job import NamedJob
from infra.names import construct_name

Declared = dict[str, Any]
"""A trigger as a job's file has it, or what it says of its uploads or messages."""


@dataclass(frozen=True)
class Trigger:
    """One trigger of a job.

    ``name`` is that of its schedule or own topic; ``construct_id`` begins the ids of its constructs.
    """

    job: NamedJob
    name: str
    construct_id: str
    declared: Declared


@dataclass(frozen=True)
class Triggers:
    """Makes the triggers of a stack.

    ``inbox`` is the stack's own bucket, or None where no job needs one.
    """

    scope: Construct
    starter: Starter
    schedules: Schedules
    inbox: s3.Bucket | None
    encryption: Encryption

    def make(self, jobs: list[NamedJob]) -> None:
        """All triggers of all jobs."""
        found = [
            Trigger(job, job.resource_name(number), f"{construct_name(job.name)}{number}", declared)
            for job in jobs
            for number, declared in enumerate(job.triggers, 1)
        ]
        self._by_schedules([trigger for trigger in found if "schedule" in trigger.declared])
        self._by_uploads([trigger for trigger in found if "s3" in trigger.declared])
        self._by_messages([trigger for trigger in found if "sns" in trigger.declared])
        let_read(self.starter.function, jobs, self.inbox)

    def _by_schedules(self, triggers: list[Trigger]) -> None:
        if not triggers:
            return
        alias = self.starter.shared(aliases.SCHEDULES).function_arn
        target = self.schedules.target(alias, json.dumps(TARGET_INPUT))
        for trigger in triggers:
            self.schedules.make(
                f"{trigger.construct_id}Schedule",
                name=trigger.name,
                description=f"Starts the job {trigger.job.name}",
                expression=trigger.declared["schedule"],
                time_zone=trigger.declared.get("timeZone", trigger.job.time_zone),
                target=target,
                flexible_minutes=trigger.declared.get("flexibleMinutes"),
            )

    def _by_uploads(self, triggers: list[Trigger]) -> None:
        if not triggers:
            return
        start_by_uploads(
            self.scope,
            [trigger.declared["s3"] for trigger in triggers],
            self.inbox.bucket_name if self.inbox else None,
            self.starter.shared(aliases.UPLOADS),
            self.starter.lost,
        )
        if self.inbox is not None:
            self.starter.function.add_environment("INBOX_BUCKET", self.inbox.bucket_name)

    def _by_messages(self, triggers: list[Trigger]) -> None:
        subscriptions = Subscriptions(self.scope, self.starter.lost)
        own = [trigger for trigger in triggers if "topicArn" not in trigger.declared["sns"]]
        if own:
            prefix = self.starter.name_prefix
            wanted = [
                OwnTopic(f"{each.construct_id}Topic", each.name, each.job.name, each.declared["sns"].get("objects"))
                for each in own
            ]
            topics = make_own_topics(self.scope, wanted, prefix, self.encryption)
            alias = self.starter.shared(aliases.MESSAGES)
            subscriptions.permit_own(own_topic_arns(self.scope, prefix), alias)
            for each in own:
                subscriptions.own(f"{each.construct_id}Subscription", topics[each.name], alias, each.declared["sns"])
        for each in triggers:
            declared = each.declared["sns"]
            if "topicArn" in declared:
                alias = self.starter.of_job(each.job)
                subscriptions.foreign(f"{each.construct_id}Subscription", declared["topicArn"], alias, declared)
        subscriptions.finish()
