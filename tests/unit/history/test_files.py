"""The history of this computer: files below a folder."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from functions import clock
from functions.runs.history import HistoryRecord
from local.emulator.ended import Ended
from local.history import files
from local.history.files import Files, home
from local.history.history import Selection
from tests.unit.history.records import record
from tests.unit.history.test_record import AT

DAY = 86_400.0

NO_LOG = Path("/dev/null")


@pytest.fixture
def history(tmp_path: Path) -> Files:
    return Files(tmp_path / "home")


def keep(history: Files, *records: HistoryRecord) -> None:
    for each in records:
        described = {"name": each.id, "executionArn": each.execution, "startDate": datetime.fromtimestamp(AT, UTC)}
        history.keep(Ended(described, [{"id": 1, "timestamp": datetime.fromtimestamp(AT, UTC)}], each, NO_LOG))


def test_a_folder_that_is_not_there_is_an_empty_history(history: Files) -> None:
    assert list(history.records(Selection())) == []
    assert history.find("any") is None
    history.forget(1)
    assert not history.folder.exists()


def test_what_was_kept_is_found_newest_first(history: Files) -> None:
    first, second, third = (record(number, AT + number) for number in (1, 2, 3))
    keep(history, second, third, first)
    assert list(history.records(Selection())) == [third, second, first]
    assert list(history.records(Selection(limit=2))) == [third, second]
    assert list(history.records(Selection(since=AT + 2))) == [third, second]
    assert history.find(second.id) == history.find(second.execution) == second


def test_of_an_event_that_ran_twice_under_one_name_the_newest_counts(history: Files) -> None:
    first, again = record(1, AT), record(1, AT + 60)
    keep(history, first, again)
    assert history.find(first.id) == again
    assert list(history.records(Selection())) == [again, first]


def test_the_details_of_an_execution_are_kept_beside_its_record(history: Files) -> None:
    kept = record(1, AT)
    keep(history, kept)
    details = json.loads((history.details(kept.id) / files.EXECUTION).read_text("utf-8"))
    assert details["execution"]["executionArn"] == kept.execution
    assert details["events"] == [{"id": 1, "timestamp": "2026-11-27T06:00:00+00:00"}]


@pytest.mark.parametrize("line", ["", "{", "[]", "null", '{"id": "x"}', '"text"', "\x00"])
def test_a_line_that_is_no_record_is_passed_over(line: str, history: Files) -> None:
    keep(history, record(1, AT))
    path = history.folder / files.RECORDS
    path.write_text(f"{line}\n{path.read_text('utf-8')}{line}", "utf-8")
    assert list(history.records(Selection())) == [record(1, AT)]
    history.forget(1)
    assert list(history.records(Selection())) == [record(1, AT)]


def test_records_that_are_older_than_the_settings_say_go_and_the_others_stay(
    history: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = record(1, AT), record(2, AT + DAY)
    keep(history, old, new)
    monkeypatch.setattr(clock, "_source", lambda: AT + 10 * DAY + 3_600)
    history.forget(11)
    assert list(history.records(Selection())) == [new, old]
    history.forget(10)
    assert list(history.records(Selection())) == [new]


def test_the_details_of_the_newest_executions_are_kept(history: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_DETAILS", 2)
    records = [record(number, AT + number) for number in range(4)]
    for number, each in enumerate(records):
        keep(history, each)
        stamp = AT + number
        files.os.utime(history.details(each.id), (stamp, stamp))
    history.forget(400)
    assert [history.details(each.id).exists() for each in records] == [False, False, True, True]
    assert len(list(history.records(Selection()))) == 4


def test_commands_that_end_at_once_lose_no_record_of_each_other(history: Files) -> None:
    keep(history, record(0, AT))
    writers = [
        threading.Thread(target=lambda n=number: (keep(history, record(n, AT + n)), history.forget(400)))
        for number in range(1, 13)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert {each.id for each in history.records(Selection())} == {record(number, AT).id for number in range(13)}


def test_the_environment_names_another_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(files.HOME, raising=False)
    assert home() == Path(".datamart")
    monkeypatch.setenv(files.HOME, "/elsewhere")
    assert home() == Path("/elsewhere")
