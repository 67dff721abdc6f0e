"""The runs that an event starts, grouped by the message that reported them; each run's input names its message.

All failures of one message are one notification (functions/notifications/message_failures.py). A batch has one of its
own, whatever started it.
"""

import json
from collections.abc import Iterator
from typing import Any

from functions.requests import started
from functions.requests.input_limits import LONGEST_STARTER
from functions.text import one_line
from functions.triggers.target import Target
from functions.triggers.trigger_event import TriggerEvent

Input = dict[str, Any]
"""An execution's input."""

Begun = tuple[str, TriggerEvent, str]
"""Name of the execution, what starts it, and its input in JSON."""


class Started:
    """Runs of one job, or starts of one batch, by the message that reports them."""

    def __init__(self, target: Target) -> None:
        self._is_job = target.what == "job"
        self._of: dict[str, tuple[TriggerEvent, dict[str, tuple[TriggerEvent, Input]]]] = {}

    def add(self, message: TriggerEvent, execution: str, trigger_event: TriggerEvent, given: Input) -> None:
        """One more; ``message`` is the trigger event itself where no message reported it."""
        _, runs = self._of.setdefault(message.identity, (message, {}))
        runs[execution] = (trigger_event, given)  # a message may report one object twice

    def runs(self) -> Iterator[Begun]:
        """Each of them; with the id of its message, and how many runs that starts, where these are several."""
        for message, runs in self._of.values():
            for execution, (trigger_event, given) in runs.items():
                beside = _beside(message, len(runs), execution) if self._is_job else {}
                yield execution, trigger_event, as_input(given | beside | _started(trigger_event, execution))


def _beside(message: TriggerEvent, runs: int, execution: str) -> Input:
    return {"message": {"id": message.values["messageId"], "runs": runs, "run": execution}} if runs > 1 else {}


def _started(trigger_event: TriggerEvent, execution: str) -> Input:
    by = one_line(trigger_event.by, LONGEST_STARTER)
    return {started.KEY: started.Started(by, trigger_event.trigger).as_input(execution)}


def as_input(given: Input) -> str:
    """The JSON that Step Functions is given."""
    return json.dumps(given, ensure_ascii=False)
