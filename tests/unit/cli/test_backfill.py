"""The batch of ``datamart start --from --to``: an item for each time at which the job's schedules fire."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.requests.batches.batch import batch_of
from functions.requests.batches.frozen import frozen_inputs
from infra.jobs.job_files import SCHEMA
from infra.jobs.named_job import NamedJob
from local.cli import backfill
from local.cli.backfill import backfill_of
from local.cli.input_files import LARGEST_INPUT
from local.errors import CannotGoOn

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC).timestamp()
REQUEST = {"project": "P", "datamart": "D", "prompts": [{"name": "Day", "answers": "{yesterday}"}]}

Items = list[dict[str, Any]]


def job(*schedules: str, zone: str = "Europe/Paris", in_utc: str | None = None) -> NamedJob:
    triggers = [{"schedule": one} for one in schedules]
    triggers += [{"schedule": in_utc, "timeZone": "UTC"}] if in_utc else []
    return NamedJob("load", SCHEMA.check({"timeZone": zone, "request": REQUEST, "triggers": triggers}))


@pytest.fixture
def items(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Items]:
    def of(named: NamedJob, first: str, last: str | None = None) -> Items:
        monkeypatch.setattr(backfill, "jobs_of", lambda settings, with_samples: [named])
        found: Items = backfill_of("load", "dev", first, last, NOW)["batch"]["items"]
        return found

    return of


def test_each_scheduled_time_is_an_item_after_the_one_before(items: Callable[..., Items]) -> None:
    assert items(job("cron(0 5 ? * MON-FRI *)"), "2026-11-19", "2026-11-23") == [
        {"name": "2026-11-19", "job": "load", "asOf": "2026-11-19T05:00:00+01:00"},
        {"name": "2026-11-20", "job": "load", "asOf": "2026-11-20T05:00:00+01:00", "after": ["2026-11-19"]},
        {"name": "2026-11-23", "job": "load", "asOf": "2026-11-23T05:00:00+01:00", "after": ["2026-11-20"]},
    ]


def test_a_time_that_the_clocks_skip_is_left_out_and_one_that_they_repeat_comes_once(
    items: Callable[..., Items],
) -> None:
    at_half_past_two = job("cron(30 2 * * ? *)")
    spring = items(at_half_past_two, "2026-03-28", "2026-03-30")
    assert [one["asOf"] for one in spring] == ["2026-03-28T02:30:00+01:00", "2026-03-30T02:30:00+02:00"]
    autumn = items(at_half_past_two, "2026-10-24", "2026-10-26")
    assert [one["asOf"] for one in autumn] == [
        "2026-10-24T02:30:00+02:00",
        "2026-10-25T02:30:00+02:00",
        "2026-10-26T02:30:00+01:00",
    ]


def test_several_times_a_day_are_told_apart_by_the_minute(items: Callable[..., Items]) -> None:
    twice = items(job("cron(0 5 * * ? *)", "cron(30 17 * * ? *)"), "2026-11-19", "2026-11-20")
    assert [one["name"] for one in twice] == [
        *("2026-11-19 05:00", "2026-11-19 17:30"),
        *("2026-11-20 05:00", "2026-11-20 17:30"),
    ]
    assert twice[1]["after"] == ["2026-11-19 05:00"]


def test_times_of_one_minute_that_the_clocks_repeat_are_told_apart_by_their_offset(items: Callable[..., Items]) -> None:
    found = items(job("cron(30 2 * * ? *)", in_utc="cron(30 1 * * ? *)"), "2026-10-25", "2026-10-25")
    assert [one["name"] for one in found] == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]


def test_two_schedules_that_fire_together_are_one_item(items: Callable[..., Items]) -> None:
    found = items(job("cron(0 5 * * ? *)", in_utc="cron(0 4 * * ? *)"), "2026-11-19", "2026-11-20")
    assert [one["name"] for one in found] == ["2026-11-19", "2026-11-20"]


def test_days_are_those_of_the_jobs_time_zone(items: Callable[..., Items]) -> None:
    found = items(job("cron(0 0,23 * * ? *)", zone="Asia/Tokyo"), "2026-11-19", "2026-11-19")
    assert [one["asOf"] for one in found] == ["2026-11-19T00:00:00+09:00", "2026-11-19T23:00:00+09:00"]


def test_without_an_end_the_range_ends_now(items: Callable[..., Items]) -> None:
    hourly = job("cron(0 * * * ? *)", zone="UTC")
    assert items(hourly, "2026-11-27")[-1]["asOf"] == "2026-11-27T12:00:00+00:00"
    assert items(hourly, "2026-11-27", "2026-11-27") == items(hourly, "2026-11-27")


def test_a_schedule_for_one_time_counts_too(items: Callable[..., Items]) -> None:
    (once,) = items(job("at(2026-11-20T05:00:00)", "rate(1 day)"), "2026-11-01")
    assert once["asOf"] == "2026-11-20T05:00:00+01:00"


def test_the_largest_range_is_a_valid_batch_and_fits_into_an_input(items: Callable[..., Items]) -> None:
    every_minute = job("cron(* * * * ? *)", zone="Etc/GMT+12")
    with pytest.raises(CannotGoOn, match="more than 1000 scheduled times, the most that a batch takes"):
        items(every_minute, "2026-11-26")
    hourly = items(job("cron(0 * * * ? *)"), "2026-10-17", "2026-11-26")
    assert len(hourly) == 984
    longest = [one | {"job": "j" * 40} for one in hourly]
    assert len(json.dumps({"batch": {"items": longest}})) < LARGEST_INPUT
    jobs: Any = {"load": {"request": REQUEST, "timeZone": "Europe/Paris"}}
    inputs = frozen_inputs(batch_of({"items": hourly}, "the batch", jobs=jobs), "2026-11-27T12:00Z", {}, jobs=jobs)
    assert [one["asOf"] for one in inputs] == [one["asOf"] for one in hourly]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, "2026-11-20", "--from is missing: the first day of the range, such as --from 2026-11-01."),
        ("20.11.2026", None, '--from: "20.11.2026" is not a day, such as 2026-11-01.'),
        ("20261120", None, '--from: "20261120" is not a day, such as 2026-11-01.'),
        ("2026-W01-1", None, '--from: "2026-W01-1" is not a day, such as 2026-11-01.'),
        ("2026-11-20", "2026-11-31", '--to: "2026-11-31" is not a day'),
        ("2026-11-20", "2026-11-19", "--to: 2026-11-19 is before --from 2026-11-20."),
        ("2026-11-28", None, "--from: 2026-11-28 is in the future"),
        ("0001-01-01", None, "--from: 0001-01-01 is before 1970, and no schedule has a time so early."),
        ("1969-12-31", "9999-12-31", "--to: 9999-12-31 is in the future"),
        ("2026-11-20", "2026-11-28", "--to: 2026-11-28 is in the future"),
        ("2026-11-21", "2026-11-22", 'the job "load" has no scheduled time from 2026-11-21 00:00 to 2026-11-22 23:59'),
    ],
)
def test_what_is_no_range_is_refused_with_what_is_expected(
    items: Callable[..., Items], first: str, last: str | None, expected: str
) -> None:
    with pytest.raises(CannotGoOn) as refused:
        items(job("cron(0 5 ? * MON-FRI *)"), first, last)
    assert expected in str(refused.value)


def test_a_job_without_times_is_refused(items: Callable[..., Items]) -> None:
    with pytest.raises(CannotGoOn, match=r'the job "load" has no schedule with times: cron\(…\) or at\(…\)'):
        items(job("rate(1 day)"), "2026-11-20")


@pytest.mark.parametrize(
    ("name", "stage", "expected"),
    [
        ("city-nigthly", "dev", 'there is no job "city-nigthly" (did you mean city-nightly?)'),
        ("night", "dev", '"night" is a batch, and only a job'),
        ("./my.json", "dev", '--from: "./my.json" is not the name of a job, and only a job of the stage has schedules'),
        ("city-nightly", "staging", 'unknown stage "staging"'),
    ],
)
def test_what_is_no_job_is_refused(name: str, stage: str, expected: str) -> None:
    with pytest.raises(CannotGoOn) as refused:
        backfill_of(name, stage, "2026-11-20", None, NOW)
    assert expected in str(refused.value)


def test_the_samples_can_be_run_for_their_times() -> None:
    found = backfill_of("city-nightly", "dev", "2026-11-20", "2026-11-21", NOW)
    assert [one["name"] for one in found["batch"]["items"]] == ["2026-11-20", "2026-11-21"]
    assert found["batch"]["timeZone"] == "Europe/Paris"
