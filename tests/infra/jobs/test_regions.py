"""Topics whose messages can never come are refused before a deployment, where the region is known."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from infra.build import cdk_cli
from infra.jobs.regions import undeliverable


def subscribed_to(*topics: str) -> dict[str, Any]:
    made = {"Type": "AWS::SNS::Subscription", "Properties": {}}
    properties = [{"TopicArn": topic, "Region": topic.split(":")[3]} for topic in topics]
    return {"Resources": {f"It{n}": made | {"Properties": each} for n, each in enumerate(properties)}}


@pytest.mark.parametrize(
    ("topic", "region"),
    [
        ("arn:aws:sns:eu-west-1:123456789012:sales", "eu-west-1"),
        ("arn:aws:sns:us-east-1:123456789012:sales", "eu-west-1"),
        ("arn:aws:sns:me-south-1:123456789012:sales", "eu-west-1"),
        ("arn:aws:sns:me-south-1:123456789012:sales", "me-south-1"),
        ("arn:aws-cn:sns:cn-north-1:123456789012:sales", "cn-northwest-1"),
        ("arn:aws-us-gov:sns:us-gov-west-1:123456789012:sales", "us-gov-east-1"),
        ("arn:aws:sns:us-east-1:123456789012:sales", ""),
    ],
)
def test_where_aws_delivers_nothing_is_refused(topic: str, region: str) -> None:
    assert undeliverable(subscribed_to(topic), region) == []


@pytest.mark.parametrize(
    ("topic", "region", "why"),
    [
        ("arn:aws:sns:us-east-1:123456789012:sales", "cn-north-1", "is in the partition aws and cn-north-1 in aws-cn"),
        ("arn:aws:sns:us-east-1:123456789012:sales", "us-gov-west-1", "partition aws and us-gov-west-1 in aws-us-gov"),
        ("arn:aws:sns:us-east-1:123456789012:sales", "me-south-1", "from topics of the same region only"),
        ("arn:aws:sns:ap-east-1:123456789012:sales", "me-south-1", "from topics of the same region only"),
    ],
)
def test_where_aws_does_not_deliver_the_topic_is_named_with_what_to_do(topic: str, region: str, why: str) -> None:
    own = "arn:aws:sns:me-south-1:123456789012:own" if region == "me-south-1" else topic
    (sentence,) = undeliverable(subscribed_to(topic, own), region)
    assert sentence.startswith(f"the topic {topic} is in")
    assert why in sentence


def test_a_deployment_that_could_not_work_does_not_begin(
    assembly: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setattr(cdk_cli, "run", lambda _: pytest.fail("the CDK was called"))
    ours = argparse.Namespace(command="deploy", stage="all-options", assembly=assembly / "all-options")
    assert cdk_cli._cdk(ours, []) == 1
    said = capsys.readouterr().err
    assert "deploy: the topic arn:aws:sns:us-east-1:210987654321:sales is in the partition aws" in said
