"""Each source's own shape: what a run is begun with, and by which identity it is known."""

import json
import re
from typing import Any

import pytest

from functions.requests.execution_input import read_input
from tests.support.deliveries import (
    BUCKET,
    EVENTS,
    VERSIONED,
    again,
    created,
    message,
    notification,
    record,
    scheduled,
    stored,
)
from tests.unit.triggers.conftest import Starter

# -- schedules ------------------------------------------------------------------------------------------------------


def test_a_schedule_starts_its_job_as_of_the_scheduled_time(starter: Starter) -> None:
    assert starter.begun(scheduled("2026-11-24T04:00:00Z"), "nightly") == {
        "job": "nightly",
        "asOf": "2026-11-24T04:00:00Z",
        "values": {},
    }


def test_two_times_of_one_schedule_and_two_schedules_at_one_time_are_runs_of_their_own(starter: Starter) -> None:
    for event in (scheduled("2026-11-24T04:00:00Z"), scheduled("2026-11-25T04:00:00Z"), scheduled(name="nightly-2")):
        starter(event, "nightly")
    assert len(starter.names()) == 3


# -- uploads, by EventBridge and by SNS -----------------------------------------------------------------------------


def test_an_upload_brings_bucket_key_file_name_and_stem(starter: Starter) -> None:
    assert starter.begun(created("countries/by hand/New Zealand.v2.csv"), "upload") == {
        "job": "upload",
        "asOf": "2026-11-24T05:12:00Z",
        "values": {
            "bucket": BUCKET,
            "key": "countries/by hand/New Zealand.v2.csv",
            "fileName": "New Zealand.v2.csv",
            "stem": "New Zealand.v2",
        },
    }


def test_a_notification_through_sns_brings_the_same_as_of_the_time_of_the_object(starter: Starter, s3: Any) -> None:
    given = starter.begun(notification(stored(record("countries/by hand/New Zealand.v2.csv"))), "upload")
    since = s3.head_object(Bucket=VERSIONED, Key="countries/by hand/New Zealand.v2.csv")["LastModified"]
    assert given == {
        "job": "upload",
        "asOf": f"{since:%Y-%m-%dT%H:%M:%SZ}",
        "values": {
            "bucket": VERSIONED,
            "key": "countries/by hand/New Zealand.v2.csv",
            "fileName": "New Zealand.v2.csv",
            "stem": "New Zealand.v2",
        },
    }


KEYS = [
    "countries/a b.csv",
    "countries/a+b.csv",
    "countries/a%2Bb.csv",
    "countries/100%.csv",
    "countries/%zz.csv",
    "countries/%E6%97%A5.csv",
    "countries/日本 🦆.csv",
    "countries/a&b=c;d,e:f@g$h.csv",
    "countries/{today}{{x}}.csv",
    "countries/{% $states.input %}.csv",
    'countries/"quoted".csv',
    "countries/../x.csv",
    "countries/.csv",
]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_decoded_as_its_source_encodes_it(starter: Starter, key: str) -> None:
    by_eventbridge = starter.begun(created(key, VERSIONED, version_id="v1"), "upload")
    by_sns = starter.begun(notification(stored(record(key, versionId="v2"))), "upload")
    assert by_eventbridge["values"] == by_sns["values"]
    assert by_eventbridge["values"]["key"] == key


@pytest.mark.parametrize("key", KEYS)
def test_one_version_of_an_object_is_one_run_whichever_way_it_came(starter: Starter, key: str) -> None:
    events = [created(key, VERSIONED, version_id="v1"), notification(stored(record(key, versionId="v1")))]
    assert len({name for event in [*events, *events] for name in starter(event, "upload")}) == 1
    assert len(starter.names()) == 1


def test_two_versions_of_an_object_are_two_runs(starter: Starter) -> None:
    for version in ("v1", "v2"):
        starter(created("countries/a.csv", VERSIONED, version_id=version), "upload")
        starter(notification(stored(record("countries/a.csv", versionId=version))), "upload")
    assert len(starter.names()) == 2


