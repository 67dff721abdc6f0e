"""``datamart answer``: answer what a deployed run asks, from the run's name to the exit code."""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from functions.answering.question import skeleton
from functions.asking.reply import WrongReply, answers_in
from functions.run import clock
from functions.telling.notice import console_link
from local import show
from local.asking import Read, ask_about, literal, show_question
from local.deployed import CannotGoOn
from local.deployed.waiting import NotTaken, Waiting, waiting_run

STANDARD_INPUT = "-"

CODES: tuple[tuple[type[BaseException], int], ...] = (
    (NotTaken, 1),
    (WrongReply, 1),
    (UnicodeError, 1),
    (EOFError, 1),
    (CannotGoOn, 2),
    (KeyboardInterrupt, 130),
)
"""The exit code by what went wrong; the first that fits."""

_NOTHING_SENT = "nothing was sent"


@dataclass
class Report:
    """What became of it: whether it was ``sent``, the ``question`` without its token, the ``problem`` in words."""

    sent: bool = False
    question: dict[str, Any] | None = None
    problem: str | None = None
    doing: str = _NOTHING_SENT


def answer(arguments: argparse.Namespace, read: Read | None = None) -> int:
    """Send what answers the question of a run, and return the exit code.

    0 sent; 1 not taken: a wrong answer, nothing waits, too late; 2 bad usage or no such run; 130 Ctrl-C.

    Parameters
    ----------
    arguments
        ``run``, ``file``, ``stage``, ``decline`` and ``json``, as local/cli.py parses them.
    read
        Reads the lines of a dialogue; what is typed on the terminal if left out.
    """
