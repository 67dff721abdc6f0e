"""``datamart run`` keeps the simulator's tables from run to run, and begins anew with --fresh."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from local.history.home import home
from local.history.kept_warehouse import NAME
from tests.support.run_command import Done

DAILY = {"project": "MicroStrategy Tutorial", "datamart": "Daily Sales"}


def test_a_datamart_that_appends_grows_from_run_to_run_until_a_fresh_one(
    run_command: Callable[..., Done], tmp_path: Path
) -> None:
    file = tmp_path / "daily.json"
    file.write_text(json.dumps(DAILY), "utf-8")

    def rows_after(*options: str) -> int:
        done = run_command("run", str(file), "--max-wait", "0", *options)
        assert (done.code, done.err) == (0, "")
        with closing(sqlite3.connect(home() / NAME)) as connection:
            (count,) = connection.execute("SELECT COUNT(*) FROM DM_DAILY_SALES").fetchone()
        return int(count)

    first = rows_after("--fresh")
    assert rows_after() == 2 * first
    assert rows_after("--fresh") == first


def test_a_folder_that_cannot_be_written_prevents_no_run(
    run_command: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATAMART_HOME", str(tmp_path / "file" / "below"))
    file = tmp_path / "daily.json"
    file.write_text(json.dumps(DAILY), "utf-8")
    done = run_command("run", str(file), "--max-wait", "0")
    assert done.code == 0
    assert f"the tables of this run are not kept: {tmp_path / 'file' / 'below'}: Not a directory" in done.err


def test_a_fresh_warehouse_is_refused_for_a_real_server(run_command: Callable[..., Done]) -> None:
    done = run_command("run", "--fresh", "--library-url", "https://mstr.example.com/MicroStrategyLibrary")
    assert done.code == 2
    assert "--fresh: empties the simulator's warehouse, and --library-url names a real server" in done.err