@pytest.mark.parametrize("version", [None, "", "null"])
def test_without_versions_each_upload_is_known_by_its_sequencer(starter: Starter, version: str | None) -> None:
    for sequencer in ("0061", "0062"):
        starter(created("countries/a.csv", version_id=version, sequencer=sequencer), "upload")
        told = stored(record("countries/a.csv", BUCKET, versionId=version, sequencer=sequencer))
        starter(notification(told), "upload")
    assert len(starter.names()) == 2


def test_the_same_version_in_another_bucket_or_under_another_key_is_another_upload(starter: Starter) -> None:
    for event in (created("a"), created("b"), created("a", VERSIONED), created("a\nb"), created("A"), created("a/b")):
        starter(event, "upload")
    assert len(starter.names()) == 6


def test_a_message_may_report_several_objects(starter: Starter) -> None:
    told = notification(*[stored(record(f"countries/{name}.csv")) for name in ("a", "b", "a")])
    names = starter(told, "upload")
    assert len(names) == 2
    assert len(set(names)) == len(starter.names()) == 2


@pytest.mark.parametrize(
    "key",
    ["countries/a.csv.tmp", "countries/a.CSV", "archive/a.csv", "x/countries/a.csv", "countries", ".csv", "countries/"],
)
def test_a_notification_of_a_key_that_nearly_fits_starts_nothing(starter: Starter, key: str) -> None:
    assert starter(notification(record(key)), "upload") == []
    assert starter.names() == []


def test_a_notification_of_another_bucket_starts_nothing(starter: Starter) -> None:
    assert starter(notification(record("countries/a.csv", "sales-landing-2")), "upload") == []


@pytest.mark.parametrize(
    "name",
    [
        "ObjectRemoved:Delete",
        "ObjectRemoved:DeleteMarkerCreated",
        "ObjectRestore:Completed",
        "ObjectTagging:Put",
        "LifecycleExpiration:Delete",
        "ReducedRedundancyLostObject",
        "ObjectCreated",
        "",
    ],
)
def test_other_things_that_befall_an_object_start_nothing(starter: Starter, name: str) -> None:
    copied = stored(record("countries/b.csv", name="ObjectCreated:Copy"))
    told = notification(record("countries/a.csv", name=name), copied)
    assert starter.begun(told, "upload")["values"]["stem"] == "b"


def test_the_test_message_that_s3_sends_when_it_is_set_up_starts_nothing(starter: Starter) -> None:
    test = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": "2026-11-24T07:00:00.000Z",
        "Bucket": BUCKET,
        "RequestId": "5582815E1AEA5ADF",
        "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE",
    }
    assert starter(message(json.dumps(test), subject="Amazon S3 Notification"), "upload") == []
    assert starter.names() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "null",
        "[]",
        "{}",
        '{"Records": {}}',
        '{"Records": [null]}',
        '{"Records": [[]]}',
        '{"Records": [{}]}',
        '{"Records": [{"s3": null}]}',
        '{"Records": [{"s3": {"bucket": {}, "object": {}}}]}',
        '{"Records": "x"}',
        "[" * 100_000,
        json.dumps({"Records": [record("countries/a.csv") | {"eventName": 5}]}),
        json.dumps({"Records": [record("countries/a.csv", versionId=5)]}),
        json.dumps({"Records": [record("countries/a.csv", sequencer=[1], versionId="")]}),
        json.dumps({"Records": [record("countries/a.csv", key=5)]}),
        json.dumps({"Records": [record("x", key="countries/\ud800.csv")]}),
    ],
    ids=lambda text: text[:40],
)
def test_a_message_that_is_not_a_notification_ends_as_a_run_that_says_so(starter: Starter, text: str) -> None:
    event = message(text, message_id="95df01b4")
    given = starter.begun(event, "upload")
    assert given["refusal"] == "message 95df01b4: the message is not an S3 notification"
    assert starter(again(event), "upload") == starter.names()


# -- messages -------------------------------------------------------------------------------------------------------


