"""What functions may read in S3: uploaded requests and batches, and any object that a message reports."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from infra.batches.named_batch import NamedBatch
from infra.constructs.findings import accept
from infra.jobs.named_job import NamedJob
from infra.jobs.triggered import Triggered

Declared = dict[str, Any]
"""Objects as a trigger declares them: ``bucket`` (the stack's own if left out), ``prefix`` and ``kmsKeyArn``."""


def let_starter_read(starter: lambda_.Function, named: Sequence[Triggered], own: s3.Bucket | None) -> None:
    """Let the starter ask for the objects that messages report, and read uploaded requests.

    ``own`` is the stack's own bucket.
    """
    reported = [trigger["sns"]["objects"] for each in named for trigger in each.triggers if _reports(trigger)]
    _let_read(starter, [*reported, *_uploads(each for each in named if isinstance(each, NamedJob))], own)


def let_read_batches(function: lambda_.Function, batches: Sequence[NamedBatch], own: s3.Bucket | None) -> None:
    """Let the first step of a batch read uploaded batches, which may be larger than an execution's input."""
    accepting = [batch for batch in batches if "acceptRequests" in batch.content]
    reported = [trigger["sns"]["objects"] for batch in accepting for trigger in batch.triggers if _reports(trigger)]
    _let_read(function, [*reported, *_uploads(accepting)], own)


def _reports(trigger: Declared) -> bool:
    return "objects" in trigger.get("sns", {})


def _uploads(named: Iterable[Triggered]) -> list[Declared]:
    """The uploads that are read, because they are requests or batches themselves."""
    accepting = [each for each in named if "acceptRequests" in each.content]
    return [trigger["s3"] for each in accepting for trigger in each.triggers if "s3" in trigger]


def _let_read(function: lambda_.Function, declared: list[Declared], own: s3.Bucket | None) -> None:
    for bucket in dict.fromkeys(each.get("bucket") for each in declared):
        prefixes = [each.get("prefix", "") for each in declared if each.get("bucket") == bucket]
        _let_read_bucket(function, bucket, shortest(prefixes), own)
    for key_arn in dict.fromkeys(each["kmsKeyArn"] for each in declared if "kmsKeyArn" in each):
        _let_decrypt(function, key_arn)


def shortest(prefixes: Iterable[str]) -> list[str]:
    """The prefixes without those that begin with another one: a role's policies have little room."""
    kept: list[str] = []
    for prefix in sorted(set(prefixes)):  # what begins with a prefix follows it
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return kept


def _let_read_bucket(reader: lambda_.Function, bucket: str | None, prefixes: list[str], own: s3.Bucket | None) -> None:
    """Let a function read what is uploaded below ``prefixes``, whose own * and ? are not wildcards.

    HeadObject asks with the same permissions as GetObject. A statement has one prefix, so that the CDK can divide what
    is too long for one policy.
    """
    stack = cdk.Stack.of(reader)
    if bucket is None:
        if own is None:
            raise ValueError("a job needs the stack's own bucket, which does not exist")
        made = own.node.default_child
        resource, name = own.bucket_name, f"<{stack.get_logical_id(made)}>" if isinstance(made, cdk.CfnElement) else ""
    else:
        resource = name = bucket
    arn = stack.format_arn(service="s3", region="", account="", resource=resource)
    # Without ListBucket S3 says "access denied" of an object that is gone.
    reader.add_to_role_policy(iam.PolicyStatement(actions=["s3:ListBucket"], resources=[arn]))
    for prefix in (re.sub(r"[*?$]", r"${\g<0>}", prefix) for prefix in prefixes):
        reader.add_to_role_policy(
            iam.PolicyStatement(actions=["s3:GetObject", "s3:GetObjectVersion"], resources=[f"{arn}/{prefix}*"])
        )
        if reader.role is not None:
            accept(
                reader.role,
                f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{name}/{prefix}*]",
                "The keys of what will be uploaded are not known; they begin with the prefix.",
            )


def _let_decrypt(reader: lambda_.Function, key_arn: str) -> None:
    """Let a function read objects under a key of somebody else's, through S3 alone; its policy must agree."""
    reader.add_to_role_policy(
        iam.PolicyStatement(
            actions=["kms:Decrypt"],
            resources=[key_arn],
            conditions={"StringLike": {"kms:ViaService": "s3.*"}},  # a topic may report a bucket elsewhere
        )
    )
