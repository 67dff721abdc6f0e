"""The warehouse: a SQLite file with a small sales schema, and the loading of a datamart's table."""

import random
import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from local.simulator.catalogue import DatamartSpec

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


class Warehouse:
    """The sales data and the tables that datamarts wrote.

    Parameters
    ----------
    path
        The SQLite file; it is filled when it does not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            self._fill()

    def elements(self, column: str, filters: dict[str, list[str]]) -> list[str]:
        """The distinct values of a column, in the order of their element ids, under earlier answers."""
        every = {"country": list(COUNTRIES), "category": CATEGORIES}.get(column) or [
            city for cities in COUNTRIES.values() for city in cities
        ]
        if column == "city" and "country" in filters:
            return [city for country in filters["country"] for city in COUNTRIES.get(country, [])]
        return every

    def load(self, spec: DatamartSpec, filters: Iterable[tuple[str, str, Any]]) -> int:
        """Write a datamart's table in one transaction and return the rows written.

        ``filters`` are (column, operator, value); a list as value means "one of". Raises sqlite3.Error.
        """
        conditions, values = [], []
        for column, operator, value in filters:
            if isinstance(value, list):
                conditions.append(f"{column} IN ({', '.join('?' * len(value))})")
                values += value
            else:
                conditions.append(f"{column} {operator} ?")
                values.append(value)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        # Columns and tables are the catalogue's own; only values come from outside, and those are bound.
        select = f"SELECT {spec.columns} FROM sales{where} GROUP BY {spec.group_by} ORDER BY 1, 2"  # noqa: S608
        if "," not in spec.columns:
            select = select.replace("ORDER BY 1, 2", "ORDER BY 1")
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            rows = connection.execute(select, values).fetchall()
            if spec.append and self._exists(connection, spec.table):
                connection.execute(f"INSERT INTO {spec.table} {select}", values)
            else:
                connection.execute(f"DROP TABLE IF EXISTS {spec.table}")
                connection.execute(f"CREATE TABLE {spec.table} AS {select}", values)
            connection.execute("COMMIT")
        finally:
            connection.close()
        return len(rows)

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

    def _fill(self) -> None:
        draw = random.Random(SEED)  # noqa: S311 - the same sales every time, no secret
        places = [(country, city) for country, cities in COUNTRIES.items() for city in cities]
        rows = []
        for _ in range(ROWS):
            country, city = draw.choice(places)
            amount = round(draw.uniform(5, 500), 2)
            day = FIRST_DAY + timedelta(days=draw.randrange(300))
            cost = round(amount * draw.uniform(0.5, 0.9), 2)
            rows.append((country, city, draw.choice(CATEGORIES), day.isoformat(), amount, cost))
        connection = sqlite3.connect(self.path)
        try:
            connection.execute(
                "CREATE TABLE sales (country TEXT, city TEXT, category TEXT, day TEXT, amount REAL, cost REAL)"
            )
            connection.executemany("INSERT INTO sales VALUES (?, ?, ?, ?, ?, ?)", rows)
            connection.commit()
        finally:
            connection.close()
