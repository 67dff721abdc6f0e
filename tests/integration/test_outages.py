"""An outage that hits batches, runs of one message and others is one message; nothing of it is lost or told twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.simulator import catalogue
from local.simulator.scenario import Scenario
from tests.integration.conftest import System
from tests.integration.test_failures_of_one_message import several, started
from tests.support.batches import load

WRONG = {"name": "wrong", "project": catalogue.TUTORIAL, "datamart": "No Such Datamart"}


def refuse_logins(system: System) -> None:
    system.connect(password="another-pässword")


def batch_of(*items: dict[str, Any]) -> dict[str, Any]:
    return {"batch": {"items": list(items)}}


def paragraphs(notice: dict[str, Any]) -> list[str]:
    return [text for text in notice["Message"].split("\n\n") if "\nTo see it: " in text and "\nError: " in text]


@pytest.fixture
def system(new_system: Callable[..., System], monkeypatch: pytest.MonkeyPatch) -> System:
    """A server with some more datamarts."""
    monkeypatch.setenv("MAX_CONCURRENT_RUNS", '{"default": 4}')
    return new_system(Scenario(more_loads=(5.0,) * 4))


def test_batches_and_runs_that_an_outage_hits_are_one_message(system: System) -> None:
    refuse_logins(system)
    first = system.emulator.start_batch(batch_of(load(1), load(2, 1), load(3)))
    second = system.emulator.start_batch(batch_of(load(4)))
    alone = system.emulator.start({"project": catalogue.TUTORIAL, "datamart": catalogue.CATEGORY_SALES})
    system.emulator.wait_for_all([first, second, alone])
    for batch in (first, second):
        assert system.watch_batch(batch).error == "BatchIncomplete"
    system.watch(alone)
    (notice,) = system.notices()
    assert notice["Subject"] == "Connection default: 4 runs failed (CredentialsRejected)"
    assert "\nErrors: 4 CredentialsRejected\nLoaded: 4 no\n" in notice["Message"]
    assert len(paragraphs(notice)) == 3
    assert "\nItems: 3 items, 2 failed, 1 skipped\n" in notice["Message"]
    for arn in (first, second, alone):
        name = arn.rpartition(":")[2]
        assert notice["Message"].count(f"To see it: datamart show {name} --stage dev") == 1
        assert f": datamart rerun {name} --stage dev" in notice["Message"]


def test_a_batch_that_alone_is_hit_has_its_ordinary_message_a_little_later(system: System) -> None:
    refuse_logins(system)
    system.watch_batch(system.emulator.start_batch(batch_of(load(1), load(2, 1))))
    (notice,) = system.notices()
    assert " failed: BatchIncomplete (loaded: 0 of 2)" in notice["Subject"]
    assert "\nItem: load 1\n" in notice["Message"]
    assert "\nLater: Further failures of the connection until " in notice["Message"]


def test_a_batch_in_which_another_item_failed_for_a_reason_of_its_own_has_its_own_message(system: System) -> None:
    system.simulator.inject("create_instance", status=401, json={"code": "ERR009", "message": "no session"}, times=9)
    system.watch_batch(system.emulator.start_batch(batch_of(load(1), WRONG)))
    (notice,) = system.notices()
    assert " failed: BatchIncomplete (loaded: 0 of 2)" in notice["Subject"]
    assert "Later: " not in notice["Message"]


def test_runs_of_one_message_that_an_outage_hits_are_in_its_message_and_counted_in_theirs(
    system: System, tmp_path: Path
) -> None:
    event = several(tmp_path, "in an outage", "countries/Italy.csv", "countries/Spain.csv", "countries/gone.csv")
    refuse_logins(system)
    arns = started(system, event)
    system.emulator.wait_for_all(arns)
    for arn in arns:
        system.watch(arn)
    outage, of_message = sorted(system.notices(), key=lambda notice: str(notice["Subject"]))
    assert outage["Subject"] == "Connection default: 2 runs failed (CredentialsRejected)"
    assert of_message["Subject"] == "Job country-upload: 1 of 3 runs of one message failed"
    assert "2 more failed because of the server: the message about its connection has them." in of_message["Message"]
    told = outage["Message"] + of_message["Message"]
    assert [told.count(f"datamart show {arn.rpartition(':')[2]} ") for arn in arns] == [1, 1, 1]
