"""Step Functions' end: something happens at the moment at which a state is entered."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
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
        original, strict = EventManager.add_event, CustomErrorName.__init__

        def add_event(manager: Any, *args: Any, **kwargs: Any) -> Any:
            number = original(manager, *args, **kwargs)
            entered = (kwargs.get("event_details") or {}).get("stateEnteredEventDetails")
            if entered:
                self._enter(entered["name"])
            return number

        EventManager.add_event = add_event
        # A function cannot fail as States.Timeout, and here it can: for the state it looks the same.
        CustomErrorName.__init__ = ErrorName.__init__
        try:
            yield
        finally:
            EventManager.add_event = original
            CustomErrorName.__init__ = strict

    def _enter(self, name: str) -> None:
        self._seen[name] += 1
        place = f"{name}#{self._seen[name]}"
        self.entered.append(place)
        self.at.pop(place, _nothing)()


def _nothing() -> None:
    pass
