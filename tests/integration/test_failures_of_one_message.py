"""A message that reports several objects: all failures of its runs are one notification."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.limits import END_REPEATED_FOR
from local.clock import Clock
from local.emulator.uploads import upload
from tests.integration.conftest import System
from tests.integration.test_ways_in import notification
from tests.support.cases import exhaustive


def several(objects: Path, message_id: str, *keys: str) -> Any:
    """A message about an upload of each of these keys; one that ends in gone.csv is not there."""
    events = [notification(key, message_id) for key in keys]
    told = [upload(event, objects) if "gone" not in key else event for event, key in zip(events, keys, strict=True)]
    records = [json.loads(event["Records"][0]["Sns"]["Message"])["Records"][0] for event in told]
    for record in records:
        record["s3"]["object"]["sequencer"] = message_id.encode().hex()  # an upload of its own for each message
        if "gone" in record["s3"]["object"]["key"]:
            del record["s3"]["object"]["versionId"]  # S3 answers 404, and not that there is no such version
    events[0]["Records"][0]["Sns"]["Message"] = json.dumps({"Records": records})
    return events[0]


def started(system: System, event: Any) -> list[str]:
    """Without uploading anything before."""
    return list(system.emulator.deliver(event))


def test_runs_of_one_message_that_fail_are_one_notification_and_a_run_that_succeeds_is_not_in_it(
    system: System, tmp_path: Path
) -> None:
    keys = ("countries/Atlantis.csv", "countries/Italy.csv", "countries/Utopia.csv", "countries/gone.csv")
    event = several(tmp_path, "three-of-four", *keys)
    outcomes = [system.emulator.wait(arn) for arn in started(system, event)]
    assert sorted(str(outcome.error) for outcome in outcomes) == [
        "InvalidRequest",
        "None",
        "PromptAnswerRejected",
        "PromptAnswerRejected",
    ]
    (notice,) = system.notices()
    assert notice["Subject"] == "Job country-upload: 3 of 4 runs of one message failed"
    for said in ("Atlantis.csv", "Utopia.csv", "countries/gone.csv", *(o.execution_arn for o in outcomes if o.error)):
        assert said in notice["Message"]
    assert "Italy.csv" not in notice["Message"]
    assert notice["Message"].count("What to do: ") == 3


def test_a_run_that_a_person_starts_again_with_the_same_input_has_a_notification_of_its_own(
    system: System, tmp_path: Path
) -> None:
    event = several(tmp_path, "again", "countries/Atlantis.csv", "countries/Utopia.csv")
    outcomes = [system.emulator.wait(arn) for arn in started(system, event)]
    item = system.item(outcomes[0])
    given = {
        "job": "country-upload",
        "values": {"bucket": "b", "key": "countries/Atlantis.csv", "fileName": "Atlantis.csv", "stem": "Atlantis"},
        "message": {"id": item["message"]["id"], "runs": 2, "run": outcomes[0].execution_arn.rpartition(":")[2]},
    }
    assert system.run_input(given).error == "PromptAnswerRejected"
    one, alone = system.notices()
    assert one["Subject"] == "Job country-upload: 2 of 2 runs of one message failed"
    assert alone["Subject"].startswith("Datamart City failed: PromptAnswerRejected")


@pytest.mark.parametrize(
    ("began", "failures"), [(True, 2), exhaustive((False, 1))], ids=["was not delivered", "never comes"]
)
def test_where_an_end_is_missing_the_sweep_tells_of_the_message(
    system: System, tmp_path: Path, clock: Clock, began: bool, failures: int
) -> None:
    event = several(tmp_path, f"half {began}", "countries/Atlantis.csv", "countries/Utopia.csv")
    with system.emulator.ends_withheld():
        first, second = started(system, event)
        system.emulator.wait_for_all([first, second])
    system.emulator.wait(first)
    assert system.notices() == []
    if not began:
        (table,) = system.emulator.deployed.tables
        boto3.client("dynamodb").delete_item(TableName=table, Key={"executionArn": {"S": second}})
    clock.advance(END_REPEATED_FOR + 1)
    assert system.invoke("sweep", {}) == {"found": 1, "left": 0}
    of_failures, of_sweep = sorted(system.notices(), key=lambda notice: notice["Subject"], reverse=True)
    assert of_failures["Subject"] == f"Job country-upload: {failures} of 2 runs of one message failed"
    assert of_sweep["Subject"].startswith("Datamart runner dev: the sweep found 1 thing(s)")
    assert system.invoke("sweep", {}) == {"found": 0, "left": 0}
