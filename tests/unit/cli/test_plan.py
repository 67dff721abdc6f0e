"""``datamart plan``: what it shows of a batch, and what it rejects; it needs no server and no AWS."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from functions.runs.history import HistoryRecord
from local.simulator.catalogue import CITY
from tests.support.run_command import Done, command, done_by
from tests.support.terminal import on_a_terminal
from tests.unit.history.records import record

DEFAULTS = {"project": "MicroStrategy Tutorial"}
ITEMS = [
    {"name": "customers", "datamart": "Customers"},
    {"name": "regions", "datamart": "Regions"},
    {"name": "sales", "datamart": "Sales", "after": ["customers", "regions"]},
    {"name": "stock", "datamart": "Stock"},
]

Plan = Callable[..., Done]


@pytest.fixture
def plan(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setenv("DATAMART_HOME", str(tmp_path / ".datamart"))
    call = done_by(capsys)
    return lambda *words: call("plan", *words)


def written(tmp_path: Path, content: Any, name: str = "night.json") -> str:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return str(path)


def night(tmp_path: Path, **more: Any) -> str:
    return written(tmp_path, {"batch": {"defaults": DEFAULTS, "items": ITEMS, **more}})


def durations(tmp_path: Path, content: Any) -> tuple[str, str]:
    return "--durations", written(tmp_path, content, "durations.json")


def report_of(done: Done) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(done.out)
    return report


def test_the_items_are_shown_in_the_order_of_their_starts_with_the_longest_chain(plan: Plan, tmp_path: Path) -> None:
    known = durations(tmp_path, {"customers": 60, "regions": 600, "sales": 300, "stock": 30})
    done = plan(night(tmp_path), "--places", "2", *known)
    assert done.code == 0
    assert done.err == ""
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "4 items, 2 at a time. Nothing is executed." in lines[0]
    shown = [line.partition(" █")[0].partition(" ▒")[0] for line in lines[3:7]]
    assert shown == ["regions +0 s 10 min", "customers +0 s 1 min", "stock +1 min 30 s", "sales +10 min 5 min"]
    assert lines[-2:] == ["Expected: 15 min.", "Longest chain: 15 min: regions -> sales"]


def test_bars_are_as_long_as_the_items_and_darker_in_the_longest_chain(plan: Plan, tmp_path: Path) -> None:
    known = durations(tmp_path, {"customers": 50, "regions": 100, "sales": 100, "stock": 1})
    lines = plan(night(tmp_path), "--places", "4", *known).out.splitlines()
    bars = {line.split()[0]: line for line in lines[3:7]}
    full = bars["regions"].count("█")
    assert full > 20
    assert bars["sales"].count("█") == full
    assert abs(bars["customers"].count("▒") - full / 2) <= 1
    assert bars["stock"].count("▒") == 1, "a short one is seen, too"
    assert bars["sales"].index("█") == bars["regions"].rindex("█") + 1


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_every_line_of_the_chart_fits_into_the_terminal(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    long = [{"name": "日本語の" * 10, "datamart": "Long"}, {"name": "b" * 80, "datamart": "Longer"}]
    file = written(tmp_path, {"defaults": DEFAULTS, "items": [*ITEMS, *long]})
    known = durations(tmp_path, {"b" * 80: 60_000 + 59, "sales": 35_999})
    code, seen = on_a_terminal(lambda: command("plan", file, "--places", "2", *known))
    assert code == 0
    rows = [line for line in seen.splitlines() if "█" in line or "▒" in line]
    assert len(rows) == 6
    plain = [_without_escapes(row).rstrip() for row in rows]
    assert max(map(cell_len, plain)) <= columns
    assert max(map(cell_len, plain)) >= columns - 1, "it is used, too"


def _without_escapes(text: str) -> str:
    return "".join(part.partition("m")[2] if number else part for number, part in enumerate(text.split("\x1b[")))


def test_a_duration_that_is_not_known_is_the_median_of_the_others_or_ten_minutes(plan: Plan, tmp_path: Path) -> None:
    done = plan(night(tmp_path))
    assert "10 min is assumed for all 4 items (~)" in done.out
    done = plan(night(tmp_path), *durations(tmp_path, {"sales": 120}))
    assert "2 min is assumed for 3 of 4 items (~)" in done.out
    assert "~2 min" in done.out


def test_the_report_of_an_earlier_run_gives_the_durations_of_what_was_loaded(plan: Plan, tmp_path: Path) -> None:
    lines = [
        {"name": "customers", "loaded": "yes", "durationSeconds": 61},
        {"name": "sales", "loaded": "no", "durationSeconds": 3},
        {"name": "gone since", "loaded": "yes", "durationSeconds": 3},
    ]
    for report in ({"status": "SUCCEEDED", "output": {"items": lines}}, {"items": lines}):
        done = plan(night(tmp_path), "--json", *durations(tmp_path, report))
        known = {item["name"]: item["durationSeconds"] for item in report_of(done)["items"] if item["known"]}
        assert known == {"customers": 61}


def test_json_is_one_object_and_people_read_standard_error(plan: Plan, tmp_path: Path) -> None:
    known = durations(tmp_path, {"customers": 60, "regions": 600, "sales": 300, "stock": 30})
    done = plan(night(tmp_path), "--json", "--places", "3", *known)
    assert done.out.count("\n") == 1
    assert "Nothing is executed." in done.err
    report = report_of(done)
    assert report["items"][3] == {
        "name": "sales",
        "after": ["customers", "regions"],
        "startSeconds": 600,
        "durationSeconds": 300,
        "known": True,
    }
    del report["items"]
    assert report == {
        "places": 3,
        "makespanSeconds": 900,
        "shortestSeconds": 900,
        "criticalPath": ["regions", "sales"],
    }


def test_as_many_run_at_a_time_as_the_simulator_takes_or_as_the_connection_of_the_stage_has_slots(
    plan: Plan, tmp_path: Path
) -> None:
    """The connection of the stage dev has one."""
    assert "3 at a time" in plan(night(tmp_path, maxConcurrency=3)).out
    assert "3 at a time" in plan(night(tmp_path, maxConcurrency=3.0)).out
    assert "one at a time" in plan(night(tmp_path)).out
    assert "one at a time" in plan(night(tmp_path, maxConcurrency=3), "--stage", "dev").out


def kept(tmp_path: Path, *records: HistoryRecord) -> None:
    """Let this computer's history have these records, oldest first."""
    folder = tmp_path / ".datamart" / "history"
    folder.mkdir(parents=True)
    lines = "".join(f"{json.dumps(each.as_json())}\n" for each in records)
    (folder / "records.jsonl").write_text(lines, "utf-8")


