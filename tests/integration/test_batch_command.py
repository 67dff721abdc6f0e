"""``datamart run`` of a batch: one object, the exit code of the whole, and what people see of its items."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from functions.runs.store.batch_durations import SECONDS
from local.emulator import Emulator
from local.simulator import catalogue
from tests.integration.conftest import TUTORIAL, _emptied
from tests.support.run_command import Done, command
from tests.support.terminal import on_a_terminal

ROOT = Path(__file__).parents[2]

SALES = {"name": "sales", "datamart": "Category Sales"}
DAYS = {"name": "days", "datamart": "Daily Sales", "after": ["sales"]}
EARLY = {"name": "early", "datamart": "Fails Early"}
STORES = {"name": "stores", "datamart": "Store Master", "after": ["early"]}


@pytest.fixture
def datamart(run_command: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    monkeypatch.setenv("MAX_CONCURRENT_RUNS", '{"default": 3}')
    return lambda *words: run_command("run", *words, "--max-wait", "0")


def written(tmp_path: Path, *items: dict[str, Any], name: str = "night.json", **keys: Any) -> str:
    path = tmp_path / name
    batch = {"defaults": {"project": TUTORIAL}, "items": list(items), **keys}
    path.write_text(json.dumps({"batch": batch}), "utf-8")
    return str(path)


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {line["name"]: line["outcome"] for line in report["output"]["items"]}


def test_a_batch_that_succeeds_is_one_object_and_exit_code_0(datamart: Callable[..., Done], tmp_path: Path) -> None:
    done = datamart(written(tmp_path, SALES, DAYS), "--json")
    assert done.code == 0
    assert done.out.count("\n") == 1
    report = json.loads(done.out)
    assert list(report) == ["status", "error", "cause", "output", "states"]
    assert (report["status"], outcomes(report)) == ("SUCCEEDED", {"sales": "loaded", "days": "loaded"})
    lines = [line.split()[:2] for line in done.err.splitlines() if line.endswith(" s")]
    assert lines == [["sales", "loaded"], ["days", "loaded"]]
    assert "SUCCEEDED loaded: 2 of 2 items" in " ".join(done.err.split())


def test_a_batch_that_fails_is_exit_code_1_with_the_outcome_of_each_item(
    datamart: Callable[..., Done], tmp_path: Path
) -> None:
    done = datamart(written(tmp_path, SALES, EARLY, STORES), "--json")
    report = json.loads(done.out)
    assert (done.code, report["status"], report["error"]) == (1, "FAILED", "BatchIncomplete")
    assert outcomes(report) == {"sales": "loaded", "early": "failed", "stores": "skipped"}
    assert "because of early" in done.err


def test_an_invalid_batch_is_exit_code_2_and_starts_nothing(datamart: Callable[..., Done], tmp_path: Path) -> None:
    done = datamart(written(tmp_path, SALES | {"after": ["slaes"]}, EARLY), "--json")
    report = json.loads(done.out)
    assert (done.code, report["error"], report["output"]) == (2, "InvalidRequest", None)
    assert 'there is no item "slaes"' in report["cause"]


@pytest.mark.parametrize("name", ["night.csv", "night.TSV"])
def test_a_batch_in_a_csv_file_runs_with_its_placeholders_filled_in(
    datamart: Callable[..., Done], tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    rows = [
        ["name", "after", "project", "datamart", "Elements of Country", "From day"],
        ["days", "", TUTORIAL, catalogue.ALL_PROMPTS, "", "{yesterday}"],
        ["city", "days", TUTORIAL, "City", "France", ""],
    ]
    path.write_text("\n".join((";" if name.endswith("csv") else "\t").join(row) for row in rows), "utf-8-sig")
    done = datamart(str(path), "--json")
    report = json.loads(done.out)
    assert (done.code, outcomes(report)) == (0, {"days": "loaded", "city": "loaded"}), report["cause"]


def test_a_wrong_batch_names_file_line_and_item_before_anything_starts(
    datamart: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_is_needed() -> Path:
        raise AssertionError("a template is synthesized for a batch that cannot start")

    monkeypatch.setattr("local.cli.run.template_path", none_is_needed)
    as_csv, as_json, cells = tmp_path / "night.csv", tmp_path / "night.json", tmp_path / "cells.csv"
    as_csv.write_text("name,after,project,datamart\na,,P,A\nb,c,P,B\n", "utf-8")
    as_json.write_text('{"batch": {"items": [\n{"job": "city-nightly"},\n{"name": "b", "datmart": "B"}]}}', "utf-8")
    cells.write_text("project,datamart,timeoutMinutes\nP,D,x\n", "utf-8")
    for file, reason in (
        (as_csv, 'line 3 ("b"): after: there is no item "c".'),
        (as_json, 'line 3, item 2 ("b"): datmart: unknown key (did you mean datamart?)'),
        (cells, 'line 2: timeoutMinutes: "x" is not a whole number.'),
    ):
        done = datamart(str(file), "--json")
        assert (done.code, json.loads(done.out)["error"]) == (2, "InvalidRequest")
        assert f"{file}: {reason}" in done.err


def test_a_batch_and_a_run_at_once_are_an_object_each_and_lines_with_their_names(
    datamart: Callable[..., Done], tmp_path: Path
) -> None:
    run = tmp_path / "slow.json"
    run.write_text(json.dumps({"project": TUTORIAL, "datamart": "Stock Facts"}), "utf-8")
    done = datamart(written(tmp_path, SALES, DAYS), str(run), "--json")
    first, second = map(json.loads, done.out.splitlines())
    assert done.code == 0
    assert outcomes(first) == {"sales": "loaded", "days": "loaded"}
    assert second["output"]["loaded"] == "yes"
    assert any(line.startswith("night: sales ") and "loaded" in line for line in done.err.splitlines())


@pytest.mark.usefixtures("datamart")
def test_an_item_asks_on_the_terminal_while_the_table_is_shown(tmp_path: Path) -> None:
    cities = {"name": "cities", "datamart": "City", "unanswered": "ask"}
    file = written(tmp_path, cities, DAYS | {"after": ["cities"]}, SALES)
    code, seen = on_a_terminal(lambda: command("run", file, "--max-wait", "0"), ["USA\n"])
    assert code == 0, seen
    assert "cities: asks" in seen
    assert seen.rindex("3 loaded") > seen.index("cities: asks")


def test_a_batch_knows_how_long_its_items_took_on_this_computer(
    datamart: Callable[..., Done], session_emulator: Emulator, tmp_path: Path
) -> None:
    """An emulator begins with an empty run table: only the history of this computer can tell."""
    items = [{"name": name, "datamart": name} for name in ("Category Sales", "Stock Facts", "Store Master")]
    first = json.loads(datamart(written(tmp_path, *items), "--json").out)
    took = {line["name"]: line["durationSeconds"] for line in first["output"]["items"]}
    assert len(set(took.values())) == 3
    (table,) = session_emulator.deployed.tables
    _emptied(table, SECONDS)
    shortest_first = sorted(items, key=lambda item: took[item["datamart"]])
    renamed = [item | {"name": f"night of {item['name']}"} for item in shortest_first]
    again = json.loads(datamart(written(tmp_path, *renamed, maxConcurrency=1), "--slots", "1", "--json").out)
    waits = {line["name"]: line["waitSeconds"] for line in again["output"]["items"]}
    assert sorted(waits, key=waits.__getitem__) == [item["name"] for item in reversed(renamed)]


def test_the_sample_loads_at_least_a_dozen_tables_with_dependencies(datamart: Callable[..., Done]) -> None:
    done = datamart(str(ROOT / "events" / "batch.json"), "--json")
    report = json.loads(done.out)
    assert report["status"] == "SUCCEEDED", report["cause"]
    assert report["output"]["counts"]["loaded"] >= 12
    assert (
        sum("after" in item for item in json.loads((ROOT / "events" / "batch.json").read_text())["batch"]["items"]) > 6
    )


def test_a_batch_as_csv_is_a_header_and_a_line_an_item_that_is_no_formula(
    datamart: Callable[..., Done], tmp_path: Path
) -> None:
    sales = SALES | {"name": "=sales"}
    done = datamart(written(tmp_path, sales, EARLY, STORES), "--csv")
    assert done.code == 1
    header, *lines = csv.reader(done.out.splitlines(), strict=True)
    assert header == ["name", "outcome", "loaded", "seconds", "waited", "error", "cause", "execution"]
    assert [line[:3] for line in lines] == [
        ["'=sales", "loaded", "yes"],
        ["early", "failed", "no"],
        ["stores", "skipped", "no"],
    ]
    assert [line[5] for line in lines] == ["", "DatamartFailed", ""]
    assert lines[2][6] == "because of early"
    assert "BatchIncomplete" in done.err


def test_csv_is_for_one_batch(datamart: Callable[..., Done], tmp_path: Path) -> None:
    run = tmp_path / "run.json"
    run.write_text(json.dumps({"project": TUTORIAL, "datamart": "Stock Facts"}), "utf-8")
    batch = written(tmp_path, SALES)
    for words, reason in (
        ([str(run)], f"--csv: {run} does not hold a batch"),
        ([batch, str(run)], "--csv: prints the items of one batch, and 2 files are given"),
        ([batch, "--json"], "argument --csv: not allowed with argument --json"),
    ):
        done = datamart(*words, "--csv")
        assert (done.code, reason in done.err) == (2, True), done.err
        assert "--json" in words or done.out == ""


def test_the_items_of_a_batch_that_an_event_of_aws_starts_are_printed_as_csv(datamart: Callable[..., Done]) -> None:
    done = datamart(str(ROOT / "events" / "s3-batch.json"), "--csv")
    assert done.code == 0, done.err
    names = [line[0] for line in csv.reader(done.out.splitlines(), strict=True)]
    assert names == ["name", "france", "categories", "days"]


def test_an_event_of_aws_that_starts_a_run_has_no_items_to_print(datamart: Callable[..., Done]) -> None:
    done = datamart(str(ROOT / "events" / "schedule.json"), "--csv")
    assert (done.code, done.out) == (0, "")
    assert "--csv: the event has started a run, which has no items to print" in done.err


def test_an_invalid_batch_has_no_csv(datamart: Callable[..., Done], tmp_path: Path) -> None:
    done = datamart(written(tmp_path, SALES | {"after": ["slaes"]}), "--csv")
    assert (done.code, done.out) == (2, "")
    assert 'there is no item "slaes"' in " ".join(done.err.split())
