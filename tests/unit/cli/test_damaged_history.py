"""What ``datamart rerun``, ``list`` and ``watch`` make of files of the history that a crash or an editor damaged."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.cli.earlier import of_this_computer
from local.cli.list import _with_last_runs
from local.errors import CannotGoOn
from local.history.details import EXECUTION
from local.history.files import RECORDS, Files
from local.history.home import HOME
from tests.unit.cli.test_runs import keep
from tests.unit.history.records import record
from tests.unit.history.test_record import AT

RUN = record(1, AT)

WHOLE = {
    "name": RUN.id,
    "executionArn": RUN.execution,
    "status": "FAILED",
    "startDate": "2026-11-27T06:00:00+00:00",
    "input": '{"job": "load-1"}',
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    monkeypatch.setenv(HOME, str(tmp_path))
    keep(RUN)
    return Files()


def write(files: Files, described: Any) -> None:
    (files.details(RUN.id) / EXECUTION).write_text(json.dumps({"execution": described, "events": []}), "utf-8")


def test_whole_details_say_what_to_run_again(files: Files) -> None:
    write(files, WHOLE)
    earlier = of_this_computer(RUN.id, files)
    assert earlier is not None
    assert earlier.again == {"job": "load-1", "asOf": RUN.as_of}


@pytest.mark.parametrize("key", list(WHOLE))
@pytest.mark.parametrize("value", [None, 5, []])
def test_details_without_what_a_rerun_needs_are_refused(key: str, value: Any, files: Files) -> None:
    write(files, WHOLE | {key: value})
    with pytest.raises(CannotGoOn, match="what it was started with is not kept any more: its details are damaged"):
        of_this_computer(RUN.id, files)


def test_an_input_that_is_nested_too_deeply_is_no_request(files: Files) -> None:
    write(files, WHOLE | {"input": "[" * 100_000})
    earlier = of_this_computer(RUN.id, files)
    assert earlier is not None
    with pytest.raises(CannotGoOn, match="is not a request"):
        assert earlier.again


def test_the_list_of_datamarts_only_notes_what_it_cannot_read_of_the_history(files: Files) -> None:
    notes: list[str] = []
    path = files.folder / RECORDS
    path.write_text('{"cut', "utf-8")
    assert _with_last_runs([], None, notes.append) == []
    path.unlink()
    path.mkdir()
    assert _with_last_runs([], None, notes.append) == []
    passed_over, unread = notes
    assert passed_over == f"passed over 1 damaged line of {path}."
    assert unread.startswith("The last runs cannot be read: the history in")