def test_items_take_as_long_as_their_last_loads_on_this_computer(plan: Plan, tmp_path: Path) -> None:
    kept(
        tmp_path,
        *(record(1, 60.0 * n, datamart="Sales", duration_seconds=s) for n, s in enumerate((100.0, 300.0, 120.0))),
        record(2, 0.0, datamart="stock", duration_seconds=900.0, loaded="no"),
    )
    items = report_of(plan(night(tmp_path), "--json"))["items"]
    assert {item["name"]: item["durationSeconds"] for item in items if item["known"]} == {"sales": 120.0}
    given = report_of(plan(night(tmp_path), "--json", *durations(tmp_path, {"sales": 7})))["items"]
    assert {item["name"]: item["durationSeconds"] for item in given if item["known"]} == {"sales": 7}


def test_an_item_of_a_named_batch_takes_as_long_as_the_one_of_its_name(plan: Plan, tmp_path: Path) -> None:
    kept(
        tmp_path,
        record(1, 0.0, datamart="Category Sales", duration_seconds=50.0),
        record(1, 1.0, datamart="Category Sales", duration_seconds=70.0, batch="night", item="categories"),
        record(2, 2.0, job="city-nightly", datamart="City", datamart_id=CITY, duration_seconds=30.0),
    )
    items = report_of(plan("night", "--json"))["items"]
    known = {item["name"]: item["durationSeconds"] for item in items if item["known"]}
    assert known == {"categories": 70.0, "city-nightly": 30.0}


def test_of_a_part_of_a_batch_only_its_items_are_planned(plan: Plan, tmp_path: Path) -> None:
    done = plan(written(tmp_path, {"batch": "night", "only": ["days", "categories"]}), "--json")
    assert [item["name"] for item in report_of(done)["items"]] == ["categories", "days"]
    file = written(tmp_path, {"batch": "night", "only": ["dayz"]})
    assert f'{file}: only: there is no item "dayz" (did you mean days?)' in plan(file).err


def test_a_restart_is_planned_by_its_batch(plan: Plan, tmp_path: Path) -> None:
    done = plan(written(tmp_path, {"restartOf": "arn:aws:states"}))
    assert (done.code, 'is a restart. Give the batch, and in "only" the items' in done.err) == (2, True)


