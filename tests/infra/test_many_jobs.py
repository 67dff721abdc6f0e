"""Three hundred jobs of mixed kinds, a hundred of them with own topics, are one template within every quota."""

import itertools
import json
from collections import Counter
from typing import Any

from functions.runs.expected_loads import jobs_due
from functions.triggers.declared import declares_topic, declares_upload
from infra.build.quotas import over_quota
from infra.constructs.triggers.upload_patterns import LARGEST, pack_uploads
from local.emulator.moto_patches.moto_objects import event_matches
from tests.infra.template import Template, mentions


def test_there_are_a_hundred_jobs_of_each_kind(full_jobs: dict[str, Any]) -> None:
    kinds = Counter(next(iter(job["triggers"][0])) for job in full_jobs.values())
    assert kinds == {"schedule": 100, "s3": 100, "sns": 100}
    assert len({job["expectBy"] for job in full_jobs.values() if "expectBy" in job}) == 100


def test_they_fit_into_a_stack_with_a_chat_and_lineage_too(full_stage: Template) -> None:
    assert full_stage.resources("AWS::Events::ApiDestination")
    assert len(full_stage.content["Resources"]) < 500
    assert len(full_stage.content["Outputs"]) <= 20


def test_a_stage_with_many_jobs_is_within_every_quota(full_stage: Template) -> None:
    assert over_quota(full_stage.content) == []


def test_every_schedule_has_its_jobs_name_and_the_alias_of_schedules(
    full_stage: Template, full_jobs: dict[str, Any]
) -> None:
    schedules = {
        made["Name"]
        for made in full_stage.resources("AWS::Scheduler::Schedule").values()
        if mentions(made["Target"]["Arn"], "StarterForSchedules")
    }
    assert schedules == {
        trigger["schedule"] for job in full_jobs.values() for trigger in job["triggers"] if "schedule" in trigger
    }


def test_every_expected_load_is_asked_for_at_its_time(full_stage: Template, full_jobs: dict[str, Any]) -> None:
    from datetime import UTC, datetime, timedelta

    schedule = full_stage.one("AWS::Scheduler::Schedule", "Expected")
    minutes, *rest = schedule["ScheduleExpression"].removeprefix("cron(").split()
    assert rest == ["*", "?", "*", "*", "*)"]
    listed = range(60) if minutes == "*" else [int(minute) for minute in minutes.split(",")]
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    fired = [midnight + timedelta(hours=hour, minutes=minute) for hour in range(24) for minute in listed]
    asked = [name for at in fired for name in jobs_due(full_jobs, at)]
    assert sorted(asked) == sorted(name for name, job in full_jobs.items() if "expectBy" in job)


def event(bucket: Any, key: str) -> dict[str, Any]:
    detail = {"bucket": {"name": bucket}, "object": {"key": key}}
    return {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}


def test_the_upload_of_each_job_matches_one_rule_and_starts_just_this_job(
    full_stage: Template, full_jobs: dict[str, Any]
) -> None:
    rules = [
        json.loads(json.dumps(rule["EventPattern"]).replace('{"Ref": "InboxA8E05DC3"}', '"own-bucket"'))
        for rule in full_stage.resources("AWS::Events::Rule").values()
        if rule["EventPattern"]["source"] == ["aws.s3"]
    ]
    uploads = {name: job["triggers"][0]["s3"] for name, job in full_jobs.items() if "s3" in job["triggers"][0]}
    for name, declared in uploads.items():
        bucket, key = declared.get("bucket", "own-bucket"), f"{declared['prefix']}sales{declared['suffix']}"
        assert sum(event_matches(rule, event(bucket, key)) for rule in rules) == 1
        assert [each for each, job in full_jobs.items() if declares_upload(job, bucket, key, "own-bucket")] == [name]
        assert not any(event_matches(rule, event("another-bucket", key)) for rule in rules)


def test_the_topic_of_each_job_is_subscribed_to_once_and_starts_just_this_job(
    full_stage: Template, full_jobs: dict[str, Any]
) -> None:
    topics = {made["TopicName"] for made in full_stage.resources("AWS::SNS::Topic").values() if "TopicName" in made}
    assert len(topics) == 100
    assert len({json.dumps(s["TopicArn"]) for s in full_stage.resources("AWS::SNS::Subscription").values()}) == 100
    for topic in topics:
        named = topic.removeprefix("datamart-runner-many-jobs-")
        (job,) = [name for name, job in full_jobs.items() if declares_topic(job, named)]
        assert named == f"{job}-1"


