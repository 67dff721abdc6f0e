"""What an attempt found out about a server that is down: may a later one find it up (DESIGN.md "Again")?"""

from typing import Any

from functions import clock
from functions.errors import ServerUnavailable
from functions.runs.job_state import NOTHING_ORDERED
from functions.runs.run import Run
from functions.text import shorten

LONGEST = 500
"""Bytes that are kept of why the server was unavailable."""


def note_outage(run: Run, error: ServerUnavailable) -> None:
    """Keep in the attempt that the server was unavailable.

    ``outage`` before anything was executed, unless no waiting cures it: {retryAfter}, the seconds after which the
    server itself asked to come back, or None. ``unavailable`` afterwards, while the run goes on looking: {at, reason}.
    """
    if run.job not in NOTHING_ORDERED:
        run.learn(unavailable={"at": clock.now(), "reason": shorten(str(error), LONGEST)})
    elif error.may_pass:
        run.learn(outage={"retryAfter": error.retry_after})


def last_outage(attempt: dict[str, Any]) -> str:
    """The sentence about it for a run whose time is over; empty where the server was always there."""
    found = attempt.get("unavailable")
    return f"The server was last unavailable at {clock.timestamp(found['at'])}: {found['reason']}" if found else ""
