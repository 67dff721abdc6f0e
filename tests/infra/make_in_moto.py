"""Makes every resource of a template in moto, from the template's own properties; a process of its own.

In the tests' processes moto already holds what the emulator deployed, under the same names.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from moto import mock_aws

from local.emulator.deploy import deploy
from local.emulator.template import ACCOUNT, Template
from tests.support.clients import client

REGION = "eu-west-1"


def _role(template: Template, name: str, made: dict[str, Any]) -> None:
    document = template.resolve(made["AssumeRolePolicyDocument"])
    arn = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))["Role"]["Arn"]
    template.made(name, name, Arn=arn)


def _policy(template: Template, name: str, made: dict[str, Any]) -> None:
    document = json.dumps(template.resolve(made["PolicyDocument"]))
    for role in template.resolve(made["Roles"]):
        client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)


def _managed_policy(template: Template, name: str, made: dict[str, Any]) -> None:
    document = json.dumps(template.resolve(made["PolicyDocument"]))
    policy = client("iam").create_policy(PolicyName=name, PolicyDocument=document)["Policy"]
    template.made(name, policy["Arn"])


def _log_group(template: Template, name: str, made: dict[str, Any]) -> None:
    logs = client("logs")
    logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=made["RetentionInDays"])
    template.made(name, name, Arn=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*")


def _alarm(template: Template, name: str, made: dict[str, Any]) -> None:
    wanted = {key: template.resolve(value) for key, value in made.items() if key != "Tags"}
    client("cloudwatch").put_metric_alarm(AlarmName=name, **wanted)
    template.made(name, name, Arn=f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}")


def _dashboard(template: Template, name: str, made: dict[str, Any]) -> None:
    body = template.resolve(made["DashboardBody"])
    json.loads(body)
    client("cloudwatch").put_dashboard(DashboardName=made["DashboardName"], DashboardBody=body)


def _query(template: Template, name: str, made: dict[str, Any]) -> None:
    """moto keeps no queries: it is started instead, on the same log groups."""
    wanted = template.resolve(made)
    given = {"logGroupNames": wanted["LogGroupNames"], "queryString": wanted["QueryString"]}
    client("logs").start_query(**given, startTime=0, endTime=1)


def _invoke_config(template: Template, name: str, made: dict[str, Any]) -> None:
    client("lambda").put_function_event_invoke_config(**template.resolve(made))


def _permission(template: Template, name: str, made: dict[str, Any]) -> None:
    wanted = template.resolve(made)
    client("lambda").add_permission(StatementId=name, **wanted)


def _mapping(template: Template, name: str, made: dict[str, Any]) -> None:
    wanted = {key: template.resolve(made[key]) for key in ("EventSourceArn", "FunctionName", "BatchSize")}
    client("lambda").create_event_source_mapping(**wanted)


def _rule(template: Template, name: str, made: dict[str, Any]) -> None:
    events = client("events")
    arn = events.put_rule(Name=name, EventPattern=json.dumps(template.resolve(made["EventPattern"])))["RuleArn"]
    template.made(name, name, Arn=arn)
    events.put_targets(Rule=name, Targets=template.resolve(made["Targets"]))


def _group(template: Template, name: str, made: dict[str, Any]) -> None:
    client("scheduler").create_schedule_group(Name=made["Name"])
    template.made(name, made["Name"], Arn=f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{made['Name']}")


def _schedule(template: Template, name: str, made: dict[str, Any]) -> None:
    client("scheduler").create_schedule(**template.resolve(made))


def _topic_policy(template: Template, name: str, made: dict[str, Any]) -> None:
    document = json.dumps(template.resolve(made["PolicyDocument"]))
    for topic in template.resolve(made["Topics"]):
        client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)


def _queue_policy(template: Template, name: str, made: dict[str, Any]) -> None:
    document = json.dumps(template.resolve(made["PolicyDocument"]))
    for queue in template.resolve(made["Queues"]):
        client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": document})


def _bucket_policy(template: Template, name: str, made: dict[str, Any]) -> None:
    wanted = template.resolve(made)
    client("s3").put_bucket_policy(Bucket=wanted["Bucket"], Policy=json.dumps(wanted["PolicyDocument"]))


def _subscription(template: Template, name: str, made: dict[str, Any]) -> None:
    wanted = template.resolve(made)
    attributes = {key: json.dumps(wanted[key]) for key in ("FilterPolicy", "RedrivePolicy") if key in wanted}
    arguments = {"TopicArn": wanted["TopicArn"], "Protocol": wanted["Protocol"], "Endpoint": wanted["Endpoint"]}
    client("sns").subscribe(**arguments, Attributes=attributes)


BESIDE_THE_EMULATOR = {
    "AWS::IAM::Role": _role,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::Lambda::EventInvokeConfig": _invoke_config,
    "AWS::Lambda::EventSourceMapping": _mapping,
    "AWS::Events::Rule": _rule,
    "AWS::Lambda::Permission": _permission,
    "AWS::Scheduler::ScheduleGroup": _group,
    "AWS::IAM::Policy": _policy,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::Logs::QueryDefinition": _query,
}
"""Types that the emulator does not need: it delivers events itself and enforces no policies."""


def main() -> None:
    """Make everything of the template that is named, and print how many of some kinds are there."""
    os.environ["AWS_DEFAULT_REGION"] = REGION
    with mock_aws():
        template = Template(Path(sys.argv[1]))
        deploy(template)
        for kind, create in BESIDE_THE_EMULATOR.items():
            for name, made in template.resources(kind).items():
                create(template, name, made)
        there = {
            "AWS::Events::Rule": len(client("events").list_rules()["Rules"]),
            "AWS::Scheduler::Schedule": len(client("scheduler").list_schedules()["Schedules"]),
            "AWS::CloudWatch::Alarm": len(client("cloudwatch").describe_alarms()["MetricAlarms"]),
            "AWS::SNS::Subscription": len(client("sns").list_subscriptions()["Subscriptions"]),
            "AWS::Lambda::Alias": sum(len(_aliases(f["FunctionName"])) for f in _functions()),
        }
    sys.stdout.write(json.dumps(there))


def _functions() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client("lambda").list_functions()["Functions"]
    return found


def _aliases(function: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client("lambda").list_aliases(FunctionName=function)["Aliases"]
    return found


if __name__ == "__main__":
    main()
