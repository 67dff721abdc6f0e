"""The starter: one function, with an alias for each job.

A trigger may call only the alias of the job that it is declared under, and the starter takes the job from the alias
that it was called by. So nothing in an event can ever choose another job.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.named_job import NamedJob


def construct_name(job: str) -> str:
    """``city-nightly`` as part of a resource's name: CityNightly."""
    return "".join(word[:1].upper() + word[1:] for word in job.replace("_", "-").split("-"))


def let_start(starter: lambda_.Function, machine: sfn.StateMachine) -> None:
    """Let the starter begin executions of this machine, and nothing else."""
    starter.add_environment("STATE_MACHINE_ARN", machine.state_machine_arn)
    starter.add_to_role_policy(
        iam.PolicyStatement(actions=["states:StartExecution"], resources=[machine.state_machine_arn])
    )


def alias_of(scope: Construct, job: NamedJob, starter: lambda_.Function, lost: sqs.Queue) -> lambda_.Alias:
    """The job's alias; what it fails at three times goes to the dead letters."""
    return lambda_.Alias(
        scope,
        f"{construct_name(job.name)}Alias",
        alias_name=job.name,
        description=job.content.get("description", "")[:256] or f"infra/jobs/{job.name}.json",
        version=starter.current_version,
        retry_attempts=2,
        max_event_age=cdk.Duration.hours(6),
        on_failure=destinations.SqsDestination(lost),
    )
