"""The server's events, and what each has started (API.md 12)."""

from collections.abc import Callable
from typing import Any

from local.simulator.catalogue import EVENTS, EventSpec
from local.simulator.response import Refusal


class Events:
    """The events, and a list of every time that one was triggered.

    Parameters
    ----------
    clock
        Seconds since the epoch.
    publish
        Publishes the cube of an ID.
    """

    def __init__(self, clock: Callable[[], float], publish: Callable[[str], object]) -> None:
        self._clock, self._publish = clock, publish
        self.triggered: list[dict[str, Any]] = []

    def find(self, event_id: str) -> EventSpec:
        """The event of that ID. Raises Refusal 404."""
        for event in EVENTS:
            if event.id == event_id.upper():
                return event
        raise Refusal(404, 4, "The event was not found in the metadata.", -2147216373)

    def trigger(self, event: EventSpec) -> None:
        """Start everything that is bound to it: subscriptions are sent, cubes are published."""
        for cube in event.cubes:
            self._publish(cube)
        started = {"subscriptions": list(event.subscriptions), "cubes": list(event.cubes)}
        self.triggered.append({"eventId": event.id, "name": event.name, "at": self._clock(), "started": started})
