"""Every way of starting a run, from the event in AWS's shape to the rows in the warehouse."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.requests.placeholders import strings
from local.emulator import NothingStarts, is_delivered
from local.emulator.uploads import upload
from local.outcome import Outcome
from local.simulator import catalogue
from tests.integration.conftest import TUTORIAL, System
from tests.support.cases import exhaustive, one_of

EVENTS = Path(__file__).parents[2] / "events"

ROWS = {
    "console.json": {"USA", "England"},
    "console-job.json": {"USA", "England"},
    "schedule.json": {"USA", "England"},
    "s3-object-created.json": {"France"},
    "s3-request.json": {"Germany", "Italy"},
    "s3-through-sns.json": {"Japan"},
    "sns.json": {"Spain"},
}
"""The countries in the table after each sample of ``events/``."""


BATCHES = {"batch.json", "s3-batch.json"}
"""Samples that load several tables: test_batch_command.py and test_batch_triggers.py."""

FOLLOWED = {"follow-ups.json"}
"""Samples of what follows a load: test_follow_ups.py."""

GOOD = {"project": "MicroStrategy Tutorial", "datamart": "City"}


def sample(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text("utf-8"))


def delivered(system: System, event: Any, objects: Path = EVENTS / "objects") -> list[Outcome]:
    """Let the event happen, and how the runs that it started ended."""
    return [system.emulator.wait(arn) for arn in system.emulator.deliver(event, objects)]


def countries(system: System) -> set[str]:
    return {row["country"] for row in system.simulator.rows("DM_CITY")}


def uploaded(key: str, body: str | bytes, objects: Path) -> Any:
    """An upload into the stack's own bucket, of an object that is there."""
    path = objects / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    event = sample("s3-request")
    event["detail"]["object"]["key"] = key
    return event


def message(text: str, message_id: str, **attributes: str) -> Any:
    event = sample("sns")
    event["Records"][0]["Sns"] |= {
        "Message": text,
        "MessageId": message_id,
        "MessageAttributes": {name: {"Type": "String", "Value": value} for name, value in attributes.items()},
    }
    return event


def notification(key: str, message_id: str) -> Any:
    event = sample("s3-through-sns")
    sns = event["Records"][0]["Sns"]
    told = json.loads(sns["Message"])
    told["Records"][0]["s3"]["object"] |= {"key": key, "versionId": message_id}
    sns |= {"Message": json.dumps(told), "MessageId": message_id}
    return event


# -- the samples ----------------------------------------------------------------------------------------------------


def test_there_is_an_expectation_for_every_sample() -> None:
    assert {path.name for path in EVENTS.glob("*.json")} == set(ROWS) | BATCHES | FOLLOWED


TESTED_ELSEWHERE = {"console.json", "console-job.json", "s3-request.json", "s3-through-sns.json"}
"""By test_command_line.py, test_notifications.py, an event that is delivered twice, test_failures_of_one_message.py."""


@pytest.mark.parametrize("name", [exhaustive(name) if name in TESTED_ELSEWHERE else name for name in sorted(ROWS)])
def test_a_sample_event_loads_the_table_with_what_it_asks_for(system: System, name: str) -> None:
    event = json.loads((EVENTS / name).read_text("utf-8"))
    (outcome,) = [system.run_input(event)] if name.startswith("console") else delivered(system, event)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.output["loaded"] == "yes"
    assert countries(system) == ROWS[name]
    assert system.loads() == 1


# -- twice ----------------------------------------------------------------------------------------------------------


def a_schedule(objects: Path) -> Any:
    return sample("schedule") | {"scheduledTime": "2031-01-01T04:00:00Z"}


def an_upload(objects: Path) -> Any:
    event = sample("s3-object-created")
    event["detail"]["object"] |= {"key": "countries/Italy.csv", "version-id": "twice"}
    return event


def an_uploaded_request(objects: Path) -> Any:
    request = GOOD | {"prompts": [{"name": "Elements of Country", "answers": [{"name": "Italy"}]}]}
    return upload(uploaded("requests/twice.json", json.dumps(request), objects), objects)


