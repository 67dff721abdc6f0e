"""Tables of DynamoDB: each pays by request, forgets what has expired, can be restored, and outlives the stack."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.constructs.encryption import Encryption


def kept_table(scope: Construct, construct_id: str, encryption: Encryption) -> dynamodb.Table:
    """A table whose key is the ARN of an execution, or reads like one."""
    return dynamodb.Table(
        scope,
        construct_id,
        partition_key=text_attribute("executionArn"),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute="expiresAt",
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=cdk.RemovalPolicy.RETAIN,
        **encryption.of_table,
    )


def text_attribute(name: str) -> Any:
    """A key that is a text."""
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
