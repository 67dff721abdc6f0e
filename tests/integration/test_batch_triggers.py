"""What starts a batch, from the event in AWS's shape to the rows in the warehouse."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.runs.store.last_loads import last_load
from functions.runs.store.table import run_table
from local.emulator.clients import client
from local.outcome import Outcome
from local.simulator import catalogue
from tests.integration.conftest import System
from tests.integration.test_ways_in import EVENTS, sample, uploaded

CSV = (
    "name;after;project;datamart;Elements of Country\r\na;;MicroStrategy Tutorial;City;France\r\nb;a;;Daily Sales;\r\n"
)


def delivered(system: System, event: Any, objects: Path) -> Outcome:
    """Let the event happen, and how the one batch that it started ended."""
    (arn,) = system.emulator.deliver(event, objects)
    return system.watch_batch(arn)


def night() -> Any:
    """The event of the schedule of the sample batch."""
    event = sample("schedule")
    return event | {"scheduleArn": event["scheduleArn"].rpartition("/")[0] + "/night-1"}


def loads(system: System) -> set[str]:
    return set(system.simulator.state()["loads"])


def test_a_schedule_starts_its_batch_and_its_success_is_what_was_expected(system: System, tmp_path: Path) -> None:
    ended = delivered(system, night(), tmp_path)
    assert (ended.status, ended.cause) == ("SUCCEEDED", None)
    assert {line["name"] for line in ended.output["items"]} == {"city-nightly", "categories", "days"}
    assert loads(system) == {catalogue.CITY, catalogue.CATEGORY_SALES, catalogue.DAILY_SALES_APPEND}
    at = last_load(run_table(), "night", "batch")
    assert at is not None
    asked = system.invoke("expect_load", {"scheduledTime": "2001-01-01T05:30:00Z"})
    assert asked == {"due": ["night"], "missing": []}


def test_an_event_that_is_delivered_again_starts_no_second_batch(system: System) -> None:
    event = night() | {"scheduledTime": "2026-11-25T01:00:00Z"}
    (first,) = system.emulator.deliver(event)
    assert system.emulator.deliver(event) == [first]
    assert system.watch_batch(first).status == "SUCCEEDED"
    assert set(system.simulator.state()["loads"].values()) == {1}


def test_an_uploaded_file_is_a_batch_of_the_listed_datamarts(system: System, tmp_path: Path) -> None:
    ended = delivered(system, uploaded("batches/night.csv", "\ufeff" + CSV, tmp_path), tmp_path)
    assert (ended.status, ended.cause) == ("SUCCEEDED", None)
    assert [line["loaded"] for line in ended.output["items"]] == ["yes", "yes"]
    assert {row["country"] for row in system.simulator.rows("DM_CITY")} == {"France"}


def test_the_sample_of_an_uploaded_batch_loads_what_its_lines_say_in_their_order(system: System) -> None:
    ended = delivered(system, sample("s3-batch"), EVENTS / "objects")
    assert [(line["name"], line["outcome"]) for line in ended.output["items"]] == [
        *(("france", "loaded"), ("categories", "loaded"), ("days", "loaded")),
    ]
    assert {row["country"] for row in system.simulator.rows("DM_CITY")} == {"France"}


def test_an_uploaded_batch_with_one_item_that_is_not_allowed_starts_nothing(system: System, tmp_path: Path) -> None:
    allowed = {"name": "a", "datamart": "Daily Sales"}
    batch = {"items": [allowed, {"name": "b", "after": ["a"], "datamart": "Nested"}]}
    ended = delivered(system, uploaded("batches/wrong.json", json.dumps(batch), tmp_path), tmp_path)
    assert (ended.status, ended.error) == ("FAILED", "InvalidRequest")
    assert "batches/wrong.json" in str(ended.cause)
    assert 'item 2 ("b"): datamart: "Nested" is not in the batch' in str(ended.cause)
    assert loads(system) == set()


def started_by_etag(system: System, key: str, content: str, overwritten_by: str | None = None) -> Outcome:
    """A batch whose file is in a bucket without versions: only the ETag tells which content the event was about."""
    bucket = sample("s3-batch")["detail"]["bucket"]["name"]
    etag = client("s3").put_object(Bucket=bucket, Key=key, Body=content.encode())["ETag"].strip('"')
    if overwritten_by is not None:
        client("s3").put_object(Bucket=bucket, Key=key, Body=overwritten_by.encode())
    reference = {"bucket": bucket, "key": key, "etag": etag}
    return system.watch_batch(system.emulator.start_batch({"batch": "uploaded-batches", "object": reference}))


def test_a_file_in_a_bucket_without_versions_is_read_by_its_etag(system: System) -> None:
    ended = started_by_etag(system, "batches/by-etag.csv", CSV)
    assert (ended.status, ended.cause) == ("SUCCEEDED", None)
    assert {row["country"] for row in system.simulator.rows("DM_CITY")} == {"France"}


def test_a_file_that_was_overwritten_before_it_was_read_starts_nothing(system: System) -> None:
    ended = started_by_etag(system, "batches/twice.csv", CSV, overwritten_by=CSV.replace("France", "Spain"))
    assert (ended.status, ended.error) == ("FAILED", "InvalidRequest")
    assert "batches/twice.csv" in str(ended.cause)
    assert loads(system) == set()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe"])
def test_an_object_that_is_no_batch_fails_with_its_name(system: System, tmp_path: Path, content: bytes) -> None:
    ended = delivered(system, uploaded(f"batches/{len(content)}.csv", content, tmp_path), tmp_path)
    assert (ended.status, ended.error) == ("FAILED", "InvalidRequest")
    assert f"batches/{len(content)}.csv" in str(ended.cause)
