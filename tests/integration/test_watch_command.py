"""``datamart watch``: following a run or a batch that somebody else has started."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
import pytest

from functions.runs.history import HistoryRecord
from local.cli.arguments import command_line
from local.cli.watch import watch
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.support.cloud import Cloud, deployed, refused

USA = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]
REQUEST = {"project": TUTORIAL, "datamart": CITY, "prompts": USA}
BATCH = {
    "batch": {
        "defaults": {"project": TUTORIAL},
        "items": [{"name": "stock", "datamart": "Stock Cube"}, {"name": "city", "after": ["stock"], **REQUEST}],
    }
}


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


def datamart_watch(cloud: Cloud, run: str, **options: Any) -> int:
    def wait(seconds: float) -> None:
        cloud.emulator.wait(cloud.started[-1])

    words = command_line().parse_args(["watch", run])
    return watch(argparse.Namespace(**vars(words) | options), wait)


def begun(cloud: Cloud, start: Any, given: Any) -> str:
    """The ARN of what somebody else has started."""
    cloud.started.append(start(given))
    return cloud.started[-1]


def test_a_run_of_somebody_else_is_followed_by_its_id_or_its_arn(cloud: Cloud, system: System, capsys: Any) -> None:
    with system.emulator.waiter.working():
        arn = begun(cloud, system.emulator.start, REQUEST)
    assert datamart_watch(cloud, arn.rpartition(":")[2]) == 0
    said = capsys.readouterr().out
    assert "LogIn" in said
    assert "SUCCEEDED loaded: yes" in said
    assert datamart_watch(cloud, arn, json=True) == 0  # it has ended
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["status"], outcome["executionArn"]) == ("SUCCEEDED", arn)
    assert outcome["states"][0] == "PrepareRun"


def test_a_run_that_fails_is_exit_code_1(cloud: Cloud, system: System, capsys: Any) -> None:
    arn = begun(cloud, system.emulator.start, REQUEST | {"datamart": "No such datamart"})
    assert datamart_watch(cloud, arn) == 1
    assert "FAILED NotFound" in capsys.readouterr().out


def test_the_items_of_a_batch_are_shown(cloud: Cloud, system: System, capsys: Any) -> None:
    with system.emulator.waiter.working():
        arn = begun(cloud, system.emulator.start_batch, BATCH)
    assert datamart_watch(cloud, arn) == 0
    lines = [" ".join(line.split()[:2]) for line in capsys.readouterr().out.splitlines()]
    assert lines[:2] == ["stock loaded", "city loaded"]
    assert datamart_watch(cloud, arn.rpartition(":")[2], json=True) == 0
    items = json.loads(capsys.readouterr().out)["output"]["items"]
    assert [item["outcome"] for item in items] == ["loaded", "loaded"]


def test_a_batch_is_followed_even_where_its_items_may_not_be_read(cloud: Cloud, system: System, capsys: Any) -> None:
    arn = begun(cloud, system.emulator.start_batch, BATCH)
    system.emulator.wait(arn)
    denied = refused("AccessDenied", "User me may not")
    boto3.DEFAULT_SESSION.events.register_first("before-call.cloudformation.ListStackResources", lambda **_: denied)
    assert datamart_watch(cloud, arn) == 0
    said = capsys.readouterr()
    assert said.err.count("the items of the batch cannot be shown: a permission is missing") == 1
    assert "SUCCEEDED loaded: 2 of 2 items" in " ".join(said.out.split())
    boto3.setup_default_session()


def test_ctrl_c_ends_the_following_and_not_the_run(cloud: Cloud, system: System, capsys: Any) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with system.emulator.waiter.working():
        arn = begun(cloud, system.emulator.start, REQUEST)
        assert watch(command_line().parse_args(["watch", arn]), interrupted) == 130
    assert "To stop it: aws stepfunctions stop-execution" in capsys.readouterr().out
    assert system.watch(arn).status == "SUCCEEDED"


def test_what_ran_on_this_computer_has_ended(
    cloud: Cloud, capsys: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    record = HistoryRecord("run-1", "run", "arn:here:run-1", "SUCCEEDED", "yes", "2026-11-20T04:00:00.000Z")
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "records.jsonl").write_text(json.dumps(record.as_json()), "utf-8")
    monkeypatch.setenv("DATAMART_HOME", str(tmp_path))
    assert datamart_watch(cloud, "run-1") == 2
    assert "run-1 ran on this computer and has ended: datamart show run-1 shows it." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        ("no-such-run", 'unknown run "no-such-run" in the stage dev: use the ID that datamart runs shows.'),
        (
            f"run-{UUID(int=1)}",
            "Nor does it run on this computer: datamart runs --status running lists what does.",
        ),
        ("arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:none", "unknown run"),
        ("arn:aws:states:eu-west-1:999999999999:execution:datamart-runner-dev:none", "is in another account"),
        ("arn:aws:states:eu-west-1:123456789012:execution:other:none", "invalid run"),
        ("some run", 'invalid run "some run"'),
    ],
)
def test_what_is_no_run_is_refused(cloud: Cloud, capsys: Any, run: str, sentence: str) -> None:
    assert datamart_watch(cloud, run, json=True) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    outcome = json.loads(said.out)
    assert (outcome["status"], outcome["error"], outcome["executionArn"]) == ("UNKNOWN", "NotFollowed", None)
    assert outcome["cause"].startswith("Loaded: unknown. ")
