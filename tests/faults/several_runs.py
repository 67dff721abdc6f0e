"""What a case with several runs left behind, and what must be true of it whether they are a queue or a batch."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from functions.errors import OWN_ERRORS
from local.outcome import Outcome
from tests.faults.faults import Case
from tests.support.reports import report_text

STATUSES = {"SUCCEEDED", "FAILED", "ABORTED"}

MAY_FAIL = ("denied", "for-ever", "for-minutes")
"""Faults, by what is in their names, with which what they meet may fail: all others pass by themselves."""


@dataclass
class RunSeen:
    """What is to be seen of one of the runs."""

    outcome: Outcome
    item: dict[str, Any]
    events: list[dict[str, Any]]
    notices: list[dict[str, Any]]

    @property
    def failure_notices(self) -> list[dict[str, Any]]:
        """What people got about the run, but for the good news that its datamart is loaded again."""
        return [notice for notice in self.notices if not is_recovery(notice)]


def is_recovery(notice: dict[str, Any]) -> bool:
    """Whether it says that a load ended failures in a row."""
    return " is loaded again after " in str(notice["Subject"])


@dataclass
class SeveralSeen:
    """What a case left behind to be judged: runs by their letters; steps: see :class:`Watch`."""

    case: Case | None
    runs: dict[str, RunSeen]
    items: dict[str, dict[str, Any]]
    left: dict[str, Any]
    loads: dict[str, int]
    steps: list[tuple[str, str, str]]
    logs: str
    secrets: set[str]
    tokens: set[str]
    hung: bool
    met: bool

    @property
    def every(self) -> dict[str, RunSeen]:
        """All executions by their letters."""
        return self.runs


def happened(seen: SeveralSeen) -> Iterator[str]:
    """The case met what it was to meet."""
    if not seen.met:
        yield "what was to happen did not happen"


def ends(seen: SeveralSeen) -> Iterator[str]:
    """All end, each with an error of the closed list."""
    if seen.hung:
        yield "the executions did not end by themselves"
    for letter, run in seen.every.items():
        status, error, cause = run.outcome.status, run.outcome.error, run.outcome.cause or ""
        if status not in STATUSES:
            yield f"{letter}: the status {status}"
        if status == "FAILED" and error not in OWN_ERRORS:
            yield f"{letter}: the error {error}, which is not of the closed list: {cause}"


def leaves_nothing(seen: SeveralSeen) -> Iterator[str]:
    """No session, instance or job on the server; no slot, lease or ticket in the run table."""
    if seen.left:
        yield "left on the server: " + ", ".join(f"{len(what)} {kind}" for kind, what in seen.left.items())
    for key, item in seen.items.items():
        if key.startswith(("lease/", "slot/")) and "owner" in item and "uncertain" not in item:
            yield f"{key} is still held"
        if key.startswith("queue/"):
            yield from (f"the ticket {ticket} is still in the queue" for ticket in item["tickets"])
            held = [holder["o"] for holder in item["holders"].values() if "u" not in holder]
            yield from (f"{owner[:1]} still has a slot" for owner in held)


def keeps_its_secrets(seen: SeveralSeen) -> Iterator[str]:
    """A token is in its ticket or its batch while that waits, and in the history of its own execution; nowhere else."""
    every = seen.every.values()
    written = {
        "output": json.dumps([[run.outcome.output, run.outcome.error, run.outcome.cause] for run in every]),
        "items": json.dumps([i for k, i in seen.items.items() if not k.startswith("ticket/")], default=str),
        "notices and events": json.dumps([[run.notices, run.events] for run in every]),
        "logs": seen.logs,
        "reports": "\n".join(report_text(run.outcome, seen.logs) for run in every),
    }
    history = json.dumps([run.outcome.history for run in every], default=str)
    for place, text in {**written, "history": history}.items():
        secrets = seen.secrets | (seen.tokens if place in written else set())
        if any(secret in text or json.dumps(secret)[1:-1] in text for secret in secrets):
            yield f"a secret in the {place}"
