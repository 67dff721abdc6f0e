"""What still runs on this computer: found by its file while its process holds the lock, and by nothing afterwards."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from functions.runs.history import HistoryRecord
from local.cli.watch_here import follow_here
from local.emulator.ended import Ended
from local.errors import CannotGoOn
from local.history.files import Files
from local.history.history import RUNNING, STATUSES, Selection
from local.history.running_here import FOLDER, RunningHere, RunsOfThisProcess
from tests.unit.history.records import record
from tests.unit.history.test_record import AT

UNENDED = {"status": STATUSES[RUNNING], "loaded": "unknown", "finished_at": None, "duration_seconds": None}
RUNS = replace(record(7, AT), **UNENDED)  # type: ignore[arg-type]
BEFORE, AFTER = record(6, AT - 60), record(8, AT + 60)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    files = Files(tmp_path / ".datamart")
    for each in (BEFORE, AFTER):
        keep(files, each)
    return files


def keep(files: Files, kept: HistoryRecord) -> None:
    described = {"name": kept.id, "executionArn": kept.execution, "output": json.dumps({"loaded": kept.loaded})}
    entered = {"type": "TaskStateEntered", "timestamp": kept.started_at, "stateEnteredEventDetails": {"name": "LogIn"}}
    files.keep(Ended(described, [entered], kept, Path("/dev/null")))


def events(*states: str) -> list[dict[str, Any]]:
    """Those of states that were entered one after another."""
    return [
        {
            "type": "TaskStateEntered",
            "timestamp": datetime.fromtimestamp(AT + number, UTC),
            "stateEnteredEventDetails": {"name": name},
        }
        for number, name in enumerate(states)
    ]


def found(files: Files, **chosen: object) -> list[str]:
    return [each.id for each in RunningHere(files).records(Selection(**chosen))]  # type: ignore[arg-type]


def test_what_runs_is_between_what_began_before_and_after_it_until_it_has_ended(files: Files) -> None:
    mine = RunsOfThisProcess(files)
    mine.begin(RUNS)
    assert found(files) == [AFTER.id, RUNS.id, BEFORE.id]
    assert found(files, limit=2) == [AFTER.id, RUNS.id]
    assert found(files, status=("running",)) == [RUNS.id]
    assert found(files, status=("succeeded",)) == [AFTER.id, BEFORE.id]
    assert found(files, job="load-6") == [BEFORE.id]
    keep(files, record(7, AT))
    assert found(files).count(RUNS.id) == 1, "it has a record and its file is still there"
    mine.end(RUNS.id)
    assert found(files, status=("running",)) == []
    assert list((files.folder / FOLDER).iterdir()) == []


def test_only_its_owner_may_read_what_runs(files: Files) -> None:
    RunsOfThisProcess(files).begin(RUNS)
    (file,) = (files.folder / FOLDER).iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_process_that_is_killed_leaves_nothing_that_counts(files: Files) -> None:
    code = (
        "import os, sys, json\n"
        "from pathlib import Path\n"
        "from local.history.files import Files\n"
        "from local.history.record_line import record_in\n"
        "from local.history.running_here import RunsOfThisProcess\n"
        "RunsOfThisProcess(Files(Path(sys.argv[1]))).begin(record_in(sys.argv[2]))\n"
        "print('begun', flush=True)\n"
        "sys.stdin.read()\n"
    )
    arguments = [sys.executable, "-c", code, str(files.folder.parent), json.dumps(RUNS.as_json())]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        assert found(files, status=("running",)) == [RUNS.id]
        process.kill()
    assert found(files, status=("running",)) == []
    assert list((files.folder / FOLDER).iterdir()) == [], "who finds it removes it"


def test_a_damaged_file_and_a_folder_that_is_not_there_are_nothing_that_runs(files: Files) -> None:
    assert found(files, status=("running",)) == []
    mine = RunsOfThisProcess(files)
    mine.begin(RUNS)
    (file,) = (files.folder / FOLDER).iterdir()
    file.write_text("{", "utf-8")
    assert found(files, status=("running",)) == []
    mine.close()
    assert not file.exists()


def test_a_run_of_another_terminal_is_followed_to_the_end_that_the_history_has(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: AT + 1)  # no step goes on for so long that this is said
    mine, said, looks = RunsOfThisProcess(files), StringIO(), list[float]()
    mine.begin(RUNS)

    def wait(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 1:
            mine.show(RUNS.id, events("PrepareRun", "LogIn"), [])
        if len(looks) == 2:
            assert "PrepareRun" in said.getvalue(), "a step that has ended is shown before the run has"
            assert "LogIn" not in said.getvalue()
            mine.show(RUNS.id, events("PrepareRun", "LogIn", "LogOut"), [])
        if len(looks) == 3:
            keep(files, record(7, AT))
            mine.end(RUNS.id)

    outcome = follow_here(RUNS, files, said, wait)
    assert (outcome.status, outcome.output, outcome.states) == ("SUCCEEDED", {"loaded": "yes"}, ["LogIn"])
    assert len(looks) == 3
    assert f"runs in another terminal as {RUNS.id}." in said.getvalue()
    assert "LogIn" in said.getvalue()
    assert "SUCCEEDED  loaded: yes" in said.getvalue()
    assert f"{RUNS.id}/page.html" in said.getvalue()


def test_ctrl_c_ends_the_following_and_not_the_run(files: Files) -> None:
    mine = RunsOfThisProcess(files)
    mine.begin(RUNS)

    def wait(seconds: float) -> None:
        raise KeyboardInterrupt

    assert follow_here(RUNS, files, StringIO(), wait).status == "RUNNING"
    assert RunningHere(files).running(RUNS.id) == RUNS


def test_a_run_whose_terminal_was_closed_left_no_end_to_show(files: Files) -> None:
    mine = RunsOfThisProcess(files)
    mine.begin(RUNS)
    with pytest.raises(CannotGoOn, match="ended without a record: its terminal was closed"):
        follow_here(RUNS, files, StringIO(), lambda _: mine.close())
