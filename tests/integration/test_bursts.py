"""Many uploads for one table: with ``"burst": "latest"`` only the newest of those that meet in the queue is loaded."""

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.outcome import Outcome
from local.simulator import catalogue
from tests.integration.conftest import CITY, TUTORIAL, System

COUNTRIES = {"name": "Elements of Country", "answers": "{stem}"}


@pytest.fixture(autouse=True)
def jobs_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = {
        "request": {"project": TUTORIAL, "datamart": CITY, "prompts": [COUNTRIES]},
        **{"timeZone": "UTC", "acceptRequests": None, "objects": [], "triggers": [], "burst": "latest"},
    }
    path = tmp_path / "jobs.json"
    path.write_text(json.dumps({"uploads": job}), "utf-8")
    monkeypatch.setenv("JOBS_FILE", str(path))


def upload(country: str, minute: int) -> dict[str, Any]:
    """The input of the run of an upload."""
    values = {"bucket": "inbox", "key": f"in/{country}.csv", "fileName": f"{country}.csv", "stem": country}
    return {"job": "uploads", "asOf": f"2026-11-24T05:{minute:02}Z", "values": values}


@pytest.fixture
def meanwhile(system: System) -> Iterator[Any]:
    """Starts runs one after the other while the first has the only slot; each has left its ticket before the next."""
    before, left, started = system.emulator.runtime.around, threading.Semaphore(0), []

    def outcomes(first: dict[str, Any], *inputs: dict[str, Any]) -> list[Outcome]:
        @contextlib.contextmanager
        def around(module: str, event: dict[str, Any]) -> Iterator[None]:
            if module == "get_status" and not started:
                for each in inputs:
                    started.append(system.emulator.start(each))
                    assert left.acquire(timeout=60)
            yield
            if module == "wait_in_queue" and event["executionArn"] == (started or [""])[-1]:
                left.release()

        system.emulator.runtime.around = around
        holding = system.watch(system.emulator.start(first))
        return [holding, *(system.watch(arn) for arn in started)]

    yield outcomes
    system.emulator.runtime.around = before


def test_of_uploads_that_wait_only_the_newest_is_loaded_and_the_others_name_it(system: System, meanwhile: Any) -> None:
    """The second of three is the newest: events do not come in the order of the uploads."""
    other = {"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES}
    holding, older, newest, late = meanwhile(other, upload("USA", 1), upload("England", 3), upload("France", 2))
    assert [each.status for each in (holding, older, newest, late)] == ["SUCCEEDED"] * 4
    assert newest.output["loaded"] == "yes"
    for each in (older, late):
        assert (each.output["loaded"], each.output["skipped"]) == ("no", True)
        assert each.output["supersededBy"] == newest.execution_arn
    assert system.loads() == 1


def test_an_older_upload_that_comes_while_the_newer_is_loaded_is_skipped_and_a_newer_one_loaded(
    system: System, meanwhile: Any
) -> None:
    """The table is not left with the older file because its event came late."""
    running, late, newest = meanwhile(upload("USA", 2), upload("England", 1), upload("France", 3))
    assert [each.status for each in (running, late, newest)] == ["SUCCEEDED"] * 3
    assert [each.output["loaded"] for each in (running, late, newest)] == ["yes", "no", "yes"]
    assert (late.output["skipped"], late.output["supersededBy"]) in [
        (True, each.execution_arn) for each in (running, newest)
    ]
    assert late.states.count("PrepareRun") == 1
    assert system.loads() == 2


def test_an_item_of_an_uploaded_batch_that_a_newer_upload_supersedes_is_skipped_and_names_it(system: System) -> None:
    before, left, started = system.emulator.runtime.around, threading.Semaphore(0), []
    items = [
        {"job": "uploads"},
        {"name": "after", "after": ["uploads"], "project": TUTORIAL, "datamart": "Store Master"},
    ]
    older, newer = upload("USA", 1), upload("England", 3)

    @contextlib.contextmanager
    def around(module: str, event: dict[str, Any]) -> Iterator[None]:
        if module == "get_status" and not started:
            started.append("")
            given = {"batch": {"items": items}, "asOf": older["asOf"], "values": older["values"]}
            started[0] = system.emulator.start_batch(given)
            assert left.acquire(timeout=60)
            started.append(system.emulator.start(newer))
            assert left.acquire(timeout=60)
        yield
        if module == "wait_in_queue":
            left.release()

    system.emulator.runtime.around = around
    try:
        system.watch(system.emulator.start({"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES}))
        batch, newest = system.watch_batch(started[0]), system.watch(started[1])
    finally:
        system.emulator.runtime.around = before
    assert newest.output["loaded"] == "yes"
    assert batch.error == "BatchIncomplete"
    assert '"uploads" (skipped), "after" (skipped because of "uploads")' in str(batch.cause)
    report = system.emulator.batch_report(batch.execution_arn)
    assert report is not None
    first, second = report["items"]
    assert (first["outcome"], first["loaded"], "error" in first) == ("skipped", "no", False)
    assert first["cause"].endswith(f"a newer upload of its job came (burst): {newest.execution_arn}.")
    assert (second["outcome"], second["because"]) == ("skipped", "uploads")
    check_restarts(system, batch)


def check_restarts(system: System, batch: Outcome) -> None:
    """The newer upload stays in the table; what comes after the item runs once a person has found it loaded."""
    again = system.watch_batch(system.emulator.start_batch({"restartOf": batch.execution_arn}))
    report = system.emulator.batch_report(again.execution_arn)
    assert report is not None
    first, second = report["items"]
    assert (first["outcome"], first["loaded"], first["earlier"], "execution" in first) == ("skipped", "no", True, False)
    assert "a newer upload of its job came" in first["cause"]
    assert (second["outcome"], second["because"]) == ("skipped", "uploads")
    assert again.error == "BatchIncomplete"
    accepted = {"restartOf": again.execution_arn, "accept": ["uploads"]}
    last = system.watch_batch(system.emulator.start_batch(accepted))
    assert last.status == "SUCCEEDED", last.cause
    assert [(line["outcome"], line["loaded"]) for line in last.output["items"]] == [("loaded", "yes")] * 2
    assert last.output["items"][0]["accepted"]
    assert {row["country"] for row in system.simulator.rows("DM_CITY")} == {"England"}
    assert system.loads() == 1


def test_an_older_upload_that_comes_alone_while_the_newer_is_loaded_names_it(system: System, meanwhile: Any) -> None:
    running, late = meanwhile(upload("USA", 2), upload("England", 1))
    assert late.output["supersededBy"] == running.execution_arn
    assert late.states == ["PrepareRun", "WaitInQueue", "ConcludeAttempt", "JudgeConclusion", "RunSucceeded"]
    assert system.loads() == 1
    assert system.slots() == system.tickets() == {}
