"""Batches of the simulator's further datamarts ("Load 1", ...), and what happens while their functions are at work."""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import botocore.client
import pytest

from local.emulator import Emulator
from local.outcome import Outcome
from local.simulator import catalogue

Hook = Callable[[Any], None]
"""Given the event of an invocation."""

Swallow = Callable[[str], bool]
"""Whether a call to start the execution of that name is lost on its way, as if it had been answered."""


def load(number: int, *after: int, **more: Any) -> dict[str, Any]:
    """An item that runs the datamart Load <number>, after those of other numbers."""
    named = {"name": f"load {number}", "after": [f"load {each}" for each in after]}
    return named | {"project": catalogue.TUTORIAL, "datamart": catalogue.load_id(number)} | more


def words(outcome: Outcome) -> dict[str, str]:
    """The outcome of each item in the output of a batch, by its name."""
    return words_of(outcome.output or {})


def words_of(report: dict[str, Any]) -> dict[str, str]:
    """The same of a batch's report."""
    return {line["name"]: line["outcome"] for line in report["items"]}


class Hooks:
    """Calls hooks before and after the invocations of functions: ``wait_for_items#2`` is the second one.

    A hook that raises lets the function fail.
    """

    def __init__(self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.before: dict[str, Hook] = {}
        self.after: dict[str, Hook] = {}
        self.seen: Counter[str] = Counter()
        self.loses: Swallow = lambda name: False
        self.lost: list[str] = []
        self._here = threading.local()
        self._around = emulator.runtime.around
        monkeypatch.setattr(emulator.runtime, "around", self._invoked)
        call = botocore.client.BaseClient._make_api_call

        def called(client: Any, operation: str, parameters: Any) -> Any:
            if operation == "StartExecution" and getattr(self._here, "deep", 0) and self.loses(parameters["name"]):
                self.lost.append(parameters["name"])
                return {}
            return call(client, operation, parameters)

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", called)

    @contextlib.contextmanager
    def _invoked(self, module: str, event: Any) -> Iterator[None]:
        self.seen[module] += 1
        place = f"{module}#{self.seen[module]}"
        self._here.deep = getattr(self._here, "deep", 0) + 1
        try:
            with self._around(module, event):
                self.before.pop(place, _nothing)(event)
                yield
                self.after.pop(place, _nothing)(event)
        finally:
            self._here.deep -= 1


def _nothing(event: Any) -> None:
    pass
