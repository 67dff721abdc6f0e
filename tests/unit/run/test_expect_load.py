"""Was the table loaded in time? Asked of the real table, answered by a real metric."""

import json
import uuid
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.run.loads import JobLoads
from functions.run.record import RunTable, run_table

AT = "2026-11-24T05:00:00Z"  # six o'clock in Paris
NOW = 1_795_496_400.0  # the same
HOUR = 3600


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunTable]:
    name = f"runs-{uuid.uuid4()}"  # moto may hold tables of other tests
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("RUN_TABLE", name)
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    run_table.cache_clear()
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "executionArn", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "executionArn", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield run_table()
    run_table.cache_clear()


def ask(capsys: pytest.CaptureFixture[str], zone: str = "Europe/Paris") -> tuple[bool, dict[str, Any]]:
    from functions.expect_load import handler

    context: Any = SimpleNamespace(
        function_name="f", memory_limit_in_mb=128, invoked_function_arn="arn", aws_request_id="id"
    )
    answer = handler({"job": "city-nightly", "timeZone": zone, "scheduledTime": AT}, context)
    metric = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    return answer["missing"], metric


def test_a_job_that_was_never_loaded_is_late(table: RunTable, capsys: pytest.CaptureFixture[str]) -> None:
    missing, metric = ask(capsys)
    assert missing
    assert metric["LoadMissing"] in (1, [1.0])


@pytest.mark.parametrize(
    ("hours_before", "missing"), [(0, False), (1, False), (23.9, False), (24, True), (24.1, True), (500, True)]
)
def test_a_load_counts_for_a_day(
    table: RunTable, capsys: pytest.CaptureFixture[str], hours_before: float, missing: bool
) -> None:
    JobLoads(table).note("city-nightly", NOW - hours_before * HOUR, "arn")
    assert ask(capsys)[0] is missing


def test_a_day_is_as_long_as_clocks_in_the_time_zone_say() -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from functions.expect_load import day_before

    zone = ZoneInfo("Europe/Paris")
    after_the_change = datetime.fromisoformat("2026-03-29T06:00+02:00")  # clocks went forward in that night
    assert (after_the_change - day_before(after_the_change, zone)).total_seconds() == 23 * HOUR


def test_an_older_load_does_not_hide_a_newer_one(table: RunTable) -> None:
    loads = JobLoads(table)
    loads.note("city-nightly", NOW, "newer")
    loads.note("city-nightly", NOW - HOUR, "older")
    assert loads.last("city-nightly") == NOW


def test_the_load_of_another_job_does_not_count(table: RunTable, capsys: pytest.CaptureFixture[str]) -> None:
    JobLoads(table).note("city-weekly", NOW, "arn")
    assert ask(capsys)[0] is True


def test_the_metric_is_the_one_that_the_alarm_looks_at(table: RunTable, capsys: pytest.CaptureFixture[str]) -> None:
    _, metric = ask(capsys)
    (described,) = metric["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "DatamartRunner"
    assert [set(names) for names in described["Dimensions"]] == [{"job", "service"}]
    assert (metric["job"], metric["service"]) == ("city-nightly", "datamart-runner")
