"""Were the tables loaded in time? Asked of the real table, answered by real metrics and a notice."""

import json
import logging
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from moto import mock_aws

from functions.runs.store.last_loads import last_load, record_load
from functions.runs.store.table import RunTable, run_table
from tests.support.clients import client

AT = "2026-11-24T05:00:00Z"  # six o'clock in Paris, a Tuesday
NOW = 1_795_496_400.0  # the same
HOUR = 3600


def expected(time: str = "06:00", zone: str = "Europe/Paris", **more: Any) -> dict[str, Any]:
    return {"request": {}, "timeZone": zone, "triggers": [], "expectBy": time} | more


JOBS = {
    "city-nightly": expected(),
    "later": expected("06:01"),
    "in-london": expected(zone="Europe/London"),
    "on-mondays": expected(expectOn=["MON"]),
    "not-expected": {"request": {}, "timeZone": "Europe/Paris", "triggers": []},
}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunTable]:
    name = f"runs-{uuid.uuid4()}"  # moto may hold tables of other tests
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("RUN_TABLE", name)
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    deploy(monkeypatch, tmp_path, JOBS)
    run_table.cache_clear()
    with mock_aws():
        client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "executionArn", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "executionArn", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield run_table()
    run_table.cache_clear()


def deploy(monkeypatch: pytest.MonkeyPatch, folder: Path, jobs: dict[str, Any], variable: str = "JOBS_FILE") -> None:
    path = folder / f"{uuid.uuid4()}.json"
    path.write_text(json.dumps(jobs), "utf-8")
    monkeypatch.setenv(variable, str(path))


@pytest.fixture
def notices(table: RunTable, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, Any]]]:
    """What was published on the notice topic so far, as a queue that is subscribed to it has it."""
    sns, sqs = client("sns"), client("sqs")
    topic = sns.create_topic(Name=f"notices-{uuid.uuid4()}")["TopicArn"]
    queue = sqs.create_queue(QueueName=f"notices-{uuid.uuid4()}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    monkeypatch.setenv("NOTICE_TOPIC_ARN", topic)
    monkeypatch.setenv("STAGE", "dev")
    seen: list[dict[str, Any]] = []

    def so_far() -> list[dict[str, Any]]:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        seen.extend(json.loads(message["Body"]) for message in found)
        return seen

    return so_far


def ask(at: str = AT, **more: Any) -> dict[str, list[str]]:
    from functions.handlers.expect_load import handler

    context: Any = SimpleNamespace(
        function_name="f", memory_limit_in_mb=128, invoked_function_arn="arn", aws_request_id="id"
    )
    return handler({"scheduledTime": at} | more, context)


def metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]


# -- which jobs are due -----------------------------------------------------------------------------------------------


def test_only_the_jobs_of_just_this_time_and_day_are_asked_for(table: RunTable, notices: Any) -> None:
    assert ask()["due"] == ["city-nightly"]
    assert ask(at="2026-11-24T05:01:00Z")["due"] == ["later"]
    assert ask(at="2026-11-24T06:00:00Z")["due"] == ["in-london"]
    assert ask(at="2026-11-23T05:00:00Z")["due"] == ["city-nightly", "on-mondays"]


@pytest.mark.parametrize("at", ["2026-11-24T05:00:07Z", "2026-11-24T05:00:59.999Z", "2026-11-24T06:00:07.5+01:00"])
def test_seconds_in_the_scheduled_time_do_not_count(table: RunTable, notices: Any, at: str) -> None:
    assert ask(at=at) == ask() == {"due": ["city-nightly"], "missing": ["city-nightly"]}
    assert len(notices()) == 1


