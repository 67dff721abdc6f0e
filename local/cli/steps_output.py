"""Draws the steps of a run: a line each, with a bar for its time, and its HTTP requests and failures below it.

The one picture of ``datamart run``, ``watch`` and ``show``, on any width from 60 columns.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from functions.text import ELLIPSIS, printable
from local.report.facts import WAITING
from local.report.report import Attempt, Call, Step, StepFailure
from local.report.words import path_of, result_of, seconds_of, times

WIDEST = 100
"""Columns of the picture: a bar that is longer than that says nothing more."""

NAME, TIME = 20, 7
"""Columns of a state's name and, at least, of a duration: ``WaitForNextAttempt``, ``59.99 s``."""

WORK, PARTS, WAIT = "█", " ▏▎▍▌▋▊▉", "░"
"""A column of a bar; the eighths of one; and a column of it in which the run waited."""

STYLES = {"name": "cyan", "now": "bold cyan", "work": "green", "wait": "blue", "call": "dim", "failure": "red"}


def lines_of_steps(
    steps: Sequence[Step],
    width: int,
    attempts: Mapping[int, Attempt] | None = None,
    now: float | None = None,
    bars: bool = True,
) -> list[Text]:
    """The steps in their order, in lines of at most ``width`` columns.

    Parameters
    ----------
    steps
        Of one run, or the newest of them.
    width
        Columns, at least 60.
    attempts
        By number: what is known of each, for the line above its first step. Left out, that line has the number alone,
        and the first attempt has none.
    now
        Seconds for which the last step has gone on, where it has not ended.
    bars
        Whether times have bars, which compare them with the longest.
    """
    room = _Room(min(width, WIDEST), _columns_of_times(steps, attempts, now))
    longest = max((_seconds(step, now) for step in steps), default=0.0)
    found: list[Text] = []
    shown: int | None = None
    for step in steps:
        if step.attempt not in (None, shown):
            found += _head(step.attempt or 0, attempts, room)
            shown = step.attempt
        found += chain(
            [_line_of_step(step, room, longest, now) if bars else _line_without_bar(step, room, now)],
            (_line_of_call(call, room) for call in step.calls),
            [Text(f"  and {step.calls_left_out} more requests", STYLES["call"])] if step.calls_left_out else [],
            *(_lines_of_failure(failure, room.width) for failure in step.failures),
        )
    if any(WAIT in line.plain for line in found):
        found.append(Text(f"{WAIT} is waiting", STYLES["call"]))
    return found


class _Room(NamedTuple):
    """Columns of a line, and of the time at its end."""

    width: int
    time: int


def _columns_of_times(steps: Sequence[Step], attempts: Mapping[int, Attempt] | None, now: float | None) -> int:
    seconds = [*(_seconds(step, now) for step in steps), *(each.seconds for each in (attempts or {}).values())]
    return max(TIME, *(len(seconds_of(each)) for each in seconds), 0)


def _head(number: int, attempts: Mapping[int, Attempt] | None, room: _Room) -> Iterator[Text]:
    """The line above an attempt; none where there is only one."""
    if attempts is None:
        if number > 1:
            yield Text(f"Attempt {number}", "bold")
    elif len(attempts) > 1 and number in attempts:
        attempt = attempts[number]
        end = f": {attempt.end}" if attempt.end else ""
        error = f", {attempt.error}" if attempt.error else ""
        what = f"Attempt {number}{end}{error}"
        yield _line(Text(printable(what), "bold"), seconds_of(attempt.seconds), room, "bold")


def _line_of_step(step: Step, room: _Room, longest: float, now: float | None) -> Text:
    if step.seconds is None and now is None:
        return _line(_name(step), ELLIPSIS, room)
    seconds = _seconds(step, now)
    bar = _bar(seconds, _waited(step, seconds), longest, room.width - NAME - room.time - 2)
    return _line(Text.assemble(_name(step), " ", bar), seconds_of(seconds), room)


def _line_without_bar(step: Step, room: _Room, now: float | None) -> Text:
    seconds = now if step.seconds is None else step.seconds
    return Text.assemble(_name(step), f" {seconds_of(seconds):>{room.time}}")


def _name(step: Step) -> Text:
    name = Text(printable(f"{step.state}{times(step.times)}"), STYLES["now" if step.seconds is None else "name"])
    name.truncate(NAME, overflow="ellipsis", pad=True)
    return name


def _seconds(step: Step, now: float | None) -> float:
    return (now or 0.0) if step.seconds is None else step.seconds


def _waited(step: Step, seconds: float) -> float:
    """How much of the time was waiting: all of it where the run held nothing."""
    return seconds if step.state in WAITING else min(seconds, step.waited_seconds or 0.0)


def _bar(seconds: float, waited: float, longest: float, width: int) -> Text:
    """As long as its share of the longest time; at least an eighth of a column, of waiting a whole one."""
    eighths = max(1, round(8 * width * seconds / longest)) if longest > 0 else 1
    full, rest = divmod(eighths, 8)
    if not full and waited > seconds / 2:
        return Text(WAIT, STYLES["wait"])
    waiting = round(full * waited / seconds) if seconds > 0 else 0
    work = f"{WORK * (full - waiting)}{PARTS[rest].strip()}" if waiting < full or not full else ""
    return Text.assemble((WAIT * waiting, STYLES["wait"]), (work, STYLES["work"]))


def _line_of_call(call: Call, room: _Room) -> Text:
    style = STYLES["failure" if call.error else "call"]
    result = Text(printable(result_of(call)), style)
    what = Text(printable(f"  {call.method} {path_of(call)}"), style)
    what.truncate(room.width - room.time - 2 - result.cell_len, overflow="ellipsis", pad=True)
    return _line(Text.assemble(what, " ", result), f"{call.ms} ms", room, style)


def _line(what: Text, time: str, room: _Room, style: str = "") -> Text:
    """``what`` at the left, and the time at the right edge."""
    what.truncate(room.width - room.time - 1, overflow="ellipsis", pad=True)
    return Text.assemble(what, (f" {time:>{room.time}}", style))


def _lines_of_failure(failure: StepFailure, width: int) -> Iterator[Text]:
    """What went wrong, whole, below the step."""
    text = f"{printable(failure.error)}: {printable(failure.cause)}"
    for line in _wrapped(text.split(), width - 4):
        yield Text(f"    {line}", STYLES["failure"])


def _wrapped(words: Iterable[str], width: int) -> Iterator[str]:
    """Lines of at most so many columns; a word that is longer than a line is cut."""
    line = ""
    for word in chain.from_iterable(_pieces(word, width) for word in words):
        if line and cell_len(line) + 1 + cell_len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        yield line


def _pieces(word: str, width: int) -> Iterator[str]:
    """The word, in parts that fit."""
    while cell_len(word) > width:
        most = next(count for count in range(width, 0, -1) if cell_len(word[:count]) <= width)
        yield word[:most]
        word = word[most:]
    yield word