def an_upload_through_sns(objects: Path) -> Any:
    return upload(notification("countries/Italy.csv", "twice"), objects)


def a_message(objects: Path) -> Any:
    return message("", "twice", country="Italy")


@pytest.mark.parametrize(
    "make",
    one_of(an_uploaded_request, a_schedule, an_upload, an_upload_through_sns, a_message),
    ids=lambda make: make.__name__,
)
def test_an_event_that_is_delivered_twice_loads_the_table_once(system: System, tmp_path: Path, make: Any) -> None:
    event = make(tmp_path)
    first, second = system.emulator.deliver(event), system.emulator.deliver(event)
    assert [system.emulator.wait(arn).status for arn in first] == ["SUCCEEDED"]
    assert system.emulator.deliver(event) == second == first
    assert system.loads() == 1


# -- near misses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [
        "requests/a.json.tmp",
        exhaustive("requests/a.JSON"),
        "request/a.json",
        exhaustive("old/requests/a.json"),
        exhaustive("requestsa.json"),
        exhaustive("a.json"),
    ],
)
def test_an_upload_that_nearly_fits_starts_nothing(system: System, tmp_path: Path, key: str) -> None:
    with pytest.raises(NothingStarts, match="no rule of the stack matches"):
        delivered(system, uploaded(key, "{}", tmp_path), tmp_path)


@pytest.mark.parametrize(
    "key",
    [
        exhaustive("countries/a.csv.tmp"),
        "archive/a.csv",
        exhaustive("countries/a.CSV"),
        exhaustive("countries%252Fa.csv"),
    ],
)
def test_a_notification_that_nearly_fits_starts_nothing(system: System, key: str) -> None:
    assert delivered(system, notification(key, f"near {key}")) == []


def test_the_test_message_of_s3_starts_nothing(system: System) -> None:
    event = sample("s3-through-sns")
    event["Records"][0]["Sns"]["Message"] = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"})
    assert delivered(system, event) == []


def test_a_message_that_the_filter_does_not_take_starts_nothing(system: System) -> None:
    with pytest.raises(NothingStarts, match="no subscription of the stack takes this message"):
        delivered(system, message("", "unfiltered", region="EMEA"))


@pytest.mark.parametrize(
    "given",
    [
        {"Records": [5]},
        exhaustive({"Records": []}),
        exhaustive({"source": "aws.s3"}),
        exhaustive([]),
        None,
        exhaustive({"job": "x"}),
    ],
)
def test_what_is_not_an_event_is_an_executions_input(system: System, given: Any) -> None:
    assert system.run_input(given).error == "InvalidRequest"
    assert not is_delivered(given)


