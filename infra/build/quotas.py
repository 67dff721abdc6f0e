"""The table of AWS quotas that a synth can check, and the check of a template against them.

Only those that cannot be raised, or that a new account has. What refers to other resources is measured by the greatest
length that it is likely to get (infra/build/longest_text.py).
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.build.longest_text import characters

Content = dict[str, Any]
"""A CloudFormation template."""

Measured = Iterator[tuple[str, int]]
"""What was measured (a logical id, or empty for the whole stack) and how much it has."""


@dataclass(frozen=True)
class Quota:
    """One quota.

    Parameters
    ----------
    name
        AWS's own words for it.
    limit
        The most that AWS takes, in ``unit``.
    measure
        Everything in a template that the quota is about.
    remedy
        What to do about it, as a sentence.
    """

    name: str
    limit: int
    unit: str
    measure: Callable[[Content], Measured]
    remedy: str

    def over(self, content: Content) -> list[str]:
        """A sentence for each thing that is over the quota."""
        return [
            f"{self.name}: {where or 'the stack'} has {value:,} {self.unit}, {value - self.limit:,} over the quota of "
            f"{self.limit:,}. {self.remedy}"
            for where, value in self.measure(content)
            if value > self.limit
        ]


def over_quota(content: Content) -> list[str]:
    """A sentence for everything in a template that is over a quota."""
    return [sentence for quota in QUOTAS for sentence in quota.over(content)]


def code_over_quota(folder: Path) -> list[str]:
    """A sentence if what goes to Lambda is over the quota of a deployment package."""
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    if size <= LARGEST_CODE:
        return []
    return [
        f"Lambda deployment package: the code has {size:,} bytes unzipped, {size - LARGEST_CODE:,} over the quota of "
        f"{LARGEST_CODE:,}. Remove packages from the group functions in pyproject.toml."
    ]


LARGEST_CODE = 250 * 1024 * 1024
"""Bytes of a function's code with its layers, unzipped."""


def _count(section: str) -> Callable[[Content], Measured]:
    def measure(content: Content) -> Measured:
        yield "", len(content.get(section, {}))

    return measure


def _whole(content: Content) -> Measured:
    yield "", len(json.dumps(content, indent=1).encode())


def _property(kind: str, *path: str, of: Callable[[Any], int] = characters) -> Callable[[Content], Measured]:
    """Measure a property of each resource of a type, where it has it."""

    def measure(content: Content) -> Measured:
        for name, made in _of_type(content, kind):
            value: Any = made
            for key in path:
                value = value.get(key) if isinstance(value, dict) else None
            if value is not None:
                yield name, of(value)

    return measure


def _any_property(key: str, of: Callable[[Any], int]) -> Callable[[Content], Measured]:
    """Measure a property of each resource of any type that has it."""

    def measure(content: Content) -> Measured:
        for name, resource in content["Resources"].items():
            if key in resource.get("Properties", {}):
                yield name, of(resource["Properties"][key])

    return measure


