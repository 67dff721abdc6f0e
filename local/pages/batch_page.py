"""The page of a batch: its items over time by slot, what each waited for, and the longest chain. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise

from functions.runs.batches.forecast import critical_path
from functions.runs.batches.order import Plan
from functions.runs.history import HistoryRecord
from functions.text import ELLIPSIS, one_line
from local.history.words import against_usual
from local.pages.outcomes import Kind, kind_of
from local.pages.own_pages import PageOf, no_page
from local.pages.rendering import rendered
from local.pages.report_page import ReportPage
from local.pages.scale import Band, Scale
from local.report.events import seconds_of
from local.report.report import RunReport

ROW = 26
"""Pixels of an item's row in the chart (style.css has the same for its name)."""

MOST_ARROWS = 1_000
"""Dependencies that are drawn; nobody follows more with the eyes, and each item lists its own."""

LONGEST_NAME = 60
"""Characters of a name in the charts; its entry has all of it."""

LONGEST_CAUSE = 300
"""Characters of what happened to an item; its own page has all of it."""


def batch_page(report: RunReport, now: float, page_of: PageOf = no_page) -> str:
    """The page as HTML.

    Parameters
    ----------
    now
        Seconds since the epoch, for items that go on.
    page_of
        The pages of the items, as far as there are some.
    """
    return rendered("batch.html", page=BatchPage(report, now, page_of))


@dataclass(frozen=True)
class Item:
    """An item that has run, or runs; ``number`` is its row from 0, in the order of the starts."""

    number: int
    record: HistoryRecord
    kind: Kind
    begin: float
    slot_at: float
    end: float
    after: tuple[str, ...]
    is_critical: bool

    @property
    def name(self) -> str:
        """What the batch calls it."""
        return self.record.item or self.record.id

    @property
    def short_name(self) -> str:
        """The same for the charts."""
        return one_line(self.name, LONGEST_NAME)

    @property
    def cause(self) -> str:
        """What happened to it, if it failed."""
        return one_line(self.record.cause or "", LONGEST_CAUSE)

    @property
    def usual(self) -> str:
        """How its load compares with the datamart's last ones."""
        return against_usual(self.record)

    @property
    def y(self) -> int:
        """The top of its row in pixels."""
        return self.number * ROW


@dataclass(frozen=True)
class Arrow:
    """From the end of an item to the start of one that comes after it; places in percent and pixels."""

    x1: float
    y1: int
    x2: float
    y2: int
    is_critical: bool

    @property
    def is_bent(self) -> bool:
        """Whether time passes between the two."""
        return self.x1 != self.x2


