"""The runs that an event starts, and in the input of each the message that started it beside others.

People are told once of all that failed of one message (functions/notifications/message_failures.py).
"""

import json
from collections.abc import Iterator
from typing import Any

from functions.triggers.trigger_event import Occurrence

Input = dict[str, Any]
"""An execution's input."""

Begun = tuple[str, Occurrence, str]
"""Name of the execution, what starts it, and its input in JSON."""


class Started:
    """Runs to start, by the message that tells of them."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[Occurrence, dict[str, tuple[Occurrence, Input]]]] = {}

    def add(self, message: Occurrence, execution: str, occurrence: Occurrence, given: Input) -> None:
        """One more; ``message`` is the occurrence itself where no message reported it."""
        _, runs = self._of.setdefault(message.identity, (message, {}))
        runs[execution] = (occurrence, given)  # a message may tell of one object twice

    def runs(self) -> Iterator[Begun]:
        """Each of them; with the id of its message, and how many runs that starts, where these are several."""
        for message, runs in self._of.values():
            for execution, (occurrence, given) in runs.items():
                yield execution, occurrence, as_input(given | _beside(message, len(runs), execution))


def _beside(message: Occurrence, runs: int, execution: str) -> Input:
    return {"message": {"id": message.values["messageId"], "runs": runs, "run": execution}} if runs > 1 else {}


def as_input(given: Input) -> str:
    """The JSON that Step Functions is given."""
    return json.dumps(given, ensure_ascii=False)
