"""Which job an event starts: chosen by what AWS itself sets, whatever the event's payload says."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.errors import InvalidRequest
from functions.triggers.kinds import kind_named
from functions.triggers.target import Target
from infra.jobs.job_files import jobs_of
from infra.settings.settings import settings_of
from tests.support.deliveries import EVENTS, created, message, notification, record, scheduled, stored
from tests.unit.triggers.conftest import CITY, Starter, job

SCHEDULES, UPLOADS, MESSAGES = kind_named("schedule").ALIAS, kind_named("s3").ALIAS, kind_named("sns").ALIAS

ACCOUNT = "arn:aws:{}:eu-west-1:123456789012:"
OWN_TOPIC = ACCOUNT.format("sns") + "datamart-runner-dev-"
OWN_SCHEDULES = ACCOUNT.format("scheduler") + "schedule/datamart-runner-dev/"
FOREIGN = "arn:aws:sns:us-east-1:210987654321:sales"

JOBS = {
    "nightly": job(CITY, triggers=[{"schedule": "nightly-1"}, {"sns": {"topic": "nightly-2"}}]),
    "other": job(CITY, triggers=[{"schedule": "other-1"}, {"s3": {"bucket": "landing", "prefix": "in/other/"}}]),
    "upload": job(CITY, triggers=[{"s3": {"bucket": "landing", "prefix": "in/", "suffix": ".csv"}}]),
    "inbox": job(CITY, triggers=[{"s3": {"prefix": "in/"}}]),
    "sales": job(CITY, triggers=[{"sns": {"topic": FOREIGN}}, {"sns": {"topic": "sales-2"}}]),
    "stock": job(CITY, triggers=[{"sns": {"topic": FOREIGN}}]),
    "notified": job(CITY, triggers=[{"sns": {"topic": "notified-1"}}], objects=[{"bucket": "landing", "prefix": "x/"}]),
}


@pytest.fixture
def stage(starter: Starter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Starter:
    """The starter as it is deployed with all of JOBS."""
    path = tmp_path / "jobs.json"
    path.write_text(json.dumps(JOBS), "utf-8")
    monkeypatch.setenv("JOBS_FILE", str(path))
    monkeypatch.setenv("INBOX_BUCKET", "own-bucket")
    return starter


def of_topic(arn: str, event: Any) -> Any:
    for each in event["Records"]:
        each["Sns"]["TopicArn"] = arn
    return event


def jobs_started(stage: Starter, event: Any, alias: str) -> list[str]:
    return [name.rpartition("-")[0] for name in stage.invoked(event, alias)]


# -- the job is found -----------------------------------------------------------------------------------------------


def test_a_schedule_starts_the_job_that_its_arn_belongs_to(stage: Starter) -> None:
    assert jobs_started(stage, scheduled(name="nightly-1"), SCHEDULES) == ["nightly"]
    assert jobs_started(stage, scheduled(name="other-1"), SCHEDULES) == ["other"]


@pytest.mark.parametrize(
    ("bucket", "key", "started"),
    [
        ("landing", "in/a.csv", ["upload"]),
        ("landing", "in/other/a.txt", ["other"]),
        ("landing", "in/other/a.csv", ["other", "upload"]),
        ("own-bucket", "in/a.csv", ["inbox"]),
    ],
)
def test_an_upload_starts_every_job_that_declares_its_bucket_and_key(
    stage: Starter, bucket: str, key: str, started: list[str]
) -> None:
    assert jobs_started(stage, created(key, bucket), UPLOADS) == started


def test_a_message_starts_the_job_whose_own_topic_it_came_over(stage: Starter) -> None:
    assert jobs_started(stage, of_topic(OWN_TOPIC + "nightly-2", message()), MESSAGES) == ["nightly"]


@pytest.mark.parametrize("job_", ["sales", "stock"])
def test_two_jobs_of_one_foreign_topic_are_distinguished_by_the_alias_of_each(stage: Starter, job_: str) -> None:
    assert jobs_started(stage, of_topic(FOREIGN, message()), job_) == [job_]


def test_a_job_that_cannot_be_started_does_not_keep_the_others_from_starting(
    stage: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = stage.module._start
    broken = {"other"}

    def refusing(target: Target, *rest: Any) -> Any:
        if target.name in broken:
            raise RuntimeError("not now")
        return start(target, *rest)

    monkeypatch.setattr(stage.module, "_start", refusing)
    event = created("in/other/a.csv", "landing")
    with pytest.raises(RuntimeError, match="not now"):
        stage.invoked(event, UPLOADS)
    assert [name.rpartition("-")[0] for name in stage.names()] == ["upload"]
    broken.clear()
    assert jobs_started(stage, event, UPLOADS) == ["other", "upload"]
    assert len(stage.names()) == 2


# -- no payload can name another job --------------------------------------------------------------------------------

NAMES_ANOTHER = json.dumps(
    {"job": "other", "scheduleArn": f"{OWN_SCHEDULES}other-1", "TopicArn": OWN_TOPIC + "sales-2"}
)


def test_what_a_message_says_does_not_choose_the_job(stage: Starter) -> None:
    event = message(NAMES_ANOTHER, subject="other", job="other", TopicArn=OWN_TOPIC + "sales-2")
    assert jobs_started(stage, of_topic(OWN_TOPIC + "nightly-2", event), MESSAGES) == ["nightly"]


def test_an_upload_that_is_reported_in_a_message_starts_no_job_of_that_upload(stage: Starter) -> None:
    event = notification(record("in/other/a.csv", "landing"), record("in/a.csv", "landing"))
    assert jobs_started(stage, of_topic(OWN_TOPIC + "notified-1", event), MESSAGES) == []


@pytest.mark.parametrize(
    "event",
    [
        scheduled(name="other-1"),
        {"scheduleArn": f"{OWN_SCHEDULES}other-1", "scheduledTime": "2026-11-24T04:00:00Z", "job": "other"},
        created("in/a.csv", "landing"),
    ],
    ids=["schedule", "schedule and job", "upload"],
)
@pytest.mark.parametrize("alias", [MESSAGES, "sales"])
def test_who_may_publish_cannot_pass_for_another_service(stage: Starter, event: Any, alias: str) -> None:
    with pytest.raises(ValueError, match="of no source that starts runs"):
        stage.invoked(event, alias)
    assert stage.names() == []


@pytest.mark.parametrize(
    ("alias", "event"),
    [
        (SCHEDULES, created("in/a.csv", "landing")),
        (SCHEDULES, of_topic(OWN_TOPIC + "nightly-2", message())),
        (UPLOADS, scheduled(name="other-1")),
        (UPLOADS, of_topic(OWN_TOPIC + "nightly-2", message())),
    ],
)
def test_an_alias_takes_the_events_of_its_own_service_alone(stage: Starter, alias: str, event: Any) -> None:
    with pytest.raises(ValueError, match="of no source that starts runs"):
        stage.invoked(event, alias)


@pytest.mark.parametrize(
    "arn",
    [
        OWN_SCHEDULES + "nobody-1",
        OWN_SCHEDULES + "nightly-3",
        OWN_SCHEDULES + "nightly",
        OWN_SCHEDULES + "NIGHTLY-1",
        ACCOUNT.format("scheduler") + "schedule/default/nightly-1",
        ACCOUNT.format("scheduler") + "schedule/datamart-runner-dev-2/nightly-1",
        "arn:aws:scheduler:eu-west-1:210987654321:schedule/datamart-runner-dev/nightly-1",
        "arn:aws:scheduler:us-east-1:123456789012:schedule/datamart-runner-dev/nightly-1",
        "nightly-1",
        "",
    ],
)
def test_a_schedule_that_is_not_the_stacks_own_starts_nothing(stage: Starter, arn: str) -> None:
    with pytest.raises(ValueError, match="no job or batch that is deployed declares"):
        stage.invoked({"scheduleArn": arn, "scheduledTime": "2026-11-24T04:00:00Z"}, SCHEDULES)
    assert stage.names() == []


@pytest.mark.parametrize(
    ("arn", "alias"),
    [
        (FOREIGN, MESSAGES),
        (OWN_TOPIC + "other-1", MESSAGES),
        (OWN_TOPIC + "sales-1", MESSAGES),
        ("arn:aws:sns:eu-west-1:210987654321:datamart-runner-dev-nightly-2", MESSAGES),
        ("arn:aws:sns:us-east-1:123456789012:datamart-runner-dev-nightly-2", MESSAGES),
        (OWN_TOPIC + "sales-2", "sales"),  # an own topic invokes the shared alias
        ("arn:aws:sns:us-east-1:999999999999:sales", "sales"),
        (FOREIGN, "nightly"),
    ],
)
def test_a_topic_that_the_job_does_not_declare_starts_nothing(stage: Starter, arn: str, alias: str) -> None:
    with pytest.raises(ValueError, match="no job or batch that is deployed declares"):
        stage.invoked(of_topic(arn, message(NAMES_ANOTHER)), alias)
    assert stage.names() == []


def test_messages_of_two_topics_in_one_event_start_nothing(stage: Starter) -> None:
    event = of_topic(OWN_TOPIC + "nightly-2", message())
    event["Records"] += of_topic(OWN_TOPIC + "sales-2", message())["Records"]
    with pytest.raises(ValueError, match="more than one topic"):
        stage.invoked(event, MESSAGES)


@pytest.mark.parametrize(
    ("bucket", "key"),
    [("landing", "IN/a.csv"), ("landing", "in/a.csv.tmp"), ("own-bucket", "out/a"), ("landing2", "in/a.csv"), ("", "")],
)
def test_an_object_that_no_job_declares_starts_nothing(stage: Starter, bucket: str, key: str) -> None:
    with pytest.raises(ValueError, match="no job or batch that is deployed declares s3://"):
        stage.invoked(created(key, bucket), UPLOADS)
    assert stage.names() == []


@pytest.mark.parametrize("alias", ["", "$LATEST", "nobody", "_other", "1"])
def test_an_alias_of_no_kind_and_no_job_starts_nothing(stage: Starter, alias: str) -> None:
    with pytest.raises(InvalidRequest, match="there is no job"):
        stage.invoked(of_topic(FOREIGN, message()), alias)


# -- an upgrade -----------------------------------------------------------------------------------------------------

BEFORE = {
    "schedule": (SCHEDULES, "city-nightly-67599259c731160a65cf7943ebdc12ad"),
    "s3-object-created": (UPLOADS, "country-upload-5e21574ac8faaa3b551e1854960872e8"),
    "s3-through-sns": (MESSAGES, "country-upload-11ec7b17434fb7d3410307f55b2665a8"),
    "sns": (MESSAGES, "region-message-394f6a8f9502bdbbf40cea99c6e5ccad"),
}
"""The executions of the sample events as commit 300f2ce named them, when each job had an alias of its own."""


@pytest.mark.parametrize("sample", sorted(BEFORE))
def test_an_event_that_is_delivered_before_and_after_an_upgrade_is_one_run(
    stage: Starter, sample: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "samples.json"
    path.write_text(
        json.dumps({each.name: each.shipped for each in jobs_of(settings_of("dev"), with_samples=True)}), "utf-8"
    )
    monkeypatch.setenv("JOBS_FILE", str(path))
    alias, name = BEFORE[sample]
    event = json.loads((EVENTS / f"{sample}.json").read_text("utf-8"))
    if sample == "s3-through-sns":
        for told in json.loads(event["Records"][0]["Sns"]["Message"])["Records"]:
            stored(told)
    assert stage.invoked(event, alias) == [name]
