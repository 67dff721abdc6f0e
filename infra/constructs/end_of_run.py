"""The end of every run: rule, queue, function (DESIGN.md "Ending").

Stopped and timed-out executions never reach their clean-up states, so the rule on the status change does it. The queue
repeats for four hours: longer than a server's restart and than a session's idle timeout.
"""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from functions.limits import END_DELIVERIES, END_VISIBILITY
from infra.constructs.encryption import Encryption
from infra.constructs.notifications import NoticeTopics
from infra.constructs.queues import queue_with_retries

ENDS = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]


def call_at_the_end(
    scope: Construct,
    end_run: lambda_.Function,
    machines: tuple[sfn.StateMachine, ...],
    topics: NoticeTopics,
    lost: sqs.Queue,
    encryption: Encryption,
) -> None:
    """Let ``end_run`` see the end of every execution of these ``machines``.

    An end is delivered again if it could not be processed, or came while a step of the run may still have been at work.
    """
    every = cdk.Duration.seconds(END_VISIBILITY)
    queue = queue_with_retries(scope, "EndRunQueue", lost, encryption, times=END_DELIVERIES, every=every)
    events.Rule(
        scope,
        "ExecutionEnded",
        description="The end of every run and batch: finish the clean-up that is still due, notify",
        event_pattern=events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={"stateMachineArn": [each.state_machine_arn for each in machines], "status": ENDS},
        ),
        targets=[targets.SqsQueue(queue, dead_letter_queue=lost)],
    )
    # The function returns an end that is due once more as a failure of its batch; that is not an error of the function.
    end_run.add_event_source(sources.SqsEventSource(queue, batch_size=1, report_batch_item_failures=True))
    let_publish_ends(end_run, topics)


def let_publish_ends(function: lambda_.Function, topics: NoticeTopics) -> None:
    """Let a function publish ends: to machines by the default event bus, to people by the topics."""
    topics.let_notify_of_ends(function)
    bus = cdk.Stack.of(function).format_arn(service="events", resource="event-bus", resource_name="default")
    function.add_to_role_policy(iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus]))
