"""The steps of a report: states with their requests and failures, looks at the job as one. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from functions import clock
from functions.text import one_line
from local.report.events import Entry
from local.report.lines import Line, OfEntries
from local.report.report import Attempt, Call, Step, StepFailure
from local.report.values import dicts_of, number_of, text_of, whole_of

LOOK = "GetStatus"
"""The state of looking at the job."""

LOOKS = {LOOK: "WaitForStatus", "GetCubeStatus": "WaitForCube"}
"""The states of looking at a job or a cube, and of waiting for the next look: they follow each other while it runs."""

_LOOK_OF = {state: look for look, wait in LOOKS.items() for state in (look, wait)}

BETWEEN = frozenset({"PrepareRun", "WaitInQueue", "WaitForNextAttempt", "AskPerson", "TakeAnswers"})
"""States before and between attempts."""

LONGEST_CAUSE = 2_000
"""Characters of what a failed function said."""


def steps_of(entries: Sequence[Entry], lines: OfEntries) -> tuple[Step, ...]:
    """The steps in their order; looks that follow each other are one."""
    return tuple(_step(group, lines) for group in _grouped(entries))


def _grouped(entries: Sequence[Entry]) -> Iterator[list[tuple[int, Entry]]]:
    """Each entry with its place, alone; but looks of one attempt with the waits before them."""
    for look, group in groupby(enumerate(entries), key=lambda placed: _look(placed[1])):
        found = list(group)
        yield from [[placed] for placed in found] if look is None else [found]


def _look(entry: Entry) -> tuple[str, int | None] | None:
    """Which look it belongs to, and the attempt; None for every other state."""
    return (_LOOK_OF[entry.state], entry.number) if entry.state in _LOOK_OF else None


def _step(placed: list[tuple[int, Entry]], of_entries: OfEntries) -> Step:
    entries = [entry for _, entry in placed]
    lines = [line for place, _ in placed for line in of_entries.get(place, [])]
    first, last = entries[0], entries[-1]
    looks = [entry for entry in entries if entry.state in LOOKS]
    waits = [entry.seconds or 0.0 for entry in entries if entry.state in LOOKS.values()]
    return Step(
        state=looks[0].state if looks else first.state,
        attempt=None if first.state in BETWEEN else first.number,
        started_at=clock.timestamp(first.entered),
        seconds=None if last.exited is None else _rounded(last.exited - first.entered),
        times=max(1, len(looks)),
        waited_seconds=_rounded(sum(waits)) if looks else None,
        calls=tuple(_calls(lines)),
        calls_left_out=sum(int(number_of(line.keys.get("callsLeftOut"))) for line in lines),
        failures=tuple(
            StepFailure(clock.timestamp(failure.at), failure.error, one_line(failure.cause, LONGEST_CAUSE))
            for entry in entries
            for failure in entry.failures
        ),
    )


def _calls(lines: Iterable[Line]) -> Iterator[Call]:
    """The requests in their order; those that are alike are one, where they follow each other or belong to looks."""
    alike: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for call in (call for line in lines for call in dicts_of(line.keys.get("calls"))):
        names = str(call.get("method")), str(call.get("path"))
        key = (*names, whole_of(call.get("status")), text_of(call.get("error")))
        alike.setdefault(key, []).append(call)
    for (method, path, status, error), calls in alike.items():
        ms = round(sum(number_of(call.get("ms")) for call in calls) / len(calls))
        retries = sum(1 for call in calls if call.get("retry"))
        yield Call(method, path, status, ms, len(calls), retries, error)


def attempts_of(entries: Sequence[Entry]) -> tuple[Attempt, ...]:
    """The attempts, from the login to the conclusion."""
    numbers = sorted({entry.number for entry in entries if entry.state not in BETWEEN and entry.number})
    return tuple(_attempt(number, entries) for number in numbers)


def _attempt(number: int, entries: Sequence[Entry]) -> Attempt:
    own = [entry for entry in entries if entry.number == number and entry.state not in BETWEEN]
    first, last = own[0], own[-1]
    is_concluded = last.state == "ConcludeAttempt"
    end = last.result.get("end") if is_concluded else None
    failure = last.given.get("failure") if is_concluded else None
    error = failure.get("Error") if isinstance(failure, dict) else None
    causes = [each.cause for entry in own for each in entry.failures if each.error == error]
    return Attempt(
        number,
        clock.timestamp(first.entered),
        None if last.exited is None else _rounded(last.exited - first.entered),
        None if end is None else str(end),
        None if error is None else str(error),
        one_line(causes[-1], LONGEST_CAUSE) if causes else None,
    )


def _rounded(seconds: float) -> float:
    return round(max(0.0, seconds), 3)
