"""The page of a history: a row for each job, a cell for each of its nights, which leads to its runs. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby

from functions.notifications.run_end import advice_of
from functions.runs.history import HistoryRecord
from functions.runs.job_state import Loaded
from functions.text import one_line
from local.history.words import against_usual, name_of, ratio_to_usual, seconds_of, who
from local.pages.expected import Expected, is_late
from local.pages.links import console_of
from local.pages.nights import night_of
from local.pages.outcomes import (
    FAILED,
    KINDS,
    LATE,
    LOADED,
    LOADED_FAILED,
    PARTLY,
    RUNNING,
    SKIPPED,
    UNKNOWN,
    Kind,
    kind_of,
)
from local.pages.own_pages import PageOf, no_page
from local.pages.rendering import rendered

MOST_NIGHTS = 62
"""Columns: the newest; two months are as many as anybody compares."""

LONGEST_CAUSE = 500
"""Characters of what happened in the entry of a run."""

SHADES = ((0.75, "shade-1"), (1.25, "shade-2"), (2.0, "shade-3"))
"""A load is in the first shade whose multiple of the usual duration it is below."""

BY_WEIGHT = (LOADED, SKIPPED, RUNNING, PARTLY, LATE, LOADED_FAILED, UNKNOWN, FAILED)
"""Kinds by how much they need a person."""

DARKEST, NO_SHADE = "shade-4", "shade-2"
"""Of a load that took longer, and of one whose usual duration is not known."""


def history_page(
    records: Sequence[HistoryRecord],
    title: str,
    expected: Expected,
    *,
    is_deployed: bool,
    page_of: PageOf = no_page,
) -> str:
    """The page as HTML.

    Parameters
    ----------
    records
        In any order.
    title
        Whose history it is.
    expected
        By when tables are expected.
    is_deployed
        Whether the runs are executions of AWS, which the console shows.
    page_of
        The pages of the runs, as far as there are some.
    """
    return rendered("history.html", page=HistoryPage(tuple(records), title, expected, is_deployed, page_of))


@dataclass(frozen=True)
class Shown:
    """A run or a batch as its entry shows it."""

    record: HistoryRecord
    kind: Kind
    console: str | None
    page: str | None

    @property
    def began(self) -> datetime:
        """In the time zone of this computer."""
        return datetime.fromisoformat(self.record.started_at).astimezone()

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return seconds_of(self.record)

    @property
    def usual(self) -> str:
        """Against the usual duration."""
        return against_usual(self.record)

    @property
    def who(self) -> str:
        """What started it."""
        return who(self.record)

    @property
    def cause(self) -> str:
        """What happened, if it failed."""
        return one_line(self.record.cause or "", LONGEST_CAUSE)

    @property
    def advice(self) -> str:
        """What to do about it."""
        if self.kind in (LOADED, SKIPPED, RUNNING) or self.record.status == "SUCCEEDED" or self.record.kind == "batch":
            return ""
        return advice_of(self.record.status, self.record.error, _loaded(self.record))


@dataclass(frozen=True)
class Cell:
    """The runs of a job for one night, newest last, which the cell shows; ``number`` is its entry."""

    number: int
    row: str
    night: date
    runs: tuple[Shown, ...]

    @property
    def kind(self) -> Kind:
        """That of the newest."""
        return self.runs[-1].kind

    @property
    def shade(self) -> str:
        """How long the load took against usual."""
        ratio = ratio_to_usual(self.runs[-1].record)
        if ratio is None:
            return NO_SHADE
        return next((shade for below, shade in SHADES if ratio < below), DARKEST)

    @property
    def words(self) -> str:
        """What the cell says to those who do not see it."""
        usual = f", {self.runs[-1].usual}" if self.runs[-1].usual else ""
        several = f", {len(self.runs)} runs" if len(self.runs) > 1 else ""
        return f"{self.kind.words}{usual}{several}"


@dataclass(frozen=True)
class Row:
    """A job, a batch, an item of one, or a datamart that runs without a job."""

    name: str
    is_item: bool
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class HistoryPage:
    """What the template shows."""

    records: tuple[HistoryRecord, ...]
    title: str
    expected: Expected
    is_deployed: bool
    page_of: PageOf = no_page

    @cached_property
    def nights(self) -> tuple[date, ...]:
        """All days from the first to the last that something was for, the newest :data:`MOST_NIGHTS` of them."""
        days = [night_of(record) for record in self.records]
        if not days:
            return ()
        first = max(min(days), max(days) - timedelta(days=MOST_NIGHTS - 1))
        return tuple(first + timedelta(days=number) for number in range((max(days) - first).days + 1))

    @property
    def months(self) -> list[tuple[str, int]]:
        """The months above the nights, each with how many of them it has."""
        months = [list(days) for _, days in groupby(self.nights, key=lambda day: (day.year, day.month))]
        return [(f"{days[0]:{'%B %Y' if len(days) > 4 else '%b'}}", len(days)) for days in months]

    @property
    def too_old(self) -> int:
        """How many records are of nights before the first that is shown."""
        return sum(1 for record in self.records if night_of(record) < self.nights[0])

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """By name; a batch is followed by its items."""
        return tuple(self._rows())

    def _rows(self) -> Iterator[Row]:
        number = 0
        in_order = sorted(self.records, key=lambda record: (_place(record), night_of(record), record.started_at))
        for (_, _, name), of_row in groupby(in_order, key=_place):
            cells: dict[date, Cell] = {}
            is_item = False
            for night, runs in groupby(of_row, key=night_of):
                shown = tuple(map(self._shown, runs))
                is_item = shown[0].record.item is not None
                if night >= self.nights[0]:
                    cells[night] = Cell(number, name, night, shown)
                    number += 1
            if cells:
                yield Row(name, is_item, tuple(map(cells.get, self.nights)))

    @property
    def cells(self) -> list[Cell]:
        """All of them, by their numbers."""
        return [cell for row in self.rows for cell in row.cells if cell is not None]

    @property
    def kinds(self) -> list[Kind]:
        """Those that occur, in the order of the legend."""
        found = {cell.kind for cell in self.cells}
        return [kind for kind in KINDS if kind in found]

    @cached_property
    def last_night(self) -> list[Cell]:
        """The cells of the newest night."""
        return [cell for cell in self.cells if cell.night == self.nights[-1]]

    @property
    def worst(self) -> Kind | None:
        """What of the last night needs a person most."""
        return max((cell.kind for cell in self.last_night), key=BY_WEIGHT.index, default=None)

    @property
    def sentence(self) -> str:
        """How the last night was."""
        if not self.nights:
            return "Nothing has run."
        kinds = [cell.kind for cell in self.last_night]
        counts = ", ".join(f"{kinds.count(kind)} {kind.words}" for kind in KINDS if kind in kinds)
        return f"{self.nights[-1]:%A, %d %B}: {counts}."

    def _shown(self, record: HistoryRecord) -> Shown:
        kind = kind_of(record, is_late=is_late(record, self.expected))
        return Shown(record, kind, console_of(record.execution, is_deployed=self.is_deployed), self.page_of(record))


def _place(record: HistoryRecord) -> tuple[str, bool, str]:
    """Where its row is: by its name, that of an item behind its batch's; batches without a name share their rows."""
    name = name_of(record)
    has_name = record.batch not in (None, record.id, record.batch_run)
    of_batch = record.kind == "batch" or record.item is not None
    return (str(record.batch) if has_name else "batch" if of_batch else name).lower(), record.item is not None, name


def _loaded(record: HistoryRecord) -> Loaded:
    return "yes" if record.loaded == "yes" else "no" if record.loaded == "no" else "unknown"
