"""The triggers: each calls the starter under the alias of the job that it is declared under, and only that."""

import json

from botocore.session import get_session

from infra.jobs import jobs_of
from infra.settings import settings_of
from tests.infra.template import Template, mentions


def test_every_job_has_an_alias(template: Template) -> None:
    names = {alias["Name"] for alias in template.resources("AWS::Lambda::Alias").values()}
    assert names == {job.name for job in jobs_of(settings_of("dev"))}


def test_nothing_may_call_the_starter_itself(template: Template) -> None:
    permissions = template.resources("AWS::Lambda::Permission").values()
    assert len(permissions) == 4
    assert all(mentions(p["FunctionName"], "") and "Alias" in json.dumps(p["FunctionName"]) for p in permissions)
    assert all("SourceArn" in p for p in permissions)
    invokers = [
        statement["Resource"]
        for role in template.resources("AWS::IAM::Role")
        for statement in template.statements(role)
        if statement["Action"] == "lambda:InvokeFunction" and role not in template.roles_of_functions().values()
    ]
    assert not any(mentions(resource, "StartRunFunction") for resource in invokers)


def test_a_schedule_has_the_jobs_time_zone_and_window(template: Template) -> None:
    schedule = template.one("AWS::Scheduler::Schedule", "CityNightly1")
    assert schedule["ScheduleExpression"] == "cron(0 5 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Paris"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    assert json.loads(schedule["Target"]["Input"]) == {
        "scheduleArn": "<aws.scheduler.schedule-arn>",
        "scheduledTime": "<aws.scheduler.scheduled-time>",
    }
    assert mentions(schedule["Target"]["Arn"], "CityNightlyAlias")


def test_prefix_and_suffix_are_one_pattern_that_means_both(template: Template) -> None:
    rule = template.one("AWS::Events::Rule", "CountryUpload1")
    assert rule["EventPattern"]["detail"] == {
        "bucket": {"name": ["sales-landing"]},
        "object": {"key": [{"wildcard": "countries/*.csv"}]},
    }
    assert mentions(rule["Targets"][0]["Arn"], "CountryUploadAlias")


def test_a_filter_is_snss_own(template: Template) -> None:
    subscription = template.one("AWS::SNS::Subscription", "RegionMessage1")
    assert subscription["FilterPolicy"] == {"country": [{"exists": True}]}
    assert mentions(subscription["Endpoint"], "RegionMessageAlias")


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


def test_an_expected_load_is_asked_for_at_its_time_and_has_an_alarm(template: Template) -> None:
    schedule = template.one("AWS::Scheduler::Schedule", "CityNightlyExpected")
    assert schedule["ScheduleExpression"] == "cron(0 6 ? * * *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Paris"
    assert json.loads(schedule["Target"]["Input"]) == {
        "job": "city-nightly",
        "timeZone": "Europe/Paris",
        "scheduledTime": "<aws.scheduler.scheduled-time>",
    }
    alarm = template.one("AWS::CloudWatch::Alarm", "CityNightlyLate")
    assert (alarm["Namespace"], alarm["MetricName"]) == ("DatamartRunner", "LoadMissing")
    assert {d["Name"]: d["Value"] for d in alarm["Dimensions"]} == {"job": "city-nightly", "service": "datamart-runner"}
    assert '{"job": "city-nightly"}' in alarm["AlarmDescription"]
