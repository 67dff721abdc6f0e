"""The triggers: each invokes the starter by the alias for its kind, which only that kind's service may invoke."""

import json

from botocore.session import get_session

from functions.triggers.kinds import KINDS, kind_named
from tests.infra.template import Template, mentions


def test_each_kind_of_trigger_has_an_alias_and_no_job_has_one(template: Template) -> None:
    names = {alias["Name"] for alias in template.resources("AWS::Lambda::Alias").values()}
    assert names == {kind_named(kind).ALIAS for kind in KINDS}


def test_nothing_may_call_the_starter_itself(template: Template) -> None:
    permissions = template.resources("AWS::Lambda::Permission").values()
    assert len(permissions) == 2
    assert all(mentions(p["FunctionName"], "StarterFor") for p in permissions)
    assert all("SourceArn" in p for p in permissions)
    invokers = [
        statement["Resource"]
        for role in template.resources("AWS::IAM::Role")
        for statement in template.statements(role)
        if statement["Action"] == "lambda:InvokeFunction" and role not in template.roles_of_functions().values()
    ]
    assert len(invokers) == 3
    assert not any(mentions(resource, "StartRunFunction") for resource in invokers)


def test_only_the_stacks_own_rules_may_invoke_for_uploads(template: Template) -> None:
    (permission,) = [
        p for p in template.resources("AWS::Lambda::Permission").values() if mentions(p["FunctionName"], "StarterForU")
    ]
    assert permission["Principal"] == "events.amazonaws.com"
    assert permission["SourceArn"] == {"Fn::GetAtt": ["Uploads1", "Arn"]}


def test_only_topics_with_the_stages_own_names_may_invoke_for_messages(template: Template) -> None:
    (permission,) = [
        p for p in template.resources("AWS::Lambda::Permission").values() if mentions(p["FunctionName"], "StarterForM")
    ]
    assert permission["Principal"] == "sns.amazonaws.com"
    parts = permission["SourceArn"]["Fn::Join"][1]
    assert parts[-1] == ":datamart-runner-dev-*"
    assert {"Ref": "AWS::AccountId"} in parts
    assert {"Ref": "AWS::Region"} in parts


def test_only_schedules_of_the_stages_own_group_may_take_a_schedules_role(template: Template) -> None:
    roles = [
        role["AssumeRolePolicyDocument"]["Statement"]
        for role in template.resources("AWS::IAM::Role").values()
        if "scheduler.amazonaws.com" in json.dumps(role)
    ]
    assert len(roles) == 1
    for (statement,) in roles:
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        source = statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Join"][1]
        assert source[-1] == ":schedule-group/datamart-runner-dev"


def test_a_schedule_has_the_jobs_time_zone_and_window(template: Template) -> None:
    schedule = template.one("AWS::Scheduler::Schedule", "CityNightly1")
    assert schedule["ScheduleExpression"] == "cron(0 5 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Paris"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    assert json.loads(schedule["Target"]["Input"]) == {
        "scheduleArn": "<aws.scheduler.schedule-arn>",
        "scheduledTime": "<aws.scheduler.scheduled-time>",
    }
    assert mentions(schedule["Target"]["Arn"], "StarterForSchedules")


def test_the_uploads_of_all_jobs_and_batches_are_one_rule(template: Template) -> None:
    rule = template.one("AWS::Events::Rule", "Uploads")
    landing, inbox = rule["EventPattern"]["detail"]["$or"]
    assert landing == {
        "bucket": {"name": ["sales-landing"]},
        "object": {"key": [{"wildcard": "countries/*.csv"}]},
    }
    assert mentions(inbox["bucket"], "Inbox")
    assert inbox["object"] == {"key": [{"wildcard": "requests/*.json"}, {"prefix": "batches/"}]}
    assert mentions(rule["Targets"][0]["Arn"], "StarterForUploads")


def test_the_filter_of_a_job_becomes_the_filter_of_its_subscription(template: Template) -> None:
    subscription = template.one("AWS::SNS::Subscription", "RegionMessage1")
    assert subscription["FilterPolicy"] == {"country": [{"exists": True}]}
    assert mentions(subscription["Endpoint"], "StarterForMessages")


def test_the_longest_names_of_jobs_make_names_that_aws_takes(other_triggers: Template) -> None:
    longest = get_session().get_service_model("scheduler").shape_for("Name").metadata["max"]
    schedules = [made["Name"] for made in other_triggers.resources("AWS::Scheduler::Schedule").values()]
    assert len(schedules) > 19
    assert max(map(len, schedules)) <= longest
    topics = [made.get("TopicName", "") for made in other_triggers.resources("AWS::SNS::Topic").values()]
    assert max(map(len, topics)) <= 256  # SNS's model has no limit of its own


def test_a_filter_on_the_body_says_so_to_sns(other_triggers: Template) -> None:
    subscription = other_triggers.one("AWS::SNS::Subscription", "LoadDone1")
    assert subscription["FilterPolicy"] == {"detail": {"status": ["DONE"]}}
    assert subscription["FilterPolicyScope"] == "MessageBody"


def test_a_filter_without_a_scope_is_left_to_snss_own_default(template: Template) -> None:
    assert "FilterPolicyScope" not in template.one("AWS::SNS::Subscription", "RegionMessage1")


def test_the_starter_reads_only_what_may_be_a_request(template: Template) -> None:
    role = template.roles_of_functions()["start_run"]
    reads = [s for s in template.statements(role) if "s3:GetObject" in s["Action"]]
    assert len(reads) == 1
    assert mentions(reads, "Inbox")
    assert "/requests/*" in json.dumps(reads)


def test_the_stacks_own_bucket_is_closed_versioned_and_sends_its_events(template: Template) -> None:
    bucket = template.one("AWS::S3::Bucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["NotificationConfiguration"]["EventBridgeConfiguration"]["EventBridgeEnabled"] is True
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


def test_expected_loads_are_asked_for_at_their_times_and_have_an_alarm(template: Template) -> None:
    schedule = template.one("AWS::Scheduler::Schedule", "Expected")
    assert schedule["ScheduleExpression"] == "cron(0,30 * ? * * *)"
    assert schedule["ScheduleExpressionTimezone"] == "UTC"
    assert json.loads(schedule["Target"]["Input"]) == {"scheduledTime": "<aws.scheduler.scheduled-time>"}
    alarm = template.one("AWS::CloudWatch::Alarm", "LateLoads")
    assert (alarm["Namespace"], alarm["MetricName"]) == ("DatamartRunner", "LoadsMissing")
    assert {d["Name"]: d["Value"] for d in alarm["Dimensions"]} == {"service": "datamart-runner"}


def test_the_starter_may_decrypt_with_the_key_of_a_bucket_of_ones_own_through_s3_alone(
    other_triggers: Template,
) -> None:
    role = other_triggers.roles_of_functions()["start_run"]
    (statement,) = [s for s in other_triggers.statements(role) if s["Action"] == "kms:Decrypt"]
    assert statement["Resource"] == "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
    assert statement["Condition"] == {"StringLike": {"kms:ViaService": "s3.*"}}
