"""``datamart rerun --follow-ups``: what was to follow a load and is missing, and never a second load."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from functions.runs.history import HistoryRecord
from local.clock import Clock
from local.emulator.ended import Ended
from local.history.files import Files
from local.history.history import Selection
from local.simulator import Simulator, catalogue
from tests.integration.conftest import TUTORIAL, System
from tests.integration.test_rerun_command import datamart_rerun, earlier, given_to
from tests.support.cloud import Cloud, deployed
from tests.support.run_command import Done

RunCommand = Callable[..., Done]

EVENT, CUBE = {"triggerEvent": "Load done"}, {"publishCube": "Category Cube"}
REQUEST = {"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES, "then": [CUBE, EVENT, EVENT]}
REFUSED = {"status": 403, "json": {"code": "ERR014", "message": "no privilege"}}
WITH_IDS = [{"publishCube": catalogue.CATEGORY_CUBE}, *[{"triggerEvent": catalogue.LOAD_DONE}] * 2]


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


def name_of(execution_arn: str) -> str:
    return execution_arn.rpartition(":")[2]


def triggered(system: System) -> int:
    """How often the event was triggered."""
    return system.posts(f"/events/{catalogue.LOAD_DONE}/trigger")


def outcomes(system: System) -> list[str]:
    """Of the follow-ups of the last run, as its end event has them."""
    return [one["outcome"] for one in system.events()[-1]["detail"]["followUps"]]


def test_what_is_missing_is_done_in_its_order_and_nothing_is_loaded(cloud: Cloud, system: System, capsys: Any) -> None:
    system.simulator.inject("trigger_event", **REFUSED, times=1, skip=1)
    first = earlier(system, REQUEST)
    assert outcomes(system) == ["done", "done", "failed"]
    assert datamart_rerun(cloud, first, "--follow-ups", "--json") == 0
    again = given_to(cloud.started[-1])
    assert (again["then"], again["followUpsOf"]) == ([{"triggerEvent": catalogue.LOAD_DONE}], name_of(first))
    assert outcomes(system) == ["done"]
    assert system.loads(catalogue.CATEGORY_SALES) == 1
    assert (system.posts(f"/cubes/{catalogue.CATEGORY_CUBE}"), triggered(system)) == (1, 3)
    capsys.readouterr()
    assert datamart_rerun(cloud, first, "--follow-ups") == 2
    assert "all that was to follow is done" in capsys.readouterr().err
    assert datamart_rerun(cloud, cloud.started[-1]) == 2
    assert f"loads nothing: it does what followed {name_of(first)}" in capsys.readouterr().err


def test_what_later_runs_have_done_is_not_done_again(cloud: Cloud, system: System) -> None:
    system.simulator.inject("publish_cube", **REFUSED, times=2)
    first = earlier(system, REQUEST)
    assert outcomes(system) == ["failed", "notDone", "notDone"]
    assert datamart_rerun(cloud, first, "--follow-ups") == 1
    assert given_to(cloud.started[-1])["then"] == WITH_IDS
    system.simulator.inject("trigger_event", **REFUSED, times=1)
    assert datamart_rerun(cloud, cloud.started[-1], "--follow-ups") == 1
    assert outcomes(system) == ["done", "failed", "notDone"]
    assert datamart_rerun(cloud, first, "--follow-ups") == 0
    assert given_to(cloud.started[-1])["then"] == WITH_IDS[1:]
    assert system.loads(catalogue.CATEGORY_SALES) == 1


def test_an_event_that_may_have_been_triggered_is_left_to_a_person(cloud: Cloud, system: System, capsys: Any) -> None:
    system.simulator.inject("trigger_event", kind="reset after", times=1)
    first = earlier(system, REQUEST)
    assert outcomes(system) == ["done", "unknown", "notDone"]
    capsys.readouterr()
    assert datamart_rerun(cloud, first, "--follow-ups") == 2
    refused = " ".join(capsys.readouterr().err.split())
    assert "Nobody knows whether this was triggered: event Load done." in refused
    assert "add --accept NAME" in refused
    assert datamart_rerun(cloud, first, "--follow-ups", "--accept", "Load") == 2
    assert datamart_rerun(cloud, first, "--follow-ups", "--accept", "Load done") == 0
    assert given_to(cloud.started[-1])["then"] == WITH_IDS[2:]


def test_it_is_triggered_once_more_by_force_which_asks(cloud: Cloud, system: System) -> None:
    system.simulator.inject("trigger_event", kind="reset after", times=1)
    first = earlier(system, REQUEST | {"then": [EVENT]})
    assert datamart_rerun(cloud, first, "--follow-ups", "--force", confirm=lambda _: "n") == 1
    assert datamart_rerun(cloud, first, "--follow-ups", "--force", confirm=lambda _: "y") == 0
    assert outcomes(system) == ["done"]


def test_follow_ups_of_a_job_are_repeated_for_the_time_of_its_run(cloud: Cloud, system: System) -> None:
    system.simulator.inject("trigger_event", **REFUSED, times=1)
    job = {"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00"}
    first = earlier(system, job | {"request": {"then": [EVENT]}})
    assert datamart_rerun(cloud, first, "--follow-ups") == 0
    again = given_to(cloud.started[-1])
    assert {key: again[key] for key in ("job", "asOf", "request", "followUpsOf")} == job | {
        "request": {"then": [{"triggerEvent": catalogue.LOAD_DONE}]},
        "followUpsOf": name_of(first),
    }


def test_a_cube_whose_session_is_lost_is_published_again_and_nothing_is_created(cloud: Cloud, system: System) -> None:
    system.simulator.inject("publish_cube", **REFUSED, times=1)
    first = earlier(system, REQUEST)
    system.simulator.inject("cube_status", kind="evict session")
    assert datamart_rerun(cloud, first, "--follow-ups") == 0
    assert outcomes(system) == ["done", "done", "done"]
    assert [one["outcome"] for one in system.simulator.state()["publications"]] == ["failed", "published"]
    assert (system.posts("/instances"), system.posts()) == (1, 1)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"then": []}, "its request has no follow-ups"),
        ({"datamart": catalogue.FAILS_EARLY}, "has not loaded its table"),
        ({}, "all that was to follow is done"),
    ],
)
def test_a_run_without_anything_missing_is_refused(
    cloud: Cloud, system: System, capsys: Any, request_: dict[str, Any], words: str
) -> None:
    first = earlier(system, REQUEST | request_)
    capsys.readouterr()
    assert datamart_rerun(cloud, first, "--follow-ups") == 2
    assert words in " ".join(capsys.readouterr().err.split())


# -- on this computer -------------------------------------------------------------------------------------------------


@pytest.fixture
def failed(run_command: RunCommand, tmp_path: Path) -> HistoryRecord:
    """The record of a run whose cube failed after the load."""
    file = tmp_path / "request.json"
    file.write_text(json.dumps(REQUEST | {"then": [EVENT, {"publishCube": "Broken Cube"}, EVENT]}))
    assert run_command("run", str(file), "--max-wait", "0").code == 1
    record = newest()
    assert [one["outcome"] for one in record.follow_ups or []] == ["done", "failed", "notDone"]
    return record


def newest() -> HistoryRecord:
    return next(iter(Files().records(Selection())))


def test_on_this_computer_they_are_done_in_the_emulator(run_command: RunCommand, failed: HistoryRecord) -> None:
    done = run_command("rerun", failed.id, "--follow-ups", "--json", "--max-wait", "0")
    assert (done.code, json.loads(done.out)["error"]) == (1, "FollowUpFailed")
    again = newest()
    assert (again.follow_ups_of, again.rerun_of, again.loaded, again.job_seconds) == (failed.id, failed.id, "yes", None)
    kinds = [(one["kind"], one["outcome"]) for one in again.follow_ups or []]
    assert kinds == [("publishCube", "failed"), ("triggerEvent", "notDone")]
    shown = run_command("show", again.id)
    assert "Then" in shown.out
    assert "cube Broken Cube: failed (the publication has ended" in " ".join(shown.out.split())


def test_what_ran_on_a_real_server_is_repeated_there_alone(
    run_command: RunCommand, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps(REQUEST | {"then": [{"publishCube": "Broken Cube"}, EVENT]}))
    with Simulator(clock=clock.now) as server:
        monkeypatch.setenv("MSTR_USERNAME", server.username)
        monkeypatch.setenv("MSTR_PASSWORD", server.password)
        there = ("--library-url", server.base_url)
        first = run_command("run", str(file), "--max-wait", "0", *there)
        failed = newest()
        again = f"rerun {failed.id} --follow-ups --library-url {server.base_url}"
        assert (first.code, again in first.out) == (1, True)
        refused = run_command("rerun", failed.id, "--follow-ups")
        assert (refused.code, f"type: datamart {again}" in refused.err) == (2, True)
        assert newest() == failed
        run_command("rerun", failed.id, "--follow-ups", "--max-wait", "0", *there)
        assert newest().follow_ups_of == failed.id


def test_what_a_later_run_still_does_is_not_done_beside_it(run_command: RunCommand, failed: HistoryRecord) -> None:
    goes_on = {"id": "later", "status": "RUNNING", "follow_ups_of": failed.id, "follow_ups": None}
    changed = replace(failed, execution=failed.execution.replace(failed.id, "later"), **goes_on)  # type: ignore[arg-type]
    Files().keep(Ended({"name": "later", "executionArn": changed.execution}, [], changed, Path("/dev/null")))
    refused = run_command("rerun", failed.id, "--follow-ups")
    assert (refused.code, f"later does what followed {failed.id} and has not ended" in refused.err) == (2, True)
