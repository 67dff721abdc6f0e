"""The history of this computer: files below a folder."""

import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions import clock
from functions.runs.history import HistoryRecord
from local.emulator.ended import Ended
from local.errors import CannotGoOn
from local.history import details, files
from local.history.files import Files
from local.history.history import Selection
from local.history.home import HOME, home
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
    found = json.loads((history.details(kept.id) / details.EXECUTION).read_text("utf-8"))
    assert found["execution"]["executionArn"] == kept.execution
    assert found["events"] == [{"id": 1, "timestamp": "2026-11-27T06:00:00+00:00"}]


@pytest.mark.parametrize("line", ["", "{", "[]", "null", '{"id": "x"}', '"text"', "\x00", "[" * 100_000])
def test_a_line_that_is_no_record_is_passed_over(line: str, history: Files) -> None:
    keep(history, record(1, AT))
    path = history.folder / files.RECORDS
    path.write_text(f"{line}\n{path.read_text('utf-8')}{line}", "utf-8")
    assert list(history.records(Selection())) == [record(1, AT)]
    assert history.notes() == ((f"datamart: passed over 2 damaged lines of {path}.",) if line else ())
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
    monkeypatch.setattr(details, "MOST_DETAILS", 2)
    records = [record(number, AT + number) for number in range(4)]
    for number, each in enumerate(records):
        keep(history, each)
        stamp = AT + number
        os.utime(history.details(each.id), (stamp, stamp))
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
    monkeypatch.delenv(HOME, raising=False)
    assert home() == Path(".datamart")
    monkeypatch.setenv(HOME, "/elsewhere")
    assert home() == Path("/elsewhere")


@pytest.mark.parametrize(
    "wrong",
    [
        *({"startedAt": 5}, {"startedAt": "nonsense"}, {"startedAt": "2026-11-27T06:00:00"}, {"finishedAt": "soon"}),
        *({"startedAt": "0001-01-01T00:00:00Z"}, {"finishedAt": "9999-12-31T23:00:00-05:00"}),
        *({"durationSeconds": "x"}, {"durationSeconds": float("nan")}, {"jobSeconds": 10**400}, {"queueSeconds": True}),
        *({"status": None}, {"counts": "x"}, {"counts": {"items": "9"}}, {"job": 5}, {"datamart": ["x"]}),
        *({"id": 7}, {"id": "../../elsewhere"}, {"kind": "job"}, {"execution": "x"}, {"skipped": None}),
    ],
    ids=str,
)
def test_a_record_whose_values_have_other_types_is_passed_over(wrong: dict[str, Any], history: Files) -> None:
    keep(history, record(1, AT))
    path = history.folder / files.RECORDS
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record(2, AT).as_json() | wrong) + "\n")
    assert list(history.records(Selection())) == [record(1, AT)]
    assert history.notes() == (f"datamart: passed over 1 damaged line of {path}.",)


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\x1c", "\r", "\ud800"])
def test_a_record_may_have_any_character_in_its_texts(character: str, history: Files) -> None:
    keep(history, record(1, AT, reason=f"a{character}b"))
    (found,) = history.records(Selection())
    assert found.reason == f"a{character}b".encode("utf-8", "replace").decode()
    assert history.notes() == ()


def test_a_record_after_a_line_that_was_cut_is_not_lost(history: Files) -> None:
    keep(history, record(1, AT), record(2, AT + 1))
    path = history.folder / files.RECORDS
    path.write_bytes(path.read_bytes()[:-40])
    keep(history, record(3, AT + 2))
    assert list(history.records(Selection())) == [record(3, AT + 2), record(1, AT)]
    assert history.notes() == (f"datamart: passed over 1 damaged line of {path}.",)


def test_a_line_that_no_release_can_read_goes_with_the_next_run(history: Files) -> None:
    keep(history, record(1, AT))
    path = history.folder / files.RECORDS
    whole = path.read_text("utf-8")
    path.write_text(f'{whole}{{"cut\n{{"of": "a later release"}}\n', "utf-8")
    history.forget(400)
    assert path.read_text("utf-8") == f'{whole}{{"of": "a later release"}}\n'


def test_what_a_disk_takes_in_parts_is_written_whole(history: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: write(file, content[:100]))
    keep(history, record(1, AT), record(2, AT + 1))
    assert list(history.records(Selection())) == [record(2, AT + 1), record(1, AT)]