@pytest.mark.parametrize(
    ("at", "level"),
    [
        ("2026-11-24T04:00:00Z", "INFO"),  # the schedule fires in every hour
        ("2026-11-24T04:30:00Z", "INFO"),  # the minute that on-lord-howe has in winter
        ("2026-11-24T04:17:00Z", "WARNING"),
    ],
)
def test_a_time_at_which_no_load_is_ever_expected_is_a_warning_in_the_log(
    table: RunTable,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    at: str,
    level: str,
) -> None:
    deploy(monkeypatch, tmp_path, JOBS | {"on-lord-howe": expected(zone="Australia/Lord_Howe")})
    monkeypatch.setattr(logging.getLogger("datamart-runner"), "propagate", True)
    assert ask(at=at)["due"] == []
    said = [entry for entry in caplog.records if "expected at this" in entry.getMessage()]
    assert [(entry.levelname, entry.at) for entry in said] == [(level, at.replace("Z", "+00:00"))]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("moments", "expect_by"),
    [
        (["2027-03-27T01:30:00Z", "2027-03-28T01:30:00Z", "2027-03-29T00:30:00Z"], "02:30"),  # skipped on the 28th
        (["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"], "02:30"),  # twice on the 25th
        (["2026-10-24T04:00:00Z", "2026-10-25T05:00:00Z"], "06:00"),
    ],
)
def test_whatever_the_clocks_do_a_table_is_asked_for_once_a_day(moments: list[str], expect_by: str) -> None:
    from functions.runs.expected_loads import jobs_due

    jobs = {"job": expected(expect_by)}
    first = datetime.fromisoformat(moments[0]) - timedelta(minutes=1)
    minutes = [first + timedelta(minutes=number) for number in range(60 * (24 * len(moments) - 20))]
    assert [at for at in minutes if jobs_due(jobs, at)] == [datetime.fromisoformat(moment) for moment in moments]