def test_a_message_brings_its_subject_its_id_and_the_attributes_that_the_job_names(starter: Starter) -> None:
    event = message("text", "95df01b4", "Done", country="Spain", other="x", stem="x", key="x")
    event["Records"][0]["Sns"]["MessageAttributes"]["logo"] = {"Type": "Binary", "Value": "AAEC"}
    assert starter.begun(event, "message") == {
        "job": "message",
        "asOf": "2026-11-24T05:45:07.000Z",
        "values": {"messageId": "95df01b4", "subject": "Done", "message.country": "Spain"},
    }


def test_a_message_without_subject_and_attributes_is_one_too(starter: Starter) -> None:
    assert starter.begun(message("", "95df01b4"), "message")["values"] == {"messageId": "95df01b4", "subject": ""}


def test_a_binary_attribute_is_not_a_value(starter: Starter) -> None:
    event = message()
    event["Records"][0]["Sns"]["MessageAttributes"]["country"] = {"Type": "Binary", "Value": "AAEC"}
    assert "message.country" not in starter.begun(event, "message")["values"]


def test_a_value_that_is_too_long_is_refused_and_never_cut(starter: Starter) -> None:
    given = starter.begun(message("", "95df01b4", country="x" * 10_001), "message")
    assert given["refusal"] == "message 95df01b4: message.country: has 10001 characters; it may have 10000"
    assert "refusal" not in starter.begun(message(country="x" * 10_000, other="x" * 90_000), "message")


def test_two_messages_of_the_same_text_are_two_runs(starter: Starter) -> None:
    assert starter(message("a"), "message") != starter(message("a"), "message")


# -- the execution's name -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("job", ["nightly", "x" * 40])
@pytest.mark.parametrize(
    "event",
    [scheduled(), created("日本/a b:c.csv"), message(), notification(record("countries/é.csv"))],
    ids=["schedule", "s3", "sns", "s3 through sns"],
)
def test_the_name_is_one_that_step_functions_takes(starter: Starter, job: str, event: dict[str, Any]) -> None:
    for name in starter(event, job):
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name)
        assert re.fullmatch(rf"{job}-[0-9a-f]{{32}}", name)


def test_the_same_event_for_two_jobs_is_two_runs(starter: Starter) -> None:
    assert starter(scheduled(), "nightly") != starter(scheduled(), "x" * 40)
    assert len(starter.names()) == 2


# -- other payloads ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        {},
        [],
        None,
        "x",
        {"Records": []},
        {"Records": [5]},
        {"Records": [[]]},
        {"Records": [{"eventSource": "aws:sqs"}]},
        {"Records": [record("countries/a.csv")]},
        {"source": "aws.s3", "detail-type": "Object Deleted"},
        {"source": "mine", "detail-type": "Object Created"},
        scheduled() | {"job": "other"},
        {"job": "nightly"},
    ],
)
def test_an_event_of_no_known_source_starts_nothing_and_says_so(starter: Starter, event: Any) -> None:
    with pytest.raises(ValueError, match="of no source that starts runs"):
        starter(event, "nightly")
    assert starter.names() == []


def test_an_alias_without_a_job_starts_nothing(starter: Starter) -> None:
    with pytest.raises(Exception, match='there is no job ""'):
        starter.invoked(scheduled(), "")


@pytest.mark.parametrize("sample", ["schedule", "s3-object-created", "sns"])
def test_what_is_begun_is_the_run_that_a_person_may_start_again(starter: Starter, sample: str) -> None:
    event = json.loads((EVENTS / f"{sample}.json").read_text("utf-8"))
    job = {"schedule": "nightly", "s3-object-created": "upload", "sns": "message"}[sample]
    given = starter.begun(event, job)
    start = read_input(given, "2026-12-31T00:00:00Z")
    assert start == read_input(given, "2031-12-31T00:00:00Z")
    answers = {"nightly": "2026-11-23", "upload": [{"name": "France"}], "message": "Spain Sales of Spain are complete"}
    assert start.request["prompts"][0]["answers"] == answers[job]
