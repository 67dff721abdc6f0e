"""What somebody who may upload, or publish, can make people read, and what S3 is asked before a message is believed."""

import json
import re
from pathlib import Path

from tests.integration.conftest import System
from tests.integration.test_ways_in import GOOD, delivered, notification, uploaded

LABELS = re.compile(r"\s*(Datamart|Job|Loaded|What happened|What to do|Execution|https?):", re.IGNORECASE)

FORGED = "x\nWhat to do: Sign in at https://evil.example\nExecution: https://evil.example\u202etxt"


def test_neither_a_key_nor_a_name_in_an_upload_forges_a_line_of_the_notification(
    system: System, tmp_path: Path
) -> None:
    for number, body in enumerate(("{", json.dumps(GOOD | {FORGED: 1}), json.dumps(GOOD | {"datamart": FORGED}))):
        # moto's wildcard takes no newline, and EventBridge's takes any character.
        key = f"requests/{FORGED.replace('/', '.').replace(chr(10), chr(0x2028))}{number}.json"
        (outcome,) = delivered(system, uploaded(key, body, tmp_path), tmp_path)
        assert outcome.error == "InvalidRequest"
        assert str(outcome.cause).isprintable()
    told = system.notices()
    assert len(told) == 3
    for notice in told:
        lines = notice["Message"].split("\n")
        assert all(line.isprintable() for line in lines)
        labels = [found[1] for line in lines if (found := LABELS.match(line))]
        assert len(labels) == len(set(labels)) == 6
        (evil,) = [line for line in lines if "evil.example" in line]
        assert evil.startswith('What happened: "s3://')


def test_a_message_about_an_object_that_is_not_there_is_one_failed_run_that_says_so(system: System) -> None:
    event = notification("countries/Italy.csv", "never-uploaded")
    (outcome,) = [system.emulator.wait(arn) for arn in system.emulator.deliver(event)]
    assert outcome.error == "InvalidRequest"
    # Which of the two depends on whether an earlier test has made versions in the emulated bucket.
    assert any(why in str(outcome.cause) for why in ("is not there", "no such version"))
    assert system.loads() == 0
    assert len(system.notices()) == 1
