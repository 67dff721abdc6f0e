"""The simulator's warehouse on this computer: kept between runs, private, and made anew where it cannot be used."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from local.history.kept_warehouse import kept_warehouse
from local.simulator.warehouse.query import Query
from local.simulator.warehouse.sales import DAYS, Warehouse

DAILY = Query(("day",), ("sales",))


def rows_after_a_load(folder: Path, fresh: bool = False) -> int:
    """The rows of a table to which a run appends the sales of each day."""
    warehouse = Warehouse(kept_warehouse(fresh, folder))
    warehouse.load("DM_DAILY_SALES", True, DAILY)
    return len(warehouse.rows("DM_DAILY_SALES"))


def test_what_a_run_appends_stays_until_a_fresh_one_is_wanted(tmp_path: Path) -> None:
    assert [rows_after_a_load(tmp_path) for _ in range(3)] == [DAYS, 2 * DAYS, 3 * DAYS]
    assert rows_after_a_load(tmp_path, fresh=True) == DAYS
    assert rows_after_a_load(tmp_path) == 2 * DAYS


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    rows_after_a_load(folder)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes == {"kept": 0o700, "warehouse.sqlite": 0o600}


@pytest.mark.parametrize("content", [b"no database at all, " * 100, b""])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "warehouse.sqlite").write_bytes(content)
    assert rows_after_a_load(tmp_path) == DAYS
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse.sqlite"]


def test_the_sales_of_another_version_are_made_anew(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "warehouse.sqlite")) as connection:
        connection.execute("CREATE TABLE sales (country TEXT)")
    assert rows_after_a_load(tmp_path) == DAYS


def test_a_folder_that_cannot_be_made_is_an_error_for_the_caller(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        kept_warehouse(False, tmp_path / "file" / "below")