def test_only_the_owner_may_read_what_is_kept_whatever_the_umask_says(history: Files) -> None:
    before = os.umask(0)
    try:
        keep(history, record(1, AT - 500 * DAY), record(2, AT))
        for path in history.folder.rglob("*"):  # as an earlier release left them
            path.chmod(0o755 if path.is_dir() else 0o644)
        keep(history, record(1, AT - 500 * DAY), record(2, AT))
        history.forget(400)
    finally:
        os.umask(before)
    paths = [history.folder.parent, history.folder, *history.folder.rglob("*")]
    assert len(paths) == 2 + 3 + 2 * 3
    assert {(path.is_dir(), path.stat().st_mode & 0o777) for path in paths} == {(True, 0o700), (False, 0o600)}


def test_a_folder_that_was_there_before_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    keep(Files(tmp_path), record(1, AT))
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def in_the_way(path: Path) -> str:
    """A folder where a file is expected."""
    path.mkdir(parents=True)
    return "Is a directory"


def above(path: Path) -> str:
    """A file where a folder is expected."""
    path.parent.write_text("", "utf-8")
    return "Not a directory"


@pytest.mark.parametrize("damage", [in_the_way, above])
def test_a_history_that_cannot_be_read_is_an_error_of_one_sentence(damage: Any, tmp_path: Path) -> None:
    why = damage(tmp_path / "history" / files.RECORDS)
    for read in (lambda files: list(files.records(Selection())), lambda files: files.find("x")):
        with pytest.raises(CannotGoOn, match=f"{files.RECORDS}: {why}.*DATAMART_HOME"):
            read(Files(tmp_path))


# -- details ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "{}", '{"execution": 5, "events": []}', "[" * 100_000, "\xff"])
def test_details_that_are_damaged_say_so(text: str, history: Files) -> None:
    kept = record(1, AT)
    keep(history, kept)
    path = history.details(kept.id) / details.EXECUTION
    path.write_text(text, "latin-1")
    found = history.details_of(kept.id)
    assert (found.described, found.events, found.why_gone) == ({}, [], f"the file {path} is damaged")


def test_events_that_are_damaged_are_passed_over(history: Files) -> None:
    kept, whole = record(1, AT), {"type": "TaskScheduled", "timestamp": "2026-11-27T06:00:00+00:00"}
    keep(history, kept)
    path = history.details(kept.id) / details.EXECUTION
    entered = whole | {"stateEnteredEventDetails": {"name": 5}}
    events = [5, None, {}, whole | {"timestamp": 5}, whole | {"type": None}, entered, whole]
    path.write_text(json.dumps({"execution": {}, "events": events}), "utf-8")
    assert history.details_of(kept.id).events == [whole]
    assert history.notes() == (f"datamart: passed over 6 damaged events of {path}.",)


def test_a_line_of_the_log_may_have_any_character(history: Files) -> None:
    kept = record(1, AT)
    keep(history, kept)
    (history.details(kept.id) / details.LOG).write_text('"a\u2028b"\n"c\x85d"\n', "utf-8")
    assert history.details_of(kept.id).log == ['"a\u2028b"', '"c\x85d"']


def test_the_server_is_kept_beside_an_execution_and_a_damaged_one_is_not_known(history: Files) -> None:
    kept, server = record(1, AT), "https://mstr.example.com/MicroStrategyLibrary"
    described = {"name": kept.id, "executionArn": kept.execution}
    for each in (server, details.SIMULATOR, None):
        history.keep(Ended(described, [], kept, NO_LOG), each)
        assert history.details_of(kept.id).server == each
    path = history.details(kept.id) / details.EXECUTION
    for damaged in (5, "x; rm", "https://u:planted@mstr.example.com/x", f"{server}?a=b", f"{server}\n"):
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"server": damaged}), "utf-8")
        assert history.details_of(kept.id).server is None
    assert "server" not in (history.folder / "records.jsonl").read_text("utf-8")


@pytest.mark.parametrize("given", [None, 5, [], {"b": 5, "c": None}, {"a": ["x"]}])
def test_what_comes_after_what_is_kept_and_of_a_damaged_file_what_is_understood(history: Files, given: Any) -> None:
    kept = record(1, AT)
    described = {"name": kept.id, "executionArn": kept.execution}
    history.keep(Ended(described, [], kept, NO_LOG, after={"a": ("x",)}))
    assert history.details_of(kept.id).after == {"a": ("x",)}
    path = history.details(kept.id) / details.EXECUTION
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"after": given}), "utf-8")
    assert history.details_of(kept.id).after == ({"a": ("x",)} if given == {"a": ["x"]} else {})
