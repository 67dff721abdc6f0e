"""Many uploads for one table: with ``"burst": "latest"`` only the newest of those that wait is loaded."""

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
    """Starts runs one after the other while the only slot is taken; each has left its ticket before the next starts."""
    before, left, started = system.emulator.runtime.around, threading.Semaphore(0), []

    def outcomes(*inputs: dict[str, Any]) -> list[Outcome]:
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
        first = system.emulator.start({"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES})
        assert system.watch(first).status == "SUCCEEDED"
        return [system.watch(arn) for arn in started]

    yield outcomes
    system.emulator.runtime.around = before


def test_of_uploads_that_wait_only_the_newest_is_loaded_and_the_others_name_it(system: System, meanwhile: Any) -> None:
    """The second of three is the newest: events do not come in the order of the uploads."""
    older, newest, late = meanwhile(upload("USA", 1), upload("England", 3), upload("France", 2))
    assert [each.status for each in (older, newest, late)] == ["SUCCEEDED"] * 3
    assert newest.output["loaded"] == "yes"
    for each in (older, late):
        assert (each.output["loaded"], each.output["skipped"]) == ("no", True)
        assert each.output["supersededBy"] == newest.execution_arn
    assert system.loads() == 1