def test_a_history_that_cannot_be_read_is_named(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / ".datamart" / "history" / "records.jsonl").mkdir(parents=True)
    done = plan(night(tmp_path))
    assert done.code == 2
    assert "records.jsonl: Is a directory" in done.err


def test_a_stage_that_cannot_be_asked_is_planned_without_durations(plan: Plan, tmp_path: Path) -> None:
    done = plan(night(tmp_path), "--stage", "dev")
    assert done.code == 0
    assert "datamart: how long items take in the stage dev is not known: " in done.err
    assert "10 min is assumed for all 4 items (~)" in done.out


def test_a_batch_whose_items_an_upload_brings_is_planned_from_the_file_that_is_uploaded(
    plan: Plan, tmp_path: Path
) -> None:
    for named in ("uploaded-batches", written(tmp_path, {"batch": "uploaded-batches"})):
        done = plan(named)
        assert done.code == 2
        assert "takes its items from an upload or a message (acceptRequests). Give the file that is" in done.err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("night.json", {"defaults": DEFAULTS, "items": ITEMS}),
        ("night.json", {"batch": {"defaults": DEFAULTS, "items": ITEMS}, "asOf": "2026-11-20T05:00+01:00"}),
        ("night.json", {"defaults": DEFAULTS, "items": ITEMS, "description": "of a named batch"}),
        (
            "night.csv",
            "name;after;project;datamart\ncustomers;;P;C\nregions;;P;R\nsales;customers|regions;P;S\nstock;;P;T\n",
        ),
    ],
)
def test_a_batch_is_read_in_every_form(plan: Plan, tmp_path: Path, name: str, content: Any) -> None:
    report = report_of(plan(written(tmp_path, content, name), "--json", "--places", "9"))
    assert report["criticalPath"] == ["customers", "sales"]


def test_a_named_batch_is_known_by_its_name(plan: Plan, tmp_path: Path) -> None:
    by_name = plan("night", "--json")
    assert [item["name"] for item in report_of(by_name)["items"]][-1] == "days"
    assert plan(written(tmp_path, {"batch": "night"}), "--json").out == by_name.out
    assert plan("infra/batches/samples/night.json", "--json").out == by_name.out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("nigth",), 'there is no batch "nigth" (did you mean night?)'),
        (("./none.json",), "./none.json: is neither the name of a batch nor a file to read"),
        (("night", "--stage", "nowhere"), '--stage: unknown stage "nowhere"'),
        (("night", "--durations", "none.json"), "--durations: none.json: cannot be read"),
    ],
)
def test_what_cannot_be_shown_ends_with_one_line_and_code_2(plan: Plan, words: tuple[str, ...], problem: str) -> None:
    done = plan(*words, "--json")
    assert done.code == 2
    assert problem in done.err
    assert report_of(done).keys() == {"error", "cause"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ([1], "is not a JSON object"),
        ("{", "is not JSON"),
        ({"slaes": 3}, 'the batch has no item "slaes" (did you mean sales?)'),
        ({"sales": "3 h"}, "sales: is not a number of seconds"),
        ({"sales": -1}, "sales: is not a number of seconds"),
        ({"sales": True}, "sales: is not a number of seconds"),
    ],
)
def test_durations_that_cannot_be_read_are_rejected(plan: Plan, tmp_path: Path, content: Any, problem: str) -> None:
    done = plan(night(tmp_path), *durations(tmp_path, content))
    assert (done.code, done.out) == (2, "")
    assert problem in done.err


def test_an_invalid_batch_is_rejected_with_its_problems(plan: Plan, tmp_path: Path) -> None:
    items = [{"name": "a", "datamart": "A", "after": ["b"]}, {"name": "b", "datamart": "B", "after": ["a"]}]
    done = plan(written(tmp_path, {"defaults": DEFAULTS, "items": items}))
    assert done.code == 2
    assert "a -> b -> a" in done.err


def test_an_error_of_a_file_names_the_file_the_line_and_the_item(plan: Plan, tmp_path: Path) -> None:
    file = written(tmp_path, '{"batch": {"items": [\n{"job": "city-nightly"},\n{"name": "b"}]}}')
    assert f'{file}: line 3, item 2 ("b"): ' in plan(file).err


def test_names_and_files_cannot_forge_lines_or_move_the_cursor(plan: Plan, tmp_path: Path) -> None:
    file = written(tmp_path, {"defaults": DEFAULTS, "items": ITEMS}, "night\x1b[2J.json")
    done = plan(file)
    assert "\x1b" not in done.out
