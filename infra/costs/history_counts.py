"""What the history takes of DynamoDB, measured on real runs (tests/integration/test_lean_runs.py, test_history.py)."""

from typing import NamedTuple

from infra.costs.prices import price
from infra.costs.run_counts import UNITS_OF_RECORD
from infra.settings.settings import Settings

BYTES_OF_RECORD, BYTES_BESIDE = 700, 100
"""Of a record as DynamoDB counts it, in the table and in each index; and what it adds to each for its own index."""

RECORDS_READ_UNIT = 4_096 // BYTES_OF_RECORD
"""Records of a consistent read unit; a look at the history is eventually consistent, and takes half of one."""


class YearOfHistory(NamedTuple):
    """US dollars of a year: to write the records of its runs, to store those of the days kept, to read each night.

    ``each_index`` is what one index has of the writes and of the storage.
    """

    writes: float
    storage: float
    reads: float
    each_index: float

    @property
    def sum(self) -> float:
        """The whole year."""
        return self.writes + self.storage + self.reads


def year_of_history(runs_a_day: int, days: int = Settings.history_days) -> YearOfHistory:
    """What a year costs of so many runs a day, whose records are kept for ``days``, once the first of them expire.

    Each morning somebody reads the night twice.
    """
    table = runs_a_day * days * (BYTES_OF_RECORD + BYTES_BESIDE) / 1e9
    stored = table * UNITS_OF_RECORD * price("table_gb_month") + table * price("recovery_gb_month")
    units_read = 2 * runs_a_day / RECORDS_READ_UNIT / 2
    return YearOfHistory(
        writes=365 * runs_a_day * UNITS_OF_RECORD * price("write_unit"),
        storage=12 * stored,
        reads=365 * units_read * price("read_unit"),
        each_index=365 * runs_a_day * price("write_unit") + 12 * table * price("table_gb_month"),
    )
