"""Every way on which nobody waits for an answer: what is not delivered is kept, and somebody is told."""

import json
from typing import Any

import pytest

from tests.infra.template import Template, listed, mentions

QUEUES = ("EndRunDeadLetters", "StartDeadLetters")


def test_every_rule_has_dead_letters(template: Template) -> None:
    targets = [target for rule in template.resources("AWS::Events::Rule").values() for target in rule["Targets"]]
    assert len(targets) == 2
    assert all(
        mentions(target["DeadLetterConfig"]["Arn"], QUEUES[0]) or mentions(target, QUEUES[1]) for target in targets
    )


def test_every_schedule_has_dead_letters_and_may_send_to_them(template: Template) -> None:
    schedules = template.resources("AWS::Scheduler::Schedule")
    assert len(schedules) == 6
    for schedule in schedules.values():
        assert mentions(schedule["Target"]["DeadLetterConfig"]["Arn"], "StartDeadLetters")
        role = schedule["Target"]["RoleArn"]["Fn::GetAtt"][0]
        assert {"sqs:SendMessage", "lambda:InvokeFunction"} <= template.actions(role)


def test_every_subscription_of_a_function_has_dead_letters(template: Template) -> None:
    subscriptions = template.resources("AWS::SNS::Subscription")
    assert len(subscriptions) == 2
    for subscription in subscriptions.values():
        assert mentions(subscription["RedrivePolicy"]["deadLetterTargetArn"], "StartDeadLetters")


def test_every_alias_and_function_that_is_called_without_waiting_has_dead_letters(template: Template) -> None:
    configured = template.resources("AWS::Lambda::EventInvokeConfig")
    aliases = template.resources("AWS::Lambda::Alias")
    qualifiers = [json.dumps(c["Qualifier"]) for c in configured.values()]
    unqualified = {
        name for c in configured.values() if c["Qualifier"] == "$LATEST" for name in c["FunctionName"].values()
    }
    assert len(qualifiers) == len(aliases) + len(unqualified)
    assert {name.partition("Function")[0] for name in unqualified} == {"ExpectLoad", "Sweep"}
    for config in configured.values():
        assert mentions(config["DestinationConfig"]["OnFailure"]["Destination"], "StartDeadLetters")


def test_the_queue_of_ends_repeats_for_hours_and_then_gives_up_to_its_dead_letters(template: Template) -> None:
    queue = template.one("AWS::SQS::Queue", "EndRunQueue")
    assert mentions(queue["RedrivePolicy"]["deadLetterTargetArn"], "EndRunDeadLetters")
    hours = queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"] / 3600
    assert hours >= 4
    assert queue["MessageRetentionPeriod"] > hours * 3600
    function = next(
        f
        for f in template.resources("AWS::Lambda::Function").values()
        if f["Handler"] == "functions.handlers.end_run.handler"
    )
    assert queue["VisibilityTimeout"] > function["Timeout"]


def test_the_end_of_every_run_reaches_the_queue(template: Template) -> None:
    rule = template.one("AWS::Events::Rule", "ExecutionEnded")
    assert set(rule["EventPattern"]["detail"]["status"]) == {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}
    assert mentions(rule["EventPattern"]["detail"]["stateMachineArn"], "RunDatamart")
    assert mentions(rule["Targets"][0]["Arn"], "EndRunQueue")
    mapping = template.one("AWS::Lambda::EventSourceMapping")
    assert mentions(mapping["EventSourceArn"], "EndRunQueue")
    assert mentions(mapping["FunctionName"], "EndRunFunction")
    assert mapping["BatchSize"] == 1


def test_an_end_that_is_to_come_again_is_not_an_error(template: Template) -> None:
    assert template.one("AWS::Lambda::EventSourceMapping")["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_sweep_is_called_every_hour_and_looks_after_queues_every_five_minutes(template: Template) -> None:
    schedules = [
        s for s in template.resources("AWS::Scheduler::Schedule").values() if mentions(s["Target"]["Arn"], "Sweep")
    ]
    assert {s["Target"]["Input"]: s["ScheduleExpression"] for s in schedules} == {
        "{}": "cron(17 3 * * ? *)",
        '{"look": "hourly"}': "cron(17 0-2,4-23 * * ? *)",
        '{"look": "queues"}': "cron(0/5 * * * ? *)",
    }
    for schedule in schedules:
        assert schedule["ScheduleExpressionTimezone"] == "UTC"
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_every_queue_of_dead_letters_has_an_alarm_that_says_what_to_do(template: Template) -> None:
    alarms = template.resources("AWS::CloudWatch::Alarm")
    for queue in QUEUES:
        (alarm,) = [a for name, a in alarms.items() if name.startswith(f"{queue}Alarm")]
        assert mentions(alarm["Dimensions"], queue)
        assert "redrive" in json.dumps(alarm["AlarmDescription"])
        assert mentions(alarm["AlarmActions"], "NoticeTopic")


def principals(statement: dict[str, Any]) -> set[str]:
    service = statement.get("Principal", {}).get("Service", []) if isinstance(statement["Principal"], dict) else []
    return {name for name in listed(service) if isinstance(name, str)}


def test_alarms_and_eventbridge_may_publish_to_the_topic(template: Template, everything: Template) -> None:
    for stage in (template, everything):
        (policy,) = [
            p for p in stage.resources("AWS::SNS::TopicPolicy").values() if mentions(p["Topics"], "NoticeTopic")
        ]
        allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
        assert {"cloudwatch.amazonaws.com", "events.amazonaws.com"} <= set().union(*map(principals, allowed))
    assert "KmsMasterKeyId" not in template.one("AWS::SNS::Topic", "NoticeTopic")


def test_under_a_key_of_its_own_the_topic_can_still_be_published_to(everything: Template) -> None:
    topic = everything.one("AWS::SNS::Topic", "NoticeTopic")
    assert mentions(topic["KmsMasterKeyId"], "Key")
    (key,) = everything.resources("AWS::KMS::Key").values()
    users = set().union(*(principals(s) for s in key["KeyPolicy"]["Statement"] if "kms:Decrypt" in s["Action"]))
    assert {"cloudwatch.amazonaws.com", "events.amazonaws.com", "sns.amazonaws.com", "s3.amazonaws.com"} <= users


@pytest.mark.parametrize("service", ["events", "sns", "cloudwatch", "s3"])
def test_each_service_that_writes_to_us_has_an_explicit_statement_in_the_keys_policy(
    everything: Template, service: str
) -> None:
    (key,) = everything.resources("AWS::KMS::Key").values()
    sid = f"{service.capitalize()}WritesToOurQueuesAndTopics"
    (statement,) = [s for s in key["KeyPolicy"]["Statement"] if s.get("Sid") == sid]
    assert principals(statement) == {f"{service}.amazonaws.com"}
    assert set(statement["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    # EventBridge sends KMS no aws:SourceAccount, so a condition on it would lose every event.
    assert "Condition" not in statement


def test_a_topics_only_publisher_from_outside_is_the_bucket_that_the_job_names(template: Template) -> None:
    (policy,) = [
        p for p in template.resources("AWS::SNS::TopicPolicy").values() if mentions(p["Topics"], "CountryUpload2")
    ]
    (statement,) = [s for s in policy["PolicyDocument"]["Statement"] if "s3.amazonaws.com" in principals(s)]
    assert "sales-landing-archive" in json.dumps(statement["Condition"])
    assert "aws:SourceAccount" in json.dumps(statement["Condition"])