# -- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (GOOD | {"connection": "default"}, "connection: may not come from outside; it is set in the job's file"),
        exhaustive(
            (GOOD | {"saveAs": {"name": "x", "destinationFolderId": TUTORIAL}}, "saveAs: may not come from outside")
        ),
        exhaustive((GOOD | {"unanswered": "close"}, "unanswered: may not come from outside")),
        exhaustive((GOOD | {"job": "city-nightly"}, "job: unknown key")),
        (GOOD | {"datamart": catalogue.SLOW_LOAD}, "is not in the job's acceptRequests"),
        exhaustive((GOOD | {"project": "Other"}, 'project: "Other" is not in the job\'s acceptRequests')),
        exhaustive((GOOD | {"prompts": [{"name": "x"}]}, 'prompts[0]: give "answers"')),
        exhaustive(("[" * 100_000, "it is not JSON")),
        ("{", "it is not JSON"),
        exhaustive((b"\xff\xfe", "it is not text in UTF-8")),
        exhaustive((json.dumps(GOOD).ljust(131_073), "it has 131073 bytes; a request may have 131072")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_upload_that_is_refused_ends_as_a_failed_run_that_names_it_and_calls_nobody(
    system: System, tmp_path: Path, body: Any, reason: str
) -> None:
    text = json.dumps(body) if isinstance(body, dict) else body
    event = uploaded("requests/refused é+%.json", text, tmp_path)
    (outcome,) = delivered(system, event, tmp_path)
    assert (outcome.status, outcome.error) == ("FAILED", "InvalidRequest")
    bucket = event["detail"]["bucket"]["name"]
    assert f'"s3://{bucket}/requests/refused é+%.json": ' in str(outcome.cause)
    assert reason in str(outcome.cause)
    assert str(outcome.cause).startswith("Loaded: no.")
    assert system.simulator.state()["requests"] == []
    assert outcome.states == ["PrepareRun", "RunFailed"]


def test_an_object_that_is_gone_ends_as_a_failed_run_and_not_round_and_round(system: System, tmp_path: Path) -> None:
    event = uploaded("requests/gone.json", json.dumps(GOOD), tmp_path)
    bucket, s3 = event["detail"]["bucket"]["name"], boto3.client("s3")
    version = s3.put_object(Bucket=bucket, Key="requests/gone.json", Body=b"{}")["VersionId"]
    s3.delete_object(Bucket=bucket, Key="requests/gone.json", VersionId=version)
    event["detail"]["object"]["version-id"] = version
    (outcome,) = [system.emulator.wait(arn) for arn in system.emulator.deliver(event)]
    assert outcome.error == "InvalidRequest"
    assert f'"s3://{bucket}/requests/gone.json": this version of it is not there any more' in str(outcome.cause)
    assert system.simulator.state()["requests"] == []


def test_a_job_that_is_misspelt_gets_the_nearest_name(system: System) -> None:
    outcome = system.run_input({"job": "city-nightli"})
    assert (outcome.status, outcome.error) == ("FAILED", "InvalidRequest")
    assert "did you mean city-nightly?" in str(outcome.cause)
    assert system.simulator.state()["requests"] == []


# -- taken literally ------------------------------------------------------------------------------------------------

LITERAL = [
    "{% $states.input %}",
    '"},"x":"{% 1+1 %} $eval ${PrepareRunFunctionArn}',
    "{today} {{key}} { } States.Format('{}', 'x')",
    "\\u0041 \\ \n\t 日本 🦆 \u2028 \u202e é",
]


def all_strings(value: Any) -> Iterator[str]:
    """Every string in ``value``, also in the JSON that strings of it hold."""
    for text in strings(value):
        yield text
        if text[:1] in ("{", "["):
            with contextlib.suppress(ValueError):
                yield from all_strings(json.loads(text))


@pytest.mark.parametrize(
    "text", [text if n % 4 == 0 else pytest.param(text, marks=pytest.mark.exhaustive) for n, text in enumerate(LITERAL)]
)
@pytest.mark.parametrize("way", one_of("job", "request"))
def test_an_answer_arrives_at_the_server_as_it_was_written(system: System, way: str, text: str) -> None:
    answers = [{"name": "Comment", "answers": text}, {"name": "From day", "answers": "2024-01-01"}]
    asked = {"project": TUTORIAL, "datamart": catalogue.ALL_PROMPTS, "prompts": answers}
    outcome = system.run_input(asked if way == "request" else {"job": "city-nightly", "request": asked})
    assert outcome.status == "SUCCEEDED", outcome.cause
    told = [prompt for answer in system.simulator.state()["answers"] for prompt in answer["body"]["prompts"]]
    assert text in [prompt.get("answers") for prompt in told]


@pytest.mark.parametrize(
    "text", ["{% 'Spain' %}", exhaustive("{today} {message.country}"), exhaustive('{"name": "Spain"}')]
)
def test_a_messages_attribute_is_looked_for_as_the_text_that_it_is(system: System, text: str) -> None:
    (outcome,) = delivered(system, message("", f"literal {text}", country=text))
    assert outcome.error == "PromptAnswerRejected"
    assert system.loads() == 0
    assert any(text in each or json.dumps(text)[1:-1] in each for each in all_strings([outcome.cause]))
