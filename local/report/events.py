"""The states of an execution that take time, from the events of its history. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from functions.runs.failure import UNNAMED, message_of
from functions.runs.waiting import FIRST_IN_QUEUE, InQueue
from local.report.values import dict_of

Event = dict[str, Any]
"""As GetExecutionHistory returns it; its ``timestamp`` may also be a text, as a file has it."""

KINDS = ("TaskStateEntered", "WaitStateEntered")
"""Entries of states that take time: they call a function, or wait."""

_ENDS = ("ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut", "ExecutionSucceeded", "ParallelStateFailed")


PAUSES, TIMEOUT = frozenset({InQueue.__name__, FIRST_IN_QUEUE}), "States.Timeout"
"""Errors by which a run waits on (functions/runs/waiting.py); a waiting state that times out lets it go on, too."""


@dataclass
class Failure:
    """A failed call of a state's function; the time is in seconds since the epoch."""

    at: float
    error: str
    cause: str


@dataclass
class Entry:
    """A state that was entered; times are seconds since the epoch.

    Parameters
    ----------
    number
        The attempt that it belongs to: how often ``Attempt`` has been entered.
    function
        Name of the function that it called, as the function's log lines have it; empty for one that waits.
    calls
        How often it called the function.
    pause
        What it said where it let the run wait in the queue, and did not fail; else None.
    given, result
        What it handed to the function, and what the function returned, as far as that was an object.
    """

    state: str
    number: int
    entered: float
    exited: float | None = None
    function: str = ""
    calls: int = 0
    pause: str | None = None
    given: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    @property
    def seconds(self) -> float | None:
        """From its entry to its end; None while it goes on."""
        return None if self.exited is None else max(0.0, self.exited - self.entered)


@dataclass(frozen=True)
class Timeline:
    """The states of an execution, and how many transitions AWS counts: entered states, and retries."""

    entries: tuple[Entry, ...]
    transitions: int

    @property
    def function_calls(self) -> int:
        """How often functions were called."""
        return sum(entry.calls for entry in self.entries)


def timeline_of(events: Iterable[Event]) -> Timeline:
    """Read the states in their order. Unknown events are passed over."""
    entries: list[Entry] = []
    entered, number = 0, 0
    for event in events:
        details = _details(event)
        if "stateEnteredEventDetails" in event:
            entered += 1
            number += details["name"] == "Attempt"
            if event["type"] in KINDS:
                entries.append(Entry(details["name"], number, seconds_of(event["timestamp"])))
        elif entries:
            _note(entries[-1], event, details)
    for entry, following in pairwise(entries):
        if entry.exited is None:  # its failure ended the attempt
            entry.exited = following.entered
    retries = sum(max(0, entry.calls - 1) for entry in entries)
    return Timeline(tuple(entries), entered + retries)


_FAILED = ("taskFailed", "taskTimedOut", "taskStartFailed", "taskSubmitFailed")


def _note(entry: Entry, event: Event, details: dict[str, Any]) -> None:
    """What an event between the entry of a state and that of the next one says of it."""
    at, kind = seconds_of(event["timestamp"]), _kind(event)
    if kind == "taskScheduled":
        given = _object(details.get("parameters"))
        entry.calls += 1
        entry.function = str(given.get("FunctionName", "")).partition(":function:")[2].partition(":")[0]
        entry.given = dict_of(given.get("Payload"))
    elif kind == "taskSucceeded":
        output = _object(details.get("output"))
        entry.result = dict_of(output.get("Payload", output))
    elif kind in _FAILED:
        error, cause = str(details.get("error") or UNNAMED), message_of({"Cause": details.get("cause")})
        if error in PAUSES or (error == TIMEOUT and entry.state == "WaitInQueue"):
            entry.pause = cause
        else:
            entry.failures.append(Failure(at, error, cause))
    elif entry.exited is None and (event["type"] in _ENDS or details.get("name") == entry.state):
        entry.exited = at


def seconds_of(timestamp: Any) -> float:
    """Seconds since the epoch of a time as AWS's client or a file has it."""
    return (timestamp if isinstance(timestamp, datetime) else datetime.fromisoformat(str(timestamp))).timestamp()


_DETAILS = "EventDetails"


def _kind(event: Event) -> str:
    """The name of its details without their ending: ``taskScheduled``; empty for an event that has none."""
    return next((name.removesuffix(_DETAILS) for name in event if name.endswith(_DETAILS)), "")


def _details(event: Event) -> dict[str, Any]:
    return dict_of(event.get(f"{_kind(event)}{_DETAILS}"))


def _object(text: Any) -> dict[str, Any]:
    """The object in a JSON text; empty for anything else: AWS cuts what is too long."""
    try:
        return dict_of(json.loads(text))
    except (TypeError, ValueError, RecursionError):
        return {}
