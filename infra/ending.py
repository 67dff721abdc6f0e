"""The end of every run: rule, queue, function (DESIGN.md, "Ending").

Stopped and timed-out executions never reach their clean-up states, so the rule on the status change does it. The queue
repeats for four hours: longer than a server's restart and than a session's idle timeout.
"""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.encryption import Encryption
from infra.queues import queue_with_retries

ENDS = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]

TIMES, EVERY = 60, cdk.Duration.minutes(4)
"""How often, and after how long, an end that could not be worked off is delivered again."""


def call_at_the_end(
    scope: Construct,
    end_run: lambda_.Function,
    machine: sfn.StateMachine,
    topic: sns.Topic,
    lost: sqs.Queue,
    encryption: Encryption,
) -> None:
    """Let ``end_run`` see the end of every execution of ``machine``."""
    queue = queue_with_retries(scope, "EndRunQueue", lost, encryption, times=TIMES, every=EVERY)
    events.Rule(
        scope,
        "ExecutionEnded",
        description="The end of every run: finish the clean-up that is still due, tell of it",
        event_pattern=events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={"stateMachineArn": [machine.state_machine_arn], "status": ENDS},
        ),
        targets=[targets.SqsQueue(queue, dead_letter_queue=lost)],
    )
    end_run.add_event_source(sources.SqsEventSource(queue, batch_size=1))
    end_run.add_environment("NOTICE_TOPIC_ARN", topic.topic_arn)
    topic.grant_publish(end_run)
    bus = cdk.Stack.of(scope).format_arn(service="events", resource="event-bus", resource_name="default")
    end_run.add_to_role_policy(iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus]))
