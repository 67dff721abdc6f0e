"""``datamart runs``: its arguments, and what it prints of the history of this computer."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from functions import clock
from functions.runs.history import HistoryRecord
from local.cli import runs_output
from local.cli.arguments import command_line
from local.cli.console import SafeConsole
from local.cli.main import _main
from local.cli.runs import FIELDS, runs
from local.emulator.ended import Ended
from local.history.files import Files
from local.history.home import HOME
from local.history.running_here import RunsOfThisProcess
from tests.unit.history.records import record
from tests.unit.history.test_record import AT

HOUR = 3_600.0

FAILED = {
    "status": "FAILED",
    "loaded": "unknown",
    "error": "DatamartFailed",
    "cause": 'no table "X"',
    "job_seconds": None,
}
PERSON = {"trigger": "person", "started_by": "arn:aws:sts::123456789012:assumed-role/ops/ada", "reason": "late data"}

RECORDS = (
    record(1, AT - 30 * HOUR),
    record(2, AT - 6 * HOUR, job_seconds=5_000.0, **PERSON),
    record(3, AT - 5 * HOUR, **FAILED),
    record(4, AT - 4 * HOUR, kind="batch", batch="night", job=None, datamart=None, counts={"items": 9, "loaded": 8}),
    record(5, AT - 3 * HOUR, batch="night", batch_run="night-1", item="facts", job=None, loaded="no", skipped=True),
)


def keep(kept: HistoryRecord) -> None:
    """Keep a run in the history of this computer."""
    Files().keep(Ended({"name": kept.id, "executionArn": kept.execution}, [], kept, Path("/dev/null")))


class Command:
    """A person who asks what has run on this computer."""

    def __init__(self, capsys: Any) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        code = runs(command_line().parse_args(["runs", *words]))
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def json(self, *words: str) -> Any:
        code, out, err = self(*words)
        assert (code, err) == (0, "")
        return json.loads(out)


@pytest.fixture
def command(capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv(HOME, str(tmp_path))
    monkeypatch.setattr(clock, "_source", lambda: AT)
    for each in RECORDS:
        keep(each)
    return Command(capsys)


# -- which --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ((), [5, 4, 3, 2, 1]),
        (("--limit", "2"), [5, 4]),
        (("--job", "load-2"), [2]),
        (("--batch", "night"), [5, 4]),
        (("--datamart", "LOAD 3"), [3]),
        (("--status", "failed"), [3]),
        (("--status", "failed,skipped"), [5, 3]),
        (("--status", "running"), []),
        (("--since", "6h"), [5, 4, 3, 2]),
        (("--since", "2d"), [5, 4, 3, 2, 1]),
        (("--since", "2026-11-27T02:00+00:00"), [5, 4]),
    ],
)
def test_the_records_that_are_asked_for_are_printed_newest_first(
    words: tuple[str, ...], chosen: list[int], command: Command
) -> None:
    found = [each["id"] for each in json.loads(command(*words, "--json", "id")[1])]
    assert found == [RECORDS[number - 1].id for number in chosen]


def test_a_page_has_a_cell_for_each_job_and_night_and_its_owner_alone_may_read_it(
    command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "nights.html"
    assert command("--html", str(path)) == (0, f"{path}\n", "")
    page = path.read_text("utf-8")
    assert page.count("<td><a ") == len(RECORDS)
    assert "<title>Runs of this computer</title>" in page
    assert path.stat().st_mode & 0o777 == 0o600
    command("--html", str(path), "--limit", "1")
    assert path.read_text("utf-8").count("<td><a ") == 1


def test_a_page_that_cannot_be_written_is_refused_with_what_to_do(command: Command, tmp_path: Path) -> None:
    code, out, err = command("--html", str(tmp_path / "none" / "nights.html"))
    assert (code, out) == (2, "")
    assert "cannot be written (No such file or directory). Name a file in a folder that exists" in err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--json",), "--json: give one field or several, separated by commas. Fields: id, kind, "),
        (("--json", "id,stats"), '--json: unknown field "stats" (did you mean status?). Fields: id, kind, '),
        (
            ("--status", "fialed"),
            '--status: unknown status "fialed" (did you mean failed?). One or several of: running',
        ),
        (("--since", "yesterday"), '--since: "yesterday" is neither a span, a day nor a time, such as 7d, 12h,'),
        (("--since", "0d"), '--since: "0d" is neither'),
    ],
)
def test_wrong_usage_prints_one_sentence_and_nothing_on_standard_output(
    words: tuple[str, ...], sentence: str, command: Command
) -> None:
    code, out, err = command(*words)
    assert (code, out) == (2, "")
    assert sentence in err


def test_where_nothing_matches_the_nearest_name_that_ran_is_offered(command: Command) -> None:
    code, out, err = command("--job", "laod-2")
    assert (code, out) == (0, "")
    assert "nothing in the history of this computer" in err
    assert 'no job "laod-2" ran lately (did you mean load-2?).' in err
    assert command("--datamart", "Laod 3", "--json", "id")[1] == "[]\n"


def test_what_still_runs_in_another_terminal_is_listed_and_neither_shown_nor_repeated(
    command: Command, capsys: Any
) -> None:
    running = record(9, AT - HOUR, status="RUNNING", loaded="unknown", finished_at=None, duration_seconds=None)
    mine = RunsOfThisProcess(Files())
    mine.begin(running)
    assert [line.split("\t")[0] for line in command("--status", "running")[1].splitlines()] == [running.id]
    assert json.loads(command("--status", "running", "--json", "id,status")[1]) == [
        {"id": running.id, "status": "RUNNING"}
    ]
    assert len(command("--status", "running,failed")[1].splitlines()) == 2
    for words, code in ((["show", running.id], 2), (["rerun", running.id], 2)):
        assert _main(words) == code
        assert f"{running.id} still runs in another terminal" in capsys.readouterr().err
    mine.end(running.id)
    assert command("--status", "running")[1] == ""


def test_damaged_lines_are_passed_over_and_counted(command: Command) -> None:
    path = Files().folder / "records.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(RECORDS[0].as_json() | {"startedAt": 5}) + '\n{"cut')
    code, out, err = command("--limit", "1")
    assert (code, len(out.splitlines())) == (0, 1)
    assert err == f"datamart: passed over 2 damaged lines of {path}.\n"


@pytest.mark.parametrize("words", [("runs",), ("show", "x"), ("rerun", "x"), ("watch", "x")])
def test_a_history_that_cannot_be_read_ends_a_command_with_one_sentence(
    words: tuple[str, ...], command: Command, capsys: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv(HOME, str(tmp_path / "file"))
    assert _main(list(words)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert f'the history in "{tmp_path}/file/history" cannot be read:' in said.err
    assert "Not a directory" in said.err


# -- for other programs -------------------------------------------------------------------------------------------


def test_json_is_an_array_of_objects_with_just_the_fields_in_their_order(command: Command) -> None:
    (found,) = command.json("--json", "status,id, loaded", "--status", "failed")
    assert list(found) == ["status", "id", "loaded"]
    assert found == {"status": "FAILED", "id": RECORDS[2].id, "loaded": "unknown"}


def test_every_field_can_be_asked_for_and_what_is_not_known_is_null(command: Command) -> None:
    found = command.json("--json", ",".join(FIELDS), "--job", "load-1")
    assert found == [RECORDS[0].as_json()]
    assert found[0]["error"] is None


def test_csv_has_every_field_and_no_cell_that_a_spreadsheet_takes_for_a_formula(command: Command) -> None:
    hostile = record(6, AT - HOUR, datamart="=HYPERLINK(1)", reason="+1\u202e\n@x")
    keep(hostile)
    code, out, _ = command("--csv", "--since", "12h")
    lines = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert list(lines[0]) == list(FIELDS)
    assert [line["id"] for line in lines] == [hostile.id, *(each.id for each in RECORDS[:0:-1])]
    assert (lines[0]["datamart"], lines[0]["reason"]) == ("'=HYPERLINK(1)", "'+1  @x")
    assert lines[2]["counts"] == "9 items, 8 loaded"


def test_without_a_terminal_each_record_is_one_line_of_fields_between_tabs(command: Command) -> None:
    code, out, err = command("--limit", "3")
    lines = [line.split("\t") for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert {len(line) for line in lines} == {12}
    assert lines[2][:5] == [RECORDS[2].id, "failed", "unknown", "load-3", "Load 3"]
    assert lines[2][9:] == ["DatamartFailed", "", ""]
    assert lines[0][1:4] == ["skipped", "no", "night / facts"]


def test_the_line_of_fields_ends_with_the_reason_and_what_is_repeated(command: Command) -> None:
    keep(record(6, AT - HOUR, reason="late data", rerun_of="load-3"))
    keep(record(7, AT - HOUR / 2, restart_of="night-1"))
    lines = [line.split("\t") for line in command("--limit", "2")[1].splitlines()]
    assert [line[10:] for line in lines] == [["", "night-1"], ["late data", "load-3"]]


# -- for people ---------------------------------------------------------------------------------------------------


def shown(width: int, *records: HistoryRecord) -> list[str]:
    stream = io.StringIO()
    console = SafeConsole(file=stream, width=width, markup=False, emoji=False, highlight=False, no_color=True)
    runs_output.show(console, records)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_the_table_is_no_wider_than_the_terminal_but_for_ids(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: AT)
    wide = record(7, AT, job="j" * 40, datamart="名" * 60, **FAILED | {"cause": "c" * 490})
    lines = shown(width, *RECORDS, wide)
    long = record(8, AT, rerun_of="y" * 70, **PERSON | {"reason": "理由" * 100}, **FAILED | {"cause": "売上" * 100})
    lines = [*lines, *shown(width, long)]
    ids = {each.id for each in (*RECORDS, wide, long)}
    assert [line for line in lines if cell_len(line) > width and line.strip() not in ids] == []
    assert sum(any(each in line for each in ids) for line in lines) == len(ids)


def test_each_record_says_outcome_load_start_and_duration_against_the_usual_one() -> None:
    header, line, about = shown(100, RECORDS[1])
    assert header.split() == ["what", "status", "loaded", "started", "took", "usual"]
    assert line.startswith("load-2 (Load 2)  succeeded  yes")
    assert line.endswith("30 min  2.8 x")
    assert about == f'  {RECORDS[1].id}  by person ada "late data"'


def test_a_narrow_terminal_has_the_duration_against_the_usual_one_beside_who_started_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "_source", lambda: AT)
    _, _, id_, about = shown(60, RECORDS[1])
    assert (id_, about) == (f"  {RECORDS[1].id}", '  against usual: 2.8 x, by person ada "late data"')
    assert shown(60, RECORDS[0])[-1].startswith("  as usual, by schedule")


def test_the_start_has_its_year_where_that_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: AT)
    assert "  2025-11-2" in shown(60, record(1, AT - 365 * 24 * HOUR))[1]
    assert "2026" not in shown(60, record(1, AT - 24 * HOUR))[1]


def test_a_failure_has_its_error_and_what_happened_on_a_line_of_its_own() -> None:
    *_, said = shown(100, RECORDS[2])
    assert said == '  DatamartFailed: no table "X"'


def test_a_batch_says_how_much_of_it_is_loaded_and_an_item_its_batch() -> None:
    lines = shown(100, RECORDS[3], RECORDS[4])
    assert lines[1].startswith("batch night: 8 of 9 loaded")
    assert lines[3].startswith("night / facts (Load 5)")


def test_a_load_as_long_as_most_is_as_usual_and_a_shorter_one_says_by_how_much() -> None:
    lines = shown(100, RECORDS[0], record(8, AT, job_seconds=900.0))
    assert lines[1].endswith("as usual")
    assert lines[3].endswith("-50 %")


def test_a_run_that_goes_on_shows_for_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: AT + 300)
    running = record(9, AT, status="RUNNING", loaded="unknown", duration_seconds=None, job_seconds=None)
    assert "5 min" in shown(100, running)[1]
    assert "unknown" not in shown(100, running)[1]


def test_what_ended_without_a_duration_took_the_time_from_its_start_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: AT + 100 * HOUR)
    ended = record(9, AT, duration_seconds=None, job_seconds=None)
    unknown = record(8, AT, duration_seconds=None, job_seconds=None, finished_at=None)
    assert [line.split()[-2:] for line in shown(100, ended, unknown)[1::2]] == [["30", "min"], [*local_time(AT)]]


def local_time(at: float) -> list[str]:
    return f"{datetime.fromtimestamp(at).astimezone():%m-%d %H:%M}".split()


def test_text_from_outside_moves_no_cursor_and_is_no_markup() -> None:
    said = {"datamart": "[red]x\x1b[2J\u202e", "reason": "\x1b[1A[bold]", "started_by": "a\nb"}
    lines = shown(100, record(9, AT, job=None, trigger="person", **said))
    text = "\n".join(lines)
    assert len(lines) == 3
    assert text.isprintable() or {char for char in text if not char.isprintable()} == {"\n"}
    assert "[red]x" in text
    assert "[bold]" in text
