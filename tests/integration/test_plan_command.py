"""``datamart plan --stage``: the durations that the stage's next batch would know, read by the policy of readers."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.simulator.scenario import Scenario
from tests.integration.conftest import System
from tests.support.batches import load
from tests.support.cloud import Cloud, deployed
from tests.support.run_command import Done, done_by


@pytest.fixture
def system(new_system: Callable[..., System]) -> System:
    """A server with three further datamarts."""
    return new_system(Scenario(more_loads=(30.0, 20.0, 10.0)))


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


@pytest.fixture
def plan(cloud: Cloud, capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    monkeypatch.setenv("DATAMART_HOME", str(tmp_path / ".datamart"))
    call = done_by(capsys)
    return lambda *words: call("plan", *words, "--stage", "dev", "--json")


def durations(done: Done) -> dict[str, float]:
    """Of the items that are known."""
    assert (done.code, "is not known" in done.err) == (0, False), done.err
    return {item["name"]: item["durationSeconds"] for item in json.loads(done.out)["items"] if item["known"]}


def test_a_batch_of_a_stage_is_planned_with_the_durations_of_its_last_runs(
    plan: Callable[..., Done], system: System, tmp_path: Path
) -> None:
    file = tmp_path / "night.json"
    file.write_text(json.dumps({"items": [load(1), load(2), load(3)]}), "utf-8")
    assert durations(plan(str(file))) == {}
    ended = system.watch_batch(system.emulator.start_batch({"batch": {"items": [load(1), load(2)]}}))
    took = {line["name"]: line["durationSeconds"] for line in ended.output["items"]}
    assert len(took) == 2
    assert durations(plan(str(file))) == took


def test_a_named_batch_of_a_stage_is_planned_by_the_names_of_its_items(
    plan: Callable[..., Done], system: System
) -> None:
    ended = system.watch_batch(system.emulator.start_batch({"batch": "night"}))
    took = {line["name"]: line["durationSeconds"] for line in ended.output["items"]}
    assert durations(plan("night")) == took
