"""What the starter may read in S3: requests that are uploaded, and any object that a message reports."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from infra.constructs.findings import accept
from infra.jobs.triggered import Triggered

Declared = dict[str, Any]
"""Objects as a trigger declares them: ``bucket`` (the stack's own if left out), ``prefix`` and ``kmsKeyArn``."""


def let_read(starter: lambda_.Function, jobs: Sequence[Triggered], own: s3.Bucket | None) -> None:
    """Let the starter read what the triggers of ``jobs`` make it read; ``own`` is the stack's own bucket."""
    declared = [each for job in jobs for trigger in job.triggers if (each := _read_for(job, trigger)) is not None]
    for bucket in dict.fromkeys(each.get("bucket") for each in declared):
        prefixes = [each.get("prefix", "") for each in declared if each.get("bucket") == bucket]
        _let_read_bucket(starter, bucket, shortest(prefixes), own)
    for key_arn in dict.fromkeys(each["kmsKeyArn"] for each in declared if "kmsKeyArn" in each):
        _let_decrypt(starter, key_arn)


def shortest(prefixes: Iterable[str]) -> list[str]:
    """The prefixes without those that begin with another one: a role's policies have little room."""
    kept: list[str] = []
    for prefix in sorted(set(prefixes)):  # what begins with a prefix follows it
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return kept


def _read_for(job: Triggered, trigger: dict[str, Any]) -> Declared | None:
    """The objects that the starter reads for a trigger: those that messages report, and uploaded requests."""
    told: Declared | None = trigger.get("sns", {}).get("objects")
    uploads: Declared | None = trigger.get("s3") if "acceptRequests" in job.content else None
    return told if told is not None else uploads


def _let_read_bucket(starter: lambda_.Function, bucket: str | None, prefixes: list[str], own: s3.Bucket | None) -> None:
    """Let the starter read what is uploaded below ``prefixes``, whose own * and ? are not wildcards.

    HeadObject asks with the same permissions as GetObject. A statement has one prefix, so that the CDK can divide what
    is too long for one policy.
    """
    stack = cdk.Stack.of(starter)
    if bucket is None:
        if own is None:
            raise ValueError("a job needs the stack's own bucket, which does not exist")
        made = own.node.default_child
        resource, name = own.bucket_name, f"<{stack.get_logical_id(made)}>" if isinstance(made, cdk.CfnElement) else ""
    else:
        resource = name = bucket
    arn = stack.format_arn(service="s3", region="", account="", resource=resource)
    # Without ListBucket S3 says "access denied" of an object that is gone.
    starter.add_to_role_policy(iam.PolicyStatement(actions=["s3:ListBucket"], resources=[arn]))
    for prefix in (re.sub(r"[*?$]", r"${\g<0>}", prefix) for prefix in prefixes):
        starter.add_to_role_policy(
            iam.PolicyStatement(actions=["s3:GetObject", "s3:GetObjectVersion"], resources=[f"{arn}/{prefix}*"])
        )
        if starter.role is not None:
            accept(
                starter.role,
                f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{name}/{prefix}*]",
                "The keys of what will be uploaded are not known; they begin with the prefix.",
            )


def _let_decrypt(starter: lambda_.Function, key_arn: str) -> None:
    """Let the starter read objects under a key of somebody else's, through S3 alone; its policy must agree."""
    starter.add_to_role_policy(
        iam.PolicyStatement(
            actions=["kms:Decrypt"],
            resources=[key_arn],
            conditions={"StringLike": {"kms:ViaService": "s3.*"}},  # a topic may report a bucket elsewhere
        )
    )
