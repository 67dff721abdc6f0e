"""How things are encrypted at rest: by AWS's own keys, or by a KMS key of the stack where the settings ask for one."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.findings import accept

WRITERS = {
    "events": "Rules put events into the queue of ends and dead letters, and may publish on the notification topic.",
    "sns": "Subscriptions put messages that were not delivered into the dead letters.",
    "cloudwatch": "Alarms publish on the notification topic.",
    "s3": "Buckets publish their notifications on the topics of jobs.",
}
"""Services that write into a queue or a topic of ours on their own behalf, and what they write.

Each has a statement of its own in the key's policy, without a condition on the source: EventBridge does not send
aws:SourceAccount to KMS (SNS's developer guide, "Configuring AWS KMS permissions"), and no guide says that the others
do. Who may write is decided by the policies of the queues and topics, which do name the sources. EventBridge Scheduler
and Lambda write with roles of this stack.

CloudWatch alarms and EventBridge cannot publish to a topic under the key that AWS manages for SNS (infra/PLATFORM.md
"KMS"); without a key, or under this one, they can.
"""


class Encryption:
    """Encryption arguments for each kind of resource.

    Parameters
    ----------
    customer_managed
        Whether the stack makes a key of its own.
    """

    def __init__(self, scope: Construct, customer_managed: bool) -> None:
        self.key = _key(scope) if customer_managed else None
        if customer_managed:
            for action in ("GenerateDataKey", "ReEncrypt"):
                reason = f"Of this one key; the actions {action}* differ only in the form of what they return."
                accept(scope, f"AwsSolutions-IAM5[Action::kms:{action}*]", reason)

    @property
    def of_table(self) -> dict[str, Any]:
        """For a DynamoDB table."""
        if self.key is None:
            return {"encryption": dynamodb.TableEncryption.AWS_MANAGED}
        return {"encryption": dynamodb.TableEncryption.CUSTOMER_MANAGED, "encryption_key": self.key}

    @property
    def of_queue(self) -> dict[str, Any]:
        """For an SQS queue."""
        if self.key is None:
            return {"encryption": sqs.QueueEncryption.SQS_MANAGED}
        return {"encryption": sqs.QueueEncryption.KMS, "encryption_master_key": self.key}

    @property
    def of_bucket(self) -> dict[str, Any]:
        """For an S3 bucket."""
        if self.key is None:
            return {"encryption": s3.BucketEncryption.S3_MANAGED}
        return {"encryption": s3.BucketEncryption.KMS, "encryption_key": self.key, "bucket_key_enabled": True}

    @property
    def of_state_machine(self) -> sfn.EncryptionConfiguration | None:
        """For a state machine, which must have a name: without one its role could never use the key."""
        return sfn.CustomerManagedEncryptionConfiguration(self.key) if self.key else None

    @property
    def key_id(self) -> str | None:
        """The key's ARN for a secret, or None."""
        return self.key.key_arn if self.key else None

    def let_use(self, role: iam.IGrantable) -> None:
        """Let a role read and write what is encrypted."""
        if self.key is not None:
            self.key.grant_encrypt_decrypt(role)


def _key(scope: Construct) -> kms.Key:
    stack = cdk.Stack.of(scope)
    key = kms.Key(scope, "Key", description="Everything at rest of the datamart runner", enable_key_rotation=True)
    for service in WRITERS:
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"{service.capitalize()}WritesToOurQueuesAndTopics",
                principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],  # of this key: the policy is its own
            )
        )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="Logs",
            principals=[iam.ServicePrincipal(f"logs.{stack.region}.{stack.url_suffix}")],
            actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            resources=["*"],  # of this key
            conditions={
                "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:{stack.partition}:logs:*:{stack.account}:*"}
            },
        )
    )
    return key