def test_a_time_of_the_schedule_that_no_job_has_notifies_nobody(
    table: RunTable, notices: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(at="2026-11-24T04:01:00Z") == {"due": [], "missing": []}
    assert notices() == []
    assert metrics(capsys) == []


def test_the_event_of_a_schedule_from_before_an_upgrade_is_answered_too(table: RunTable, notices: Any) -> None:
    assert ask(job="city-nightly", timeZone="Europe/Paris")["missing"] == ["city-nightly"]


# -- late or not ------------------------------------------------------------------------------------------------------


def test_a_job_that_was_never_loaded_is_late(table: RunTable, notices: Any) -> None:
    assert ask()["missing"] == ["city-nightly"]


@pytest.mark.parametrize(
    ("hours_before", "missing"), [(0, False), (1, False), (23.9, False), (24, True), (24.1, True), (500, True)]
)
def test_a_load_of_the_last_day_counts_as_the_expected_one(
    table: RunTable, notices: Any, hours_before: float, missing: bool
) -> None:
    record_load(table, "city-nightly", NOW - hours_before * HOUR, "arn")
    assert ask()["missing"] == (["city-nightly"] if missing else [])


def test_a_day_is_as_long_as_clocks_in_the_time_zone_say() -> None:
    from zoneinfo import ZoneInfo

    from functions.handlers.expect_load import day_before

    zone = ZoneInfo("Europe/Paris")
    after_the_change = datetime.fromisoformat("2026-03-29T06:00+02:00")  # clocks went forward in that night
    assert (after_the_change - day_before(after_the_change, zone)).total_seconds() == 23 * HOUR


def test_an_older_load_does_not_hide_a_newer_one(table: RunTable) -> None:
    record_load(table, "city-nightly", NOW, "newer")
    record_load(table, "city-nightly", NOW - HOUR, "older")
    assert last_load(table, "city-nightly") == NOW


def test_the_load_of_another_job_does_not_count(table: RunTable, notices: Any) -> None:
    record_load(table, "city-weekly", NOW, "arn")
    assert ask()["missing"] == ["city-nightly"]


# -- who is told ------------------------------------------------------------------------------------------------------


def test_the_metrics_are_that_of_the_job_and_the_one_that_the_alarm_looks_at(
    table: RunTable, notices: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ask()
    of_job, of_all = metrics(capsys)
    for metric, name, dimensions in (
        (of_job, "LoadMissing", {"job", "service"}),
        (of_all, "LoadsMissing", {"service"}),
    ):
        (described,) = metric["_aws"]["CloudWatchMetrics"]
        assert described["Namespace"] == "DatamartRunner"
        assert [set(names) for names in described["Dimensions"]] == [dimensions]
        assert metric[name] in (1, [1.0])
        assert metric["service"] == "datamart-runner"
    assert of_job["job"] == "city-nightly"


def test_one_notification_names_all_late_jobs_and_what_to_do(
    table: RunTable, notices: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deploy(monkeypatch, tmp_path, {"city": expected(), "sales": expected(), "stock": expected()})
    record_load(table, "city", NOW - HOUR, "arn")
    record_load(table, "sales", NOW - 30 * HOUR, "arn")
    assert ask() == {"due": ["city", "sales", "stock"], "missing": ["sales", "stock"]}
    (notice,) = notices()
    assert notice["Subject"] == "Not loaded in time: sales, stock"
    sales, stock = notice["Message"].split("\n\n")
    assert "The table of the job sales was not loaded by 06:00 (Europe/Paris)." in sales
    assert "Last load: 2026-11-22 23:00 UTC." in sales
    assert "To load it now: datamart start sales --stage dev" in sales
    assert "The table of the job stock was not loaded by 06:00 (Europe/Paris). Last load: never." in stock


def test_a_batch_that_has_not_succeeded_is_late_like_a_table(
    table: RunTable,
    notices: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deploy(monkeypatch, tmp_path, {"city": expected()})
    deploy(monkeypatch, tmp_path, {"night": expected(), "day": expected(), "noon": expected("12:00")}, "BATCHES_FILE")
    record_load(table, "night", NOW - HOUR, "arn")
    record_load(table, "city", NOW - HOUR, "arn")
    record_load(table, "day", NOW - HOUR, "arn", "batch")
    assert ask() == {"due": ["city", "night", "day"], "missing": ["night"]}
    (notice,) = notices()
    assert notice["Subject"] == "Not loaded in time: night"
    assert "The batch night did not succeed by 06:00 (Europe/Paris). Last time: never." in notice["Message"]
    assert "To load it now: datamart start night --stage dev" in notice["Message"]
    assert [each.get("batch") for each in metrics(capsys)] == [None, "night", "day", None]


def test_the_subject_counts_where_it_cannot_name(
    table: RunTable, notices: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deploy(monkeypatch, tmp_path, {f"a-job-with-a-name-{n}": expected() for n in range(50)})
    ask()
    (notice,) = notices()
    assert notice["Subject"] == "Not loaded in time: the tables of 50 jobs"
    assert notice["Message"].count("What to do:") == 50


def test_people_are_notified_once_however_often_the_time_is_delivered(table: RunTable, notices: Any) -> None:
    for _ in range(3):
        assert ask()["missing"] == ["city-nightly"]
    assert len(notices()) == 1
    ask(at="2026-11-25T05:00:00Z")
    assert len(notices()) == 2


def test_a_notification_that_sns_did_not_take_is_sent_when_the_time_is_delivered_again(
    table: RunTable, notices: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("NOTICE_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:gone")
        patch.setenv("STAGE", "dev")
        with pytest.raises(Exception, match="NotFound"):
            ask()
    assert notices() == []
    ask()
    assert len(notices()) == 1


def test_an_invocation_that_died_before_it_could_notify_blocks_no_other(
    table: RunTable, notices: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions import clock
    from functions.handlers import expect_load
    from functions.notifications.exactly_once import NotificationInProgress

    class Death(BaseException):
        pass

    def die(*_: Any) -> None:
        raise Death

    with monkeypatch.context() as patch:
        patch.setattr(expect_load, "notice", die)
        with pytest.raises(Death):
            ask()
    with pytest.raises(NotificationInProgress):
        ask()
    assert notices() == []
    later = clock.now() + 60  # when Lambda invokes again
    monkeypatch.setattr(clock, "_source", lambda: later)
    ask()
    assert len(notices()) == 1