@dataclass(frozen=True)
class Lane:
    """What one slot ran, one after another."""

    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class BatchPage(ReportPage):
    """What the template shows."""

    page_of: PageOf = no_page

    @property
    def name(self) -> str:
        """What the batch is called; one that was started without a name has that of its execution as its ID."""
        run = self.report.run
        return super().name if run.batch not in (None, run.id) else f"{len(self.items)} items"

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Those that have run, in the order of their starts."""
        critical = set(self.chain)
        return tuple(
            Item(
                number,
                record,
                kind_of(record),
                begin := seconds_of(record.started_at),
                begin + (record.queue_seconds or 0.0),
                self._end(record),
                self.report.after.get(record.item or "", ()),
                record.item in critical,
            )
            for number, record in enumerate(self.report.items)
        )

    @cached_property
    def chain(self) -> tuple[str, ...]:
        """The items that come after each other and took longest together; empty where none comes after another."""
        took = {record.item or record.id: self._seconds(record) for record in self.report.items}
        names = list(took)
        places = {name: place for place, name in enumerate(names)}
        after = tuple(
            tuple(places[each] for each in self.report.after.get(name, ()) if each in places) for name in names
        )
        try:
            path = critical_path(Plan(after, tuple(took.values()))) if any(after) else ()
        except ValueError:  # records and plan of a damaged file need not fit together
            path = ()
        return tuple(names[place] for place in path)

    @property
    def chain_seconds(self) -> float:
        """How long the longest chain took, without what its items waited for."""
        return sum(self._seconds(item.record) for item in self.items if item.is_critical)

    @cached_property
    def scale(self) -> Scale:
        """From the start of the batch to its end, and of its items."""
        run = self.report.run
        begins = [seconds_of(run.started_at), *(item.begin for item in self.items)]
        return Scale.over(min(begins), max([self._end(run), *(item.end for item in self.items)]))

    @property
    def height(self) -> int:
        """Pixels of the chart of the items."""
        return ROW * len(self.items)

    @property
    def lanes(self) -> list[Lane]:
        """The slots of each connection: an item has the first that is free when its turn in the queue has come."""
        connections: dict[str, list[list[Item]]] = {}
        for item in sorted(self.items, key=lambda each: each.slot_at):
            slots = connections.setdefault(item.record.connection or "", [])
            free = next((slot for slot in slots if slot[-1].end <= item.slot_at + CLOCKS_DIFFER), None)
            if free is None:
                slots.append([item])
            else:
                free.append(item)
        several = len(connections) > 1
        return [
            Lane(f"{one_line(name, LONGEST_NAME)}, slot {number}" if several else f"Slot {number}", tuple(slot))
            for name, slots in connections.items()
            for number, slot in enumerate(slots, 1)
        ]

    @cached_property
    def arrows(self) -> tuple[Arrow, ...]:
        """The dependencies between items that have run, without those of the longest chain."""
        return tuple(islice((arrow for arrow in self._arrows() if not arrow.is_critical), MOST_ARROWS))

    @cached_property
    def critical_arrows(self) -> tuple[Arrow, ...]:
        """Those of the longest chain, which are drawn on top of the others."""
        return tuple(arrow for arrow in self._arrows() if arrow.is_critical)

    def _arrows(self) -> Iterator[Arrow]:
        by_name = {item.name: item for item in self.items}
        steps = set(pairwise(self.chain))
        for item in self.items:
            for earlier in (by_name[name] for name in item.after if name in by_name):
                down = item.number > earlier.number
                y1, y2 = earlier.y + ROW // 2, item.y + (5 if down else ROW - 5)
                is_critical = (earlier.name, item.name) in steps
                yield Arrow(self.scale.at(earlier.end), y1, self.scale.at(item.begin), y2, is_critical)

    def bands(self, item: Item) -> Sequence[Band]:
        """An item's wait for a slot, and its run."""
        run = self.scale.band(item.kind.name, item.slot_at, item.end, item.short_name)
        return [self.scale.band("wait", item.begin, item.slot_at), run] if item.record.queue_seconds else [run]

    def slot_band(self, item: Item) -> Band:
        """The run of an item in the lane of its slot."""
        return self.scale.band(item.kind.name, item.slot_at, item.end, item.short_name)

    def names(self, items: Sequence[str], between: str = ", ") -> str:
        """Names one after another, as far as a sentence takes them."""
        shown = between.join(one_line(name, LONGEST_NAME) for name in items[:MOST_NAMES])
        return shown + (f" {ELLIPSIS} and {len(items) - MOST_NAMES} more" if len(items) > MOST_NAMES else "")

    def _end(self, record: HistoryRecord) -> float:
        return self.now if record.finished_at is None else seconds_of(record.finished_at)

    def _seconds(self, record: HistoryRecord) -> float:
        """Of a run without its wait for a slot."""
        whole = self._end(record) - seconds_of(record.started_at) - (record.queue_seconds or 0.0)
        return max(0.0, whole if record.duration_seconds is None else record.duration_seconds)


CLOCKS_DIFFER = 0.5
"""Seconds by which an item may seem to begin before the one in front of it has left the slot."""

MOST_NAMES = 20
