"""Each quota of AWS that synth knows: what is over it is named, with how far and what to do."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.build import quotas
from infra.build.quotas import QUOTAS, Content, code_over_quota, over_quota
from tests.infra.template import Template


def of(kind: str, **properties: Any) -> Content:
    return {"Resources": {"It": {"Type": kind, "Properties": properties}}}


def text(length: int) -> str:
    return "x" * length


def statements(count: int, size: int = 1) -> dict[str, Any]:
    return {"Statement": [{"Sid": text(size)} for _ in range(count)]}


def many(kind: str, count: int) -> Content:
    return {"Resources": {f"It{number}": {"Type": kind} for number in range(count)}}


PERMISSION = {"FunctionName": {"Ref": "Alias"}, "Principal": "sns.amazonaws.com", "SourceArn": text(100)}
PERMISSIONS = {
    "Resources": {f"It{number}": {"Type": "AWS::Lambda::Permission", "Properties": PERMISSION} for number in range(60)}
}

TOO_MUCH: dict[str, Content] = {
    "CloudFormation resources in a template": many("AWS::SNS::Topic", 501),
    "CloudFormation outputs in a template": {"Resources": {}, "Outputs": {str(number): {} for number in range(201)}},
    "CloudFormation template size": of("AWS::SNS::Topic", Tags=[text(1_000_001)]),
    "SQS statements in a queue policy": of("AWS::SQS::QueuePolicy", PolicyDocument=statements(21)),
    "SQS size of a queue policy": of("AWS::SQS::QueuePolicy", PolicyDocument=statements(1, 8_193)),
    "SNS size of a topic policy": of("AWS::SNS::TopicPolicy", PolicyDocument=statements(1, 30_721)),
    "SNS statements in a topic policy": of("AWS::SNS::TopicPolicy", PolicyDocument=statements(101)),
    "SNS length of a topic's name": of("AWS::SNS::Topic", TopicName=text(257)),
    "SNS length of a topic's display name": of("AWS::SNS::Topic", DisplayName=text(101)),
    "SNS size of a filter policy": of("AWS::SNS::Subscription", FilterPolicy={"a": [text(262_145)]}),
    "Lambda resource policy of a function or alias": PERMISSIONS,
    "Lambda environment variables of a function": of(
        "AWS::Lambda::Function", Environment={"Variables": {"A": text(4_096)}}
    ),
    "Lambda length of an alias's description": of("AWS::Lambda::Alias", Description=text(257)),
    "Lambda subnets of a function": of("AWS::Lambda::Function", VpcConfig={"SubnetIds": ["s"] * 17}),
    "Lambda security groups of a function": of("AWS::Lambda::Function", VpcConfig={"SecurityGroupIds": ["s"] * 6}),
    "IAM inline policies of a role": of(
        "AWS::IAM::Policy", Roles=[{"Ref": "Role"}], PolicyDocument=statements(1, 10_241)
    ),
    "IAM managed policies attached to a role": {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [text(20)] * 4}},
            **{
                f"Overflow{number}": {
                    "Type": "AWS::IAM::ManagedPolicy",
                    "Properties": {"Roles": [{"Ref": "Role"}], "PolicyDocument": statements(1)},
                }
                for number in range(7)
            },
        }
    },
    "IAM size of a managed policy": of("AWS::IAM::ManagedPolicy", PolicyDocument=statements(1, 6_145)),
    "IAM trust policy of a role": of("AWS::IAM::Role", AssumeRolePolicyDocument=statements(1, 2_049)),
    "EventBridge event pattern of a rule": of("AWS::Events::Rule", EventPattern={"source": [text(2_049)]}),
    "EventBridge targets of a rule": of("AWS::Events::Rule", Targets=[{}] * 6),
    "EventBridge rules of an event bus": many("AWS::Events::Rule", 301),
    "EventBridge Scheduler schedule expression": of("AWS::Scheduler::Schedule", ScheduleExpression=text(257)),
    "EventBridge Scheduler length of a schedule's name": of("AWS::Scheduler::Schedule", Name=text(65)),
    "EventBridge Scheduler length of a group's name": of("AWS::Scheduler::ScheduleGroup", Name=text(65)),
    "EventBridge Scheduler length of a description": of("AWS::Scheduler::Schedule", Description=text(513)),
    "CloudWatch length of an alarm's description": of("AWS::CloudWatch::Alarm", AlarmDescription=text(1_025)),
    "CloudWatch widgets of a dashboard": of(
        "AWS::CloudWatch::Dashboard", DashboardBody=json.dumps({"widgets": [{"type": "text"}] * 501})
    ),
    "CloudWatch Logs length of a saved query": of("AWS::Logs::QueryDefinition", QueryString=text(10_001)),
    "CloudWatch Logs log groups of a query": of("AWS::Logs::QueryDefinition", LogGroupNames=["g"] * 51),
    "Step Functions size of a definition": of("AWS::StepFunctions::StateMachine", DefinitionString=text(1_048_577)),
    "Step Functions length of a state machine's name": of(
        "AWS::StepFunctions::StateMachine", StateMachineName=text(81)
    ),
    "KMS size of a key policy": of("AWS::KMS::Key", KeyPolicy=statements(1, 32_769)),
    "S3 size of a bucket policy": of("AWS::S3::BucketPolicy", PolicyDocument=statements(1, 20_481)),
    "Secrets Manager length of a secret's name": of("AWS::SecretsManager::Secret", Name=text(513)),
    "Tags of a resource": of("AWS::SNS::Topic", Tags=[{}] * 51),
}
"""A template that is over just the one quota."""


@pytest.mark.parametrize("quota", QUOTAS, ids=lambda quota: quota.name)
def test_what_is_over_a_quota_is_named_with_how_far_and_what_to_do(quota: quotas.Quota) -> None:
    found = [sentence for sentence in over_quota(TOO_MUCH[quota.name]) if sentence.startswith(f"{quota.name}: ")]
    (sentence,) = found
    assert f"over the quota of {quota.limit:,}. {quota.remedy}" in sentence
    (value,) = [value for _, value in quota.measure(TOO_MUCH[quota.name])]
    assert f" has {value:,} {quota.unit}, {value - quota.limit:,} over" in sentence


@pytest.mark.parametrize(
    ("name", "just_enough"),
    [
        ("CloudFormation resources in a template", many("AWS::SNS::Topic", 500)),
        ("SQS statements in a queue policy", of("AWS::SQS::QueuePolicy", PolicyDocument=statements(20))),
        ("EventBridge Scheduler length of a schedule's name", of("AWS::Scheduler::Schedule", Name=text(64))),
        ("EventBridge rules of an event bus", many("AWS::Events::Rule", 300)),
    ],
)
def test_what_just_fits_a_quota_is_not_over_it(name: str, just_enough: Content) -> None:
    (quota,) = [quota for quota in QUOTAS if quota.name == name]
    assert quota.over(just_enough) == []


def test_references_are_measured_by_what_they_are_resolved_to() -> None:
    arns = [{"Fn::GetAtt": ["Function", "Arn"]}] * 80
    policy = {"Roles": [{"Ref": "R"}], "PolicyDocument": {"Statement": [{"Resource": arns}]}}
    (sentence,) = over_quota(of("AWS::IAM::Policy", **policy))
    assert sentence.startswith("IAM inline policies of a role: R has ")


def test_the_name_of_a_bucket_is_measured_as_the_longest_that_s3_takes() -> None:
    content = of("AWS::IAM::ManagedPolicy", PolicyDocument={"Statement": [{"Resource": [{"Ref": "Inbox"}] * 85}]})
    (quota,) = [quota for quota in QUOTAS if quota.name == "IAM size of a managed policy"]
    assert quota.over(content)
    content["Resources"]["Inbox"] = {"Type": "AWS::S3::Bucket"}
    assert quota.over(content) == []


def test_code_that_is_too_large_for_lambda_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "code.py").write_bytes(b"x" * 1_001)
    assert code_over_quota(tmp_path) == []
    monkeypatch.setattr(quotas, "LARGEST_CODE", 1_000)
    (sentence,) = code_over_quota(tmp_path)
    assert "1,001 bytes unzipped, 1 over the quota of 1,000. Remove packages" in sentence


@pytest.mark.parametrize("stage", ["template", "everything", "other_triggers"])
def test_every_stage_is_within_all_quotas(request: pytest.FixtureRequest, stage: str) -> None:
    found: Template = request.getfixturevalue(stage)
    assert over_quota(found.content) == []
