"""``datamart pause``: keeps the runs of a connection or a job in the queue; without a name lists what is paused."""

import argparse
import sys
from dataclasses import dataclass, field
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.execution_input import moment
from local.aws.queues import Paused, Queues
from local.cli.console import console_for
from local.cli.endings import reported
from local.errors import CannotGoOn

STOPPED = "stopped; list what is paused with: datamart pause"


@dataclass
class Report:
    """The result: what is paused by then, the ``problem`` in words."""

    pauses: list[dict[str, Any]] = field(default_factory=list)
    problem: str | None = None


def pause(arguments: argparse.Namespace) -> int:
    """Pause, or list what is paused, and return the exit code.

    0 done; 2 bad usage, or AWS refuses; 130 Ctrl-C.

    Parameters
    ----------
    arguments
        ``name``, ``until``, ``stage`` and ``json``, as local/cli/arguments.py parses them.
    """
    report = Report()
    return reported(lambda: _pause(arguments, report), report, STOPPED, arguments.json)


def _pause(arguments: argparse.Namespace, report: Report) -> None:
    if arguments.name is None and arguments.until is not None:
        raise CannotGoOn("--until: name the connection or the job that is to be paused.")
    until = None if arguments.until is None else _time(arguments.until)
    queues = Queues(arguments.stage)
    if arguments.name is not None:
        queues.pause(queues.named(arguments.name), until)
    show(queues, report, arguments.json)


def show(queues: Queues, report: Report, as_json: bool) -> None:
    """Print what is paused, and put it into the report."""
    console = console_for(sys.stderr if as_json else sys.stdout)
    pauses = queues.pauses()
    report.pauses = [each.as_json() for each in pauses]
    for each in pauses:
        console.print(_line(each), soft_wrap=True)
    if not pauses:
        console.print("Nothing is paused.")


def _line(paused: Paused) -> str:
    times = paused.as_json()
    where = "" if paused.job is None else f' (connection "{paused.connection}")'
    return f"{paused.name}{where} is paused since {times['since']} until {times['until']}"


def _time(text: str) -> float:
    try:
        return moment(text).timestamp()
    except InvalidRequest:
        raise CannotGoOn(f"--until: {text!r} is not a time with its offset, such as 2026-11-20T05:00+01:00.") from None
