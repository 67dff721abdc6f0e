"""What would happen with a batch: its order, the expected times, and its longest chain."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from functions.runs.batches.forecast import Schedule, critical_path, schedule, shortest_possible
from functions.runs.batches.order import Plan


@dataclass(frozen=True)
class Forecast:
    """What would happen with a batch.

    Parameters
    ----------
    items
        Names, in the order of the file.
    plan
        With the durations that are given.
    places
        How many items run at once.
    """

    items: tuple[str, ...]
    plan: Plan
    places: int

    @cached_property
    def schedule(self) -> Schedule:
        """When each of them starts and ends."""
        return schedule(self.plan, self.places)

    @cached_property
    def path(self) -> tuple[int, ...]:
        """The longest chain of items that come after each other."""
        return critical_path(self.plan)

    @property
    def shortest(self) -> float:
        """Seconds that no order on so many places can beat."""
        return shortest_possible(self.plan, self.places)

    @property
    def unknown(self) -> int:
        """Of how many items no duration is given."""
        return self.plan.seconds.count(None)

    def as_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints; items are in the order of their starts."""
        return {
            "places": self.places,
            "makespanSeconds": round(self.schedule.makespan, 3),
            "shortestSeconds": round(self.shortest, 3),
            "criticalPath": [self.items[item] for item in self.path],
            "items": [self._line(item) for item in self.schedule.order],
        }

    def _line(self, item: int) -> dict[str, Any]:
        return {
            "name": self.items[item],
            "after": [self.items[earlier] for earlier in self.plan.after[item]],
            "startSeconds": round(self.schedule.starts[item], 3),
            "durationSeconds": round(self.plan.expected[item], 3),
            "known": self.plan.seconds[item] is not None,
        }
