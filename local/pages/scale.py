"""Places moments on the width of a chart: bands and ticks in percent, so that charts are as wide as their page. Pure.

Moments are seconds since the epoch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from functions.text import duration

NARROWEST = 0.4
"""Percent of a band: what takes a moment is seen all the same."""

MOST_TICKS = 5
"""Ticks between both ends: their labels have room on a phone, too."""

STEPS = (
    *(0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(60.0 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(3_600.0 * hours for hours in (1, 2, 3, 6, 12)),
)
"""Seconds between two ticks; from a day on whole days."""

DAY = 86_400.0

SHOWS_CLOCK = 600.0
"""Seconds of a chart from which on its ticks are times of the day; below they count from the start."""


@dataclass(frozen=True)
class Band:
    """A stretch of a chart: ``x`` and ``width`` in percent of it, ``kind`` says what goes on (style.css)."""

    kind: str
    x: float
    width: float
    label: str = ""

    @property
    def end(self) -> float:
        """Where it ends, in percent."""
        return round(self.x + self.width, 2)


@dataclass(frozen=True)
class Tick:
    """A line of the grid; ``anchor`` says on which side of it its label has room."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Scale:
    """From ``begin`` to ``end``, which is later, on the whole width."""

    begin: float
    end: float

    @classmethod
    def over(cls, begin: float, end: float) -> "Scale":
        """A scale that has some length, whatever the times are."""
        return cls(begin, max(end, begin + 0.1))

    @property
    def seconds(self) -> float:
        """The length."""
        return self.end - self.begin

    def at(self, moment: float) -> float:
        """The place of a moment in percent; one outside is at the nearer end."""
        return round(100 * (min(max(moment, self.begin), self.end) - self.begin) / self.seconds, 2)

    def band(self, kind: str, begin: float, end: float, label: str = "") -> Band:
        """A band that is wide enough to be seen and inside the chart."""
        width = max(self.at(end) - self.at(begin), NARROWEST)
        return Band(kind, round(min(self.at(begin), 100 - width), 2), round(width, 2), label)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """Ticks at round times: of the day, in this computer's time zone, or since the start on a short chart."""
        return tuple(self._ticks())

    def _ticks(self) -> Iterator[Tick]:
        step = self._step()
        if self.seconds < SHOWS_CLOCK:
            first, origin = 0.0, self.begin
        else:
            offset = datetime.fromtimestamp(self.begin).astimezone().utcoffset()
            origin = -(offset.total_seconds() if offset else 0.0)
            first = ceil((self.begin - origin) / step) * step
        for number in range(MOST_TICKS + 2):
            moment = origin + first + number * step
            if moment <= self.end:
                x = self.at(moment)
                yield Tick(x, self._label(moment, step), "start" if x < 4 else "end" if x > 92 else "middle")

    def _step(self) -> float:
        fitting = (step for step in STEPS if self.seconds / step <= MOST_TICKS)
        return next(fitting, ceil(self.seconds / DAY / MOST_TICKS) * DAY)

    def _label(self, moment: float, step: float) -> str:
        if self.seconds < SHOWS_CLOCK:
            since = round(moment - self.begin, 1)
            return f"{since:g} s" if since < 60 and step < 60 else duration(since)
        return f"{datetime.fromtimestamp(moment):{'%d %b' if step >= DAY else '%H:%M'}}"
