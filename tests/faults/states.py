"""Step Functions' end: something happens at the moment at which a state is entered."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager


class States:
    """Watches the states that are entered."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.entered: list[str] = []
        self._seen: Counter[str] = Counter()
        self.at: dict[str, Callable[[], None]] = {}

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        original = EventManager.add_event

        def add_event(manager: Any, *args: Any, **kwargs: Any) -> Any:
            number = original(manager, *args, **kwargs)
            entered = (kwargs.get("event_details") or {}).get("stateEnteredEventDetails")
            if entered:
                self._enter(entered["name"])
            return number

        EventManager.add_event = add_event
        try:
            yield
        finally:
            EventManager.add_event = original

    def _enter(self, name: str) -> None:
        self._seen[name] += 1
        place = f"{name}#{self._seen[name]}"
        self.entered.append(place)
        self.at.pop(place, _nothing)()


def _nothing() -> None:
    pass
