"""Queues with retries, and dead-letter queues for what AWS could not deliver."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.encryption import Encryption
from infra.constructs.findings import accept


def dead_letters(scope: Construct, construct_id: str, encryption: Encryption) -> sqs.Queue:
    """A dead-letter queue that keeps messages for 14 days."""
    queue = sqs.Queue(
        scope, construct_id, enforce_ssl=True, retention_period=cdk.Duration.days(14), **encryption.of_queue
    )
    accept(queue, "AwsSolutions-SQS3", "It is itself the queue of dead letters; an alarm watches it.")
    return queue


def queue_with_retries(
    scope: Construct, construct_id: str, lost: sqs.Queue, encryption: Encryption, *, times: int, every: cdk.Duration
) -> sqs.Queue:
    """A queue that delivers ``times`` times, once in ``every``, before the message goes to ``lost``."""
    arguments: dict[str, Any] = encryption.of_queue
    return sqs.Queue(
        scope,
        construct_id,
        enforce_ssl=True,
        visibility_timeout=every,
        retention_period=cdk.Duration.days(4),
        dead_letter_queue=sqs.DeadLetterQueue(queue=lost, max_receive_count=times),
        **arguments,
    )


def retry(function: lambda_.Function, lost_destination: lambda_.IDestination) -> None:
    """Invoke a function up to three times; a failed event then goes to ``lost_destination``."""
    function.configure_async_invoke(retry_attempts=2, max_event_age=cdk.Duration.hours(2), on_failure=lost_destination)
