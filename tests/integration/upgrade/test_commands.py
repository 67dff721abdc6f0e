"""Questions, leases and loads that commit 300f2ce wrote are read by today's commands and functions."""

import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from local.cli.answer import answer
from local.cli.free_lease import free_lease
from local.emulator.clients import client
from local.simulator import catalogue
from tests.integration.conftest import System
from tests.integration.upgrade.conftest import Upgrade
from tests.integration.upgrade.lines import to_attribute
from tests.integration.upgrade.recording import Cut, Recording, case_named
from tests.integration.upgrade.scenarios import TUTORIAL, reply
from tests.support.cloud import deployed


@pytest.mark.exhaustive  # guarded by: the update at asked/take_answers#2
def test_a_question_that_was_asked_before_the_update_is_answered_by_the_command(
    upgrade: Callable[[Recording, Cut], Upgrade], template_path: Path, tmp_path: Path
) -> None:
    run = upgrade(*case_named("asked/take_answers#1"))
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(reply("England")), "utf-8")
    ends = []
    run.start()
    with deployed(run.system.emulator, template_path):
        arguments = Namespace(run=run.arn, file=str(file), stage=None, decline=None, json=False)
        run.system.emulator.person = lambda question: ends.append(answer(arguments))
        assert run.finish().status == "SUCCEEDED"
    assert ends == [0]
    assert {row["country"] for row in run.system.simulator.rows("DM_CITY")} == {"England"}


def test_a_lease_that_was_kept_before_the_update_is_freed_by_the_command(
    upgrade: Callable[[Recording, Cut], Upgrade], template_path: Path
) -> None:
    run = upgrade(*case_named("session-lost-late/end_run#1"))
    run.start()
    run.finish()
    assert len(run.system.leases()) == 1
    lease = f"default/{TUTORIAL}/{catalogue.SLOW_LOAD}"
    with deployed(run.system.emulator, template_path):
        assert free_lease(Namespace(lease=lease, stage="dev", yes=True, json=False)) == 0
    assert run.system.leases() == {}


def test_a_load_that_was_noted_before_the_update_is_not_missed(system: System) -> None:
    recording, _ = case_named("named-job/end_run#1")
    *_, (_, items) = recording.situations()
    (table,) = system.emulator.deployed.tables
    load = {name: to_attribute(value) for name, value in items["job/city-nightly"].items()}
    client("dynamodb").put_item(TableName=table, Item=load)
    answers = [system.invoke("expect_load", {"scheduledTime": f"2026-11-{day}T05:00:00Z"}) for day in (26, 27)]
    assert [answer["missing"] for answer in answers] == [[], ["city-nightly"]]
