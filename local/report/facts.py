"""What the log tells beside requests: answers, the job's statuses, waits, what was cleaned up. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from functions import clock
from functions.microstrategy.status import name_of
from functions.text import duration, one_line
from local.report.events import Entry
from local.report.lines import Line, OfEntries
from local.report.report import Answer, CleanedUp, JobStatus, Wait
from local.report.values import dict_of, dicts_of, number_of, text_of

QUEUE, NEXT_ATTEMPT, PEOPLE = "queue", "next attempt", "people"
WAITING = {"WaitInQueue": QUEUE, "WaitForNextAttempt": NEXT_ATTEMPT, "AskPerson": PEOPLE}
"""States in which a run waits and holds nothing, by what it waits for."""

LONGEST = 500
"""Characters of a reason."""


def answers_of(lines: Sequence[Line], output: dict[str, Any]) -> tuple[tuple[Answer, ...], int]:
    """How prompts were answered, and how many answers the log left out.

    Without a log it is what the ``output`` of a successful run says, which has no values.
    """
    found = [_answer(line.attempt, answer) for line in lines for answer in dicts_of(line.keys.get("answers"))]
    if found:
        return tuple(dict.fromkeys(found)), sum(int(number_of(line.keys.get("answersLeftOut"))) for line in lines)
    return tuple(_answer(None, each) for each in dicts_of(output.get("promptsAnswered"))), 0


def _answer(attempt: int | None, answer: dict[str, Any]) -> Answer:
    values = answer.get("values")
    shown = tuple(map(str, values)) if isinstance(values, list) else None
    kind, more = text_of(answer.get("type")), int(number_of(answer.get("more")))
    return Answer(attempt, str(answer.get("name")), kind, str(answer.get("how")), shown, more)


def job_statuses_of(lines: Sequence[Line]) -> tuple[JobStatus, ...]:
    """The statuses that looks saw; those in a row that are the same are one."""
    found: list[JobStatus] = []
    for line in lines:
        status = line.keys.get("status")
        if type(status) is not int or ("step" not in line.keys and line.keys.get("message") != LAST_LOOK):
            continue
        if found and (found[-1].attempt, found[-1].status) == (line.attempt, status):
            last = found.pop()
            found.append(JobStatus(last.attempt, last.at, status, last.name, last.times + 1))
        else:
            found.append(JobStatus(line.attempt, clock.timestamp(line.at), status, name_of(status)))
    return tuple(found)


LAST_LOOK = "the last look at the job"
"""The message of the line that the end of a stopped run writes (functions/lifecycle/last_look.py)."""


def cleaned_up_of(lines: Sequence[Line]) -> tuple[CleanedUp, ...]:
    """What was removed from the server."""
    return tuple(
        CleanedUp(line.attempt, clock.timestamp(line.at), str(what), str(how))
        for line in lines
        for what, how in dict_of(line.keys.get("cleaned")).items()
    )


def waits_of(entries: Sequence[Entry], lines: OfEntries) -> tuple[Wait, ...]:
    """The waits; a run that enters its place in the queue anew waits on."""
    found: list[Wait] = []
    for place, entry in enumerate(entries):
        before = entries[place - 1] if place else None
        what = WAITING.get(entry.state)
        if what is None:
            continue
        why = _why(what, before, [line.keys for line in lines.get(place, [])])
        if what == QUEUE and before is not None and before.state == entry.state and found:
            last = found.pop()
            seconds = None if entry.seconds is None else round((last.seconds or 0.0) + entry.seconds, 3)
            found.append(Wait(what, last.at, seconds, last.why or why))
        else:
            seconds = None if entry.seconds is None else round(entry.seconds, 3)
            found.append(Wait(what, clock.timestamp(entry.entered), seconds, why))
    return tuple(found)


def _why(what: str, before: Entry | None, own: list[dict[str, Any]]) -> str | None:
    """For whom or what a state waits, by the keys of its ``own`` lines and by the state before it."""
    if what == PEOPLE:
        asked = next((keys["asked"] for keys in own if "asked" in keys), None)
        return None if asked is None else f"{asked} prompt{'s' if asked != 1 else ''} without an answer"
    if what == NEXT_ATTEMPT:
        found = None if before is None else before.result.get("waitsFor")
        return None if found is None else one_line(found, LONGEST)
    place = next((dict_of(keys["queue"]) for keys in own if "queue" in keys), None)
    if place is not None:
        return ", ".join(_place(place))
    last = None if before is None else before.pause
    return None if last is None else one_line(last.partition("seconds are left to wait in ")[2] or last, LONGEST)


def _place(place: dict[str, Any]) -> Iterator[str]:
    """``position 3 of 5``, and for whom."""
    if "position" in place:
        yield f"position {place['position']} of {place.get('of')}"
    if "pausedUntil" in place:
        yield f"paused until {place['pausedUntil']}"
    elif "hasDatamart" in place:
        yield f"{place['hasDatamart']} had the datamart"
    elif "hasSlot" in place:
        yield f"{place['hasSlot']} had one of {place.get('slots')} slot(s) longest"
    if seconds := number_of(place.get("seconds")):
        yield f"after {duration(seconds)} of waiting"
