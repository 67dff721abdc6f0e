"""The starter: one function, with an alias for each kind of trigger that may be invoked by that kind's service alone.

The starter finds the job or batch by the alias that it was invoked by and by what AWS itself sets in the event
(functions/triggers/which_jobs.py), so nothing that a sender chooses can ever choose another.
"""

from dataclasses import dataclass, field

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from functions.triggers.kinds import kind_named
from infra.jobs.triggered import Triggered
from infra.names import construct_name


@dataclass(frozen=True)
class SharedAlias:
    """The alias that all triggers of a kind share.

    ``kind`` is one of KINDS (functions/triggers/kinds/). No resource of a job can have such a ``construct_id``.
    """

    kind: str
    construct_id: str
    description: str


def let_start(starter: lambda_.Function, runs: sfn.StateMachine, batches: sfn.StateMachine) -> None:
    """Let the starter begin executions of these machines, and nothing else."""
    for variable, machine in (("STATE_MACHINE_ARN", runs), ("BATCH_MACHINE_ARN", batches)):
        starter.add_environment(variable, machine.state_machine_arn)
    starter.add_to_role_policy(
        iam.PolicyStatement(
            actions=["states:StartExecution"], resources=[runs.state_machine_arn, batches.state_machine_arn]
        )
    )


@dataclass(frozen=True)
class Starter:
    """Makes the starter's aliases, each when it is first needed.

    ``name_prefix`` is the name of the stage's group of schedules and how the names of its own topics begin; ``lost``
    takes the events that an alias fails at three times.
    """

    scope: Construct
    function: lambda_.Function
    lost: sqs.Queue
    name_prefix: str
    _made: dict[str, lambda_.Alias] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.function.add_environment("NAME_PREFIX", self.name_prefix)

    def shared(self, alias: SharedAlias) -> lambda_.Alias:
        """The alias that all triggers of a kind share."""
        name = kind_named(alias.kind).ALIAS
        return self._made.get(name) or self._make(name, alias.construct_id, alias.description)

    def of(self, owner: Triggered) -> lambda_.Alias:
        """The alias of a job or batch that subscribes to a foreign topic, which takes each endpoint once."""
        described = owner.content.get("description", "")[:256] or owner.file
        return self._made.get(owner.name) or self._make(owner.name, f"{construct_name(owner.name)}Alias", described)

    def _make(self, name: str, construct_id: str, description: str) -> lambda_.Alias:
        made = lambda_.Alias(
            self.scope,
            construct_id,
            alias_name=name,
            description=description,
            version=self.function.current_version,
            retry_attempts=2,
            max_event_age=cdk.Duration.hours(6),
            on_failure=destinations.SqsDestination(self.lost),
        )
        self._made[name] = made
        return made
