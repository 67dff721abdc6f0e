"""The triggers of batches: the machine of batches is started, once for each event, with what the event says."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from functions.requests.batches.batch_input import SCHEMA
from functions.triggers.kinds import kind_named
from tests.support.clients import client
from tests.support.deliveries import created, message, notification, record, scheduled, stored
from tests.unit.triggers.conftest import CITY, Starter, job

SCHEDULES, UPLOADS, MESSAGES = kind_named("schedule").ALIAS, kind_named("s3").ALIAS, kind_named("sns").ALIAS
TOPIC = "arn:aws:sns:eu-west-1:123456789012:datamart-runner-dev-"
FOREIGN = "arn:aws:sns:us-east-1:210987654321:sales"
ALLOWED = {"projects": ["P"], "datamarts": ["City"]}


def batch(*triggers: dict[str, Any], items: Any = (), accept: Any = None, **keys: Any) -> dict[str, Any]:
    content = {"items": list(items)} if accept is None else {}
    return {
        "batch": content | {"defaults": {}, "timeZone": "UTC"},
        **{"timeZone": "UTC", "acceptRequests": accept, "objects": [], "triggers": list(triggers)},
    } | keys


def answering(answer: str) -> dict[str, Any]:
    return CITY | {"prompts": [{"name": "p", "answers": answer}]}


IN_LANDING, IN_VERSIONS = (
    {"bucket": "sales-landing", "prefix": "batches/"},
    {"bucket": "sales-versions", "prefix": "b/"},
)

BATCHES = {
    "night": batch(
        *({"schedule": "night-1"}, {"sns": {"topic": FOREIGN}}), items=[answering("{message.day}"), {"job": "j"}]
    ),
    "brought": batch({"s3": IN_LANDING}, {"sns": {"topic": "brought-2"}}, accept=ALLOWED),
    "told": batch({"sns": {"topic": "told-1"}}, accept=ALLOWED, objects=[IN_VERSIONS]),
}
JOBS = {"j": job(CITY, "{message.country}", triggers=[{"schedule": "j-1"}])}


@pytest.fixture
def stage(starter: Starter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Starter:
    """The starter with a job and the batches; what it says of executions are those of the machine of batches."""
    for variable, content in (("JOBS_FILE", JOBS), ("BATCHES_FILE", BATCHES)):
        (tmp_path / variable).write_text(json.dumps(content), "utf-8")
        monkeypatch.setenv(variable, str(tmp_path / variable))
    machine = client("stepfunctions").create_state_machine(
        name=f"Batches-{uuid.uuid4().hex}",
        definition='{"StartAt": "Run", "States": {"Run": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/machine",
    )
    starter.machine = machine["stateMachineArn"]
    monkeypatch.setenv("BATCH_MACHINE_ARN", starter.machine)
    return starter


def begun(stage: Starter, event: Any, alias: str) -> Any:
    """The input of the one batch that the event starts."""
    (name,) = stage.invoked(event, alias)
    given = stage.input(name)
    SCHEMA.check(json.loads(json.dumps(given)))
    assert given.pop("started")["run"] == name
    return given


def of_topic(topic: str, event: Any) -> Any:
    for each in event["Records"]:
        each["Sns"]["TopicArn"] = topic
    return event


def test_a_schedule_starts_the_batch_that_declares_it_once(stage: Starter) -> None:
    event = scheduled("2026-11-24T01:00:00Z", name="night-1")
    assert begun(stage, event, SCHEDULES) == {"batch": "night", "asOf": "2026-11-24T01:00:00Z", "values": {}}
    again = stage.invoked(event, SCHEDULES)
    assert again == stage.names()
    assert again[0].startswith("night-")


def test_a_job_beside_batches_is_started_in_the_machine_of_runs(
    stage: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name,) = stage.invoked(scheduled(name="j-1"), SCHEDULES)
    assert name.startswith("j-")
    assert stage.names() == []


def test_of_a_message_the_attributes_that_an_item_or_its_job_names_are_kept(stage: Starter) -> None:
    event = of_topic(FOREIGN, message("hello", day="Monday", country="Spain", other="x"))
    given = begun(stage, event, "night")
    assert given["values"].keys() == {"messageId", "subject", "message.day", "message.country"}


def test_a_message_that_is_a_batch_is_in_the_input_as_it_came(stage: Starter) -> None:
    text = "project,datamart\nP,City\n"
    given = begun(stage, of_topic(f"{TOPIC}brought-2", message(text)), MESSAGES)
    assert given["content"] == text
    assert "object" not in given


@pytest.mark.parametrize(
    ("changes", "which"),
    [({"version_id": "v1"}, {"version": "v1"}), ({"version_id": None, "etag": "e"}, {"etag": "e"})],
)
def test_an_upload_that_is_a_batch_is_named_in_its_version_and_not_read(
    stage: Starter, changes: dict[str, Any], which: dict[str, str]
) -> None:
    event = created("batches/never stored.csv", **changes)
    given = begun(stage, event, UPLOADS)
    assert given["object"] == {"bucket": "sales-landing", "key": "batches/never stored.csv"} | which


def test_an_upload_that_a_message_reports_is_named_in_the_version_that_s3_confirms(stage: Starter) -> None:
    upload = stored(record("b/night.csv", versionId="v7"))
    given = begun(stage, of_topic(f"{TOPIC}told-1", notification(upload)), MESSAGES)
    assert given["object"] == {"bucket": "sales-versions", "key": "b/night.csv", "version": "v7"}


def test_uploads_of_one_message_are_batches_of_their_own_and_all_that_is_refused_is_one(stage: Starter) -> None:
    told = notification(
        stored(record("b/one.csv", versionId="v1")),
        stored(record("b/two.csv", versionId="v2")),
        record("b/gone.csv", versionId="gone"),
        record("b/gone-too.csv", versionId="gone"),
    )
    inputs = [stage.input(name) for name in stage.invoked(of_topic(f"{TOPIC}told-1", told), MESSAGES)]
    assert [given.get("object", {}).get("key") for given in inputs] == ["b/one.csv", "b/two.csv", None]
    assert "gone.csv" in inputs[2]["refusal"]
    assert "gone-too.csv" in inputs[2]["refusal"]
    assert all("message" not in given for given in inputs)


def test_a_message_that_is_too_long_for_an_input_starts_a_batch_that_says_so(stage: Starter) -> None:
    given = begun(stage, of_topic(f"{TOPIC}brought-2", message("\n" * 200_000)), MESSAGES)
    assert "input would have" in given["refusal"]