def _of_type(content: Content, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return (
        (name, resource.get("Properties", {}))
        for name, resource in content["Resources"].items()
        if resource["Type"] == kind
    )


def _statements(document: dict[str, Any]) -> int:
    return len(document["Statement"])


def _how_many(kind: str) -> Callable[[Content], Measured]:
    def measure(content: Content) -> Measured:
        yield "", sum(1 for _ in _of_type(content, kind))

    return measure


def _role_policies(content: Content) -> Measured:
    """Characters of all inline policies of each role."""
    sizes: Counter[str] = Counter()
    for _, policy in _of_type(content, "AWS::IAM::Policy"):
        for role in policy["Roles"]:
            sizes[role["Ref"]] += characters(policy["PolicyDocument"], _bucket_names(content))
    for name, role in _of_type(content, "AWS::IAM::Role"):
        sizes[name] += sum(characters(policy["PolicyDocument"]) for policy in role.get("Policies", []))
    yield from sizes.items()


def _managed_policies(content: Content) -> Measured:
    for name, policy in _of_type(content, "AWS::IAM::ManagedPolicy"):
        yield name, characters(policy["PolicyDocument"], _bucket_names(content))


def _bucket_names(content: Content) -> dict[str, int]:
    """The most characters that the name of each bucket may have."""
    return {name: 63 for name, _ in _of_type(content, "AWS::S3::Bucket")}


def _attached_policies(content: Content) -> Measured:
    """Managed policies that are attached to each role, by the role or by the policy."""
    attached: Counter[str] = Counter()
    for _, policy in _of_type(content, "AWS::IAM::ManagedPolicy"):
        attached.update(role["Ref"] for role in policy.get("Roles", []))
    for name, role in _of_type(content, "AWS::IAM::Role"):
        attached[name] += len(role.get("ManagedPolicyArns", []))
    yield from attached.items()


def _function_policies(content: Content) -> Measured:
    """Bytes of the resource policy of each function, version or alias: a statement for each permission."""
    sizes: Counter[str] = Counter()
    for _, permission in _of_type(content, "AWS::Lambda::Permission"):
        (named,) = permission["FunctionName"].values()
        name = named[0] if isinstance(named, list) else str(named)
        sizes[name] += _AROUND_A_PERMISSION + characters(permission)
    yield from sizes.items()


_AROUND_A_PERMISSION = 300
"""Bytes of a statement beside what the template says: its id, effect, resource and the names of keys."""


def _bytes_of_variables(environment: dict[str, Any]) -> int:
    return sum(len(name) + characters(value) for name, value in environment["Variables"].items())


def _widgets(body: Any) -> int:
    """Of a dashboard's JSON, which is cut into pieces where it names other resources."""
    return json.dumps(body).count('\\"type\\":')


MOST_WIDGETS = 500
"""Widgets of one dashboard."""


def _length(values: list[Any]) -> int:
    return len(values)


_FEWER_JOBS = "Deploy the jobs in several stages: name those of each in its settings (jobs)."
_FEWER_FOREIGN_TOPICS = "Let fewer jobs subscribe to topics of other stacks, or forward those to the jobs' own topics."
_SHORTER_NAME = "Give the job or the stage a shorter name."
_FEWER_PREFIXES = (
    "The starter may read below each prefix of the jobs with acceptRequests or sns objects: let them share a prefix, "
    "begin with that of another job, or have a bucket without one, or deploy the jobs in several stages."
)

QUOTAS = (
    Quota("CloudFormation resources in a template", 500, "resources", _count("Resources"), _FEWER_JOBS),
    Quota(
        "CloudFormation outputs in a template",
        200,
        "outputs",
        _count("Outputs"),
        "Each connection has one: put fewer connections into a stage.",
    ),
    Quota("CloudFormation template size", 1_000_000, "bytes", _whole, _FEWER_JOBS),
    Quota(
        "SQS statements in a queue policy",
        20,
        "statements",
        _property("AWS::SQS::QueuePolicy", "PolicyDocument", of=_statements),
        "Put what the statements allow into fewer ones (infra/constructs/queues.py).",
    ),
    Quota(
        "SQS size of a queue policy",
        8_192,
        "bytes",
        _property("AWS::SQS::QueuePolicy", "PolicyDocument"),
        _FEWER_FOREIGN_TOPICS,
    ),
    Quota(
        "SNS size of a topic policy",
        30 * 1024,
        "bytes",
        _property("AWS::SNS::TopicPolicy", "PolicyDocument"),
        "Name fewer accounts and buckets in it (infra/constructs/triggers/topics.py).",
    ),
    Quota(
        "SNS statements in a topic policy",
        100,
        "statements",
        _property("AWS::SNS::TopicPolicy", "PolicyDocument", of=_statements),
        "Put what the statements allow into fewer ones (infra/constructs/triggers/topics.py).",
    ),
    Quota("SNS length of a topic's name", 256, "characters", _property("AWS::SNS::Topic", "TopicName"), _SHORTER_NAME),
    Quota(
        "SNS length of a topic's display name",
        100,
        "characters",
        _property("AWS::SNS::Topic", "DisplayName"),
        _SHORTER_NAME,
    ),
    Quota(
        "SNS size of a filter policy",
        256 * 1024,
        "bytes",
        _property("AWS::SNS::Subscription", "FilterPolicy"),
        "Shorten the filter of the job's sns trigger.",
    ),
    Quota(
        "Lambda resource policy of a function or alias", 20 * 1024, "bytes", _function_policies, _FEWER_FOREIGN_TOPICS
    ),
    Quota(
        "Lambda environment variables of a function",
        4 * 1024,
        "bytes",
        _property("AWS::Lambda::Function", "Environment", of=_bytes_of_variables),
        "Put fewer connections into a stage, or give them shorter names.",
    ),
    Quota(
        "Lambda length of an alias's description",
        256,
        "characters",
        _property("AWS::Lambda::Alias", "Description"),
        "Shorten the job's description.",
    ),
    Quota(
        "Lambda subnets of a function",
        16,
        "subnets",
        _property("AWS::Lambda::Function", "VpcConfig", "SubnetIds", of=_length),
        "Name fewer in the settings (vpc.subnets).",
    ),
    Quota(
        "Lambda security groups of a function",
        5,
        "groups",
        _property("AWS::Lambda::Function", "VpcConfig", "SecurityGroupIds", of=_length),
        "Name fewer in the settings (vpc.securityGroups).",
    ),
    Quota("IAM inline policies of a role", 10_240, "characters", _role_policies, _FEWER_PREFIXES),
    Quota("IAM managed policies attached to a role", 10, "policies", _attached_policies, _FEWER_PREFIXES),
    Quota(
        "IAM size of a managed policy",
        6_144,
        "characters",
        _managed_policies,
        f"{_FEWER_PREFIXES} Long prefixes take most of the room.",
    ),
    Quota(
        "IAM trust policy of a role",
        2_048,
        "characters",
        _property("AWS::IAM::Role", "AssumeRolePolicyDocument"),
        "Name fewer principals in it.",
    ),
    Quota(
        "EventBridge event pattern of a rule",
        2_048,
        "characters",
        _property("AWS::Events::Rule", "EventPattern"),
        "Shorten the prefixes and suffixes of the jobs' s3 triggers.",
    ),
    Quota(
        "EventBridge targets of a rule",
        5,
        "targets",
        _property("AWS::Events::Rule", "Targets", of=_length),
        "Make a second rule.",
    ),
    Quota("EventBridge rules of an event bus", 300, "rules", _how_many("AWS::Events::Rule"), _FEWER_JOBS),
    Quota(
        "EventBridge Scheduler schedule expression",
        256,
        "characters",
        _property("AWS::Scheduler::Schedule", "ScheduleExpression"),
        "Shorten it, or make two schedules of it.",
    ),
    Quota(
        "EventBridge Scheduler length of a schedule's name",
        64,
        "characters",
        _property("AWS::Scheduler::Schedule", "Name"),
        _SHORTER_NAME,
    ),
    Quota(
        "EventBridge Scheduler length of a group's name",
        64,
        "characters",
        _property("AWS::Scheduler::ScheduleGroup", "Name"),
        "Give the stage a shorter name.",
    ),
    Quota(
        "EventBridge Scheduler length of a description",
        512,
        "characters",
        _property("AWS::Scheduler::Schedule", "Description"),
        _SHORTER_NAME,
    ),
    Quota(
        "CloudWatch length of an alarm's description",
        1_024,
        "characters",
        _property("AWS::CloudWatch::Alarm", "AlarmDescription"),
        "Shorten it (infra/constructs/alarms.py).",
    ),
    Quota(
        "CloudWatch widgets of a dashboard",
        MOST_WIDGETS,
        "widgets",
        _property("AWS::CloudWatch::Dashboard", "DashboardBody", of=_widgets),
        "Show less on it (infra/constructs/dashboard.py).",
    ),
    Quota(
        "CloudWatch Logs length of a saved query",
        10_000,
        "characters",
        _property("AWS::Logs::QueryDefinition", "QueryString"),
        "Shorten it (infra/constructs/queries.py).",
    ),
    Quota(
        "CloudWatch Logs log groups of a query",
        50,
        "log groups",
        _property("AWS::Logs::QueryDefinition", "LogGroupNames", of=_length),
        "Let it read fewer (infra/constructs/queries.py).",
    ),
    Quota(
        "Step Functions size of a definition",
        1024 * 1024,
        "bytes",
        _property("AWS::StepFunctions::StateMachine", "DefinitionString"),
        "Shorten it (statemachine/run_datamart.asl.yaml).",
    ),
    Quota(
        "Step Functions length of a state machine's name",
        80,
        "characters",
        _property("AWS::StepFunctions::StateMachine", "StateMachineName"),
        "Give the stage a shorter name.",
    ),
    Quota(
        "KMS size of a key policy",
        32 * 1024,
        "bytes",
        _property("AWS::KMS::Key", "KeyPolicy"),
        "Name fewer principals in it (infra/constructs/encryption.py).",
    ),
    Quota(
        "S3 size of a bucket policy",
        20 * 1024,
        "bytes",
        _property("AWS::S3::BucketPolicy", "PolicyDocument"),
        "Name fewer principals in it.",
    ),
    Quota(
        "Secrets Manager length of a secret's name",
        512,
        "characters",
        _property("AWS::SecretsManager::Secret", "Name"),
        "Give the connection or the stage a shorter name.",
    ),
    Quota("Tags of a resource", 50, "tags", _any_property("Tags", of=_length), "Name fewer in the settings (tags)."),
)
