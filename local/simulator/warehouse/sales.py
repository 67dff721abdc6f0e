"""The warehouse: a SQLite file with a small sales schema, and the loading of a datamart's table."""

import contextlib
import random
import sqlite3
import uuid
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from local.simulator.warehouse.customers import GROUPS_OF_CUSTOMERS

COUNTRIES = {
    "USA": ["Boston", "New York", "San Francisco", "Seattle"],
    "England": ["London", "Manchester"],
    "France": ["Paris", "Lyon"],
    "Germany": ["Berlin", "Hamburg", "Munich"],
    "Italy": ["Rome", "Milan"],
    "Spain": ["Madrid", "Seville"],
    "Canada": ["Toronto", "Montréal"],
    "Japan": ["東京", "大阪"],
}
CATEGORIES = ["Books", "Electronics", "Movies", "Music"]
ROWS = 4_000
SEED = 772
FIRST_DAY = date(2026, 1, 1)
DAYS, DAYS_OF_THE_YEAR = 300, 365
"""Days with sales, spread over a year: on every sixth or so the shops are closed."""

VERSION = 2
"""Of the sales: a file with others is not used any more."""


class Query(Protocol):
    """A SELECT and what is bound to its question marks."""

    @property
    def text(self) -> str:
        """The SQL."""

    @property
    def values(self) -> list[Any]:
        """What is bound."""


class Warehouse:
    """The sales data and the tables that datamarts wrote.

    Parameters
    ----------
    path
        The SQLite file. It is filled when it does not exist yet, and anew when it is damaged or of another version.

    Raises OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not _is_of_this_version(path):
            beside = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
            beside.touch(0o600)
            beside.write_bytes(_filled())
            beside.replace(path)  # whole, also for another process that starts now

    def load(self, table: str, append: bool, query: Query) -> int:
        """Write a datamart's table in one transaction and return the rows written. Raises sqlite3.Error."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            rows = connection.execute(query.text, query.values).fetchall()
            # The table's name is the definition's own and was checked when it was stored.
            if append and self._exists(connection, table):
                connection.execute(f"INSERT INTO {table} {query.text}", query.values)
            else:
                connection.execute(f"DROP TABLE IF EXISTS {table}")
                connection.execute(f"CREATE TABLE {table} AS {query.text}", query.values)
            connection.execute("COMMIT")
        finally:
            connection.close()
        return len(rows)

    def select(self, query: Query) -> list[tuple[Any, ...]]:
        """The rows of a query. Raises sqlite3.Error."""
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(query.text, query.values).fetchall()
        finally:
            connection.close()

    def count(self, table: str) -> int:
        """How many rows a table has, read from the first to the last. Raises sqlite3.Error: there is no such table."""
        connection = sqlite3.connect(self.path)
        try:
            return sum(1 for _ in connection.execute(f"SELECT * FROM {table}"))  # noqa: S608
        finally:
            connection.close()

    def rows(self, table: str, limit: int | None = None) -> list[dict[str, Any]]:
        """The rows of a table that a datamart wrote; none if there is no such table."""
        connection = sqlite3.connect(self.path)
        connection.row_factory = sqlite3.Row
        try:
            if not self._exists(connection, table):
                return []
            limited = f" LIMIT {int(limit)}" if limit is not None else ""
            return [dict(row) for row in connection.execute(f"SELECT * FROM {table}{limited}")]  # noqa: S608
        finally:
            connection.close()

    @staticmethod
    def _exists(connection: sqlite3.Connection, table: str) -> bool:
        found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
        return found.fetchone() is not None


@cache
def _filled() -> bytes:
    """The file of a new warehouse, made once in a process: a test starts hundreds of simulators."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(
            "CREATE TABLE sales (country TEXT, city TEXT, category TEXT, day TEXT, amount REAL, cost REAL, buyers INT)"
        )
        connection.executemany("INSERT INTO sales VALUES (?, ?, ?, ?, ?, ?, ?)", _sales())
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()


def _is_of_this_version(path: Path) -> bool:
    """Whether the file exists and has the sales of this version; False for one that is damaged."""
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            return bool(version == VERSION)
    except sqlite3.DatabaseError:
        return False


def _sales() -> list[tuple[str, str, str, str, float, float, int]]:
    """The rows of the table ``sales``."""
    draw = random.Random(SEED)  # noqa: S311 - the same sales every time, no secret
    places = [(country, city) for country, cities in COUNTRIES.items() for city in cities]
    rows = []
    for number in range(ROWS):
        country, city = draw.choice(places)
        amount = round(draw.uniform(5, 500), 2)
        day = FIRST_DAY + timedelta(days=draw.randrange(DAYS) * DAYS_OF_THE_YEAR // DAYS)
        cost = round(amount * draw.uniform(0.5, 0.9), 2)
        buyers = number % GROUPS_OF_CUSTOMERS
        rows.append((country, city, draw.choice(CATEGORIES), day.isoformat(), amount, cost, buyers))
    return rows