# -- policies of the topics -----------------------------------------------------------------------------------------


def test_every_own_topic_has_one_policy_that_wants_tls_and_stays_when_it_is_replaced(full_stage: Template) -> None:
    policies = {
        name: resource
        for name, resource in full_stage.content["Resources"].items()
        if resource["Type"] == "AWS::SNS::TopicPolicy"
        and not name.startswith(("NoticeTopic", "QuestionTopic", "ChatTopic"))
    }
    topics = [topic["Ref"] for policy in policies.values() for topic in policy["Properties"]["Topics"]]
    own = [name for name, made in full_stage.resources("AWS::SNS::Topic").items() if "TopicName" in made]
    assert sorted(topics) == sorted(own)
    for name, policy in policies.items():
        assert policy["DeletionPolicy"] == "Retain"
        statement = policy["Properties"]["PolicyDocument"]["Statement"][0]
        assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
        if name != "OwnTopicsPolicy":
            assert "OwnTopicsPolicy" in policy["DependsOn"]


def test_a_topic_for_s3s_notifications_takes_those_of_its_bucket_alone(full_stage: Template) -> None:
    shared = full_stage.resources("AWS::SNS::TopicPolicy")["OwnTopicsPolicy"]
    assert [s["Effect"] for s in shared["PolicyDocument"]["Statement"]] == ["Deny"]
    others = [p for name, p in full_stage.resources("AWS::SNS::TopicPolicy").items() if name.startswith("Warehouse")]
    assert len(others) == 5
    assert all("company-archive" in json.dumps(policy) and len(policy["Topics"]) == 1 for policy in others)


# -- packing of uploads ---------------------------------------------------------------------------------------------

LONG = [{"bucket": f"bucket-{n % 9}", "prefix": f"a/long/prefix/of/number/{n}/", "suffix": ".csv"} for n in range(150)]


def rule_of(upload: dict[str, Any], patterns: list[dict[str, Any]]) -> int:
    here = event(upload["bucket"], upload["prefix"] + upload["suffix"])
    (number,) = [number for number, pattern in enumerate(patterns) if pattern and event_matches(pattern, here)]
    return number


def test_every_pattern_is_within_the_quota() -> None:
    for count in range(1, len(LONG), 7):
        patterns = pack_uploads(LONG[:count], None)
        assert max(len(json.dumps(pattern, separators=(",", ":"))) for pattern in patterns) <= LARGEST


def test_another_upload_moves_none_to_another_rule_unless_their_number_doubles() -> None:
    packed = {count: pack_uploads(LONG[:count], None) for count in range(1, len(LONG))}
    doubled = [count for count in range(2, len(LONG)) if len(packed[count]) != len(packed[count - 1])]
    for count in (*doubled, *range(2, len(LONG), 25)):  # every count would take a minute
        before, after = packed[count - 1], packed[count]
        for upload in LONG[: count - 1 : 7]:
            old, new = rule_of(upload, before), rule_of(upload, after)
            assert new in ({old} if len(after) == len(before) else {old, old + len(before)})
    assert len(packed[len(LONG) - 1]) > 2
    assert doubled


def test_a_rule_that_drops_uploads_waits_for_the_one_that_takes_them(full_stage: Template) -> None:
    rules = sorted(name for name in full_stage.resources("AWS::Events::Rule") if name.startswith("Uploads"))
    assert len(rules) > 1
    for lower, higher in itertools.pairwise(rules):
        assert higher in full_stage.content["Resources"][lower]["DependsOn"]


def test_a_trigger_for_a_whole_bucket_takes_every_key_of_it() -> None:
    (pattern,) = pack_uploads([{"bucket": "all"}, {"bucket": "all", "prefix": "in/"}, {"prefix": "in/"}], "own-bucket")
    assert event_matches(pattern, event("all", "anything"))
    assert event_matches(pattern, event("own-bucket", "in/a"))
    assert not event_matches(pattern, event("own-bucket", "out/a"))
