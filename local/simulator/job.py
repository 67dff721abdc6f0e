"""A job: the numbers that its status runs through over time, and the moment at which the table is written."""

import sqlite3
from collections.abc import Callable
from typing import Any

from local.simulator.answer import Refusal
from local.simulator.catalogue import DatamartSpec

Stage = tuple[float, int]
"""Seconds, and the status reported meanwhile (contract section 6)."""

RESOLVING: list[Stage] = [(0.2, 8)]
LOADING_PROMPTS: list[Stage] = [(0.2, 23)]
FINISHING: list[Stage] = [(0.2, 17)]


class Job:
    """One job on the Intelligence Server.

    Its progress is worked out from the clock whenever it is looked at, so a clock that is put forward takes the job
    with it.

    Parameters
    ----------
    job_id, spec, started
        What runs, and since when.
    has_open_prompts
        Whether it must stand still at status 2.
    load
        Writes the table; raises sqlite3.Error.
    """

    def __init__(
        self,
        job_id: str,
        spec: DatamartSpec,
        started: float,
        has_open_prompts: Callable[[], bool],
        load: Callable[[], None],
    ) -> None:
        self.id = job_id
        self.spec = spec
        self._has_open_prompts = has_open_prompts
        self._load = load
        self._at = started
        self._stages: list[Stage] = [*RESOLVING, *(LOADING_PROMPTS if spec.prompts else [])]
        self._next: Callable[[], None] = self._resolved
        self.status = 0
        self.held = False
        self.ended = False
        self.message: str | None = None
        self.i_server_code: int | None = None

    def look(self, now: float) -> int:
        """The status at ``now``, everything done that was due until then."""
        if now < self._at and self.status == 0:
            return 0  # accepted late: not there yet
        while not self.ended and not self.held and self._stages:
            seconds, status = self._stages[0]
            self.status = status
            if now < self._at + seconds:
                break
            self._at += seconds
            self._stages.pop(0)
            if not self._stages:
                self._next()
        return self.status

    def prompts_answered(self, now: float, still_open: float) -> None:
        """Go on after prompts were answered; stand still again if nested ones have opened."""
        if not self.held or self._has_open_prompts():
            return
        self.held = False
        self._at = now
        self._stages = [*([(still_open, 2)] if still_open else []), (0.1, 8)]
        self._next = self._resolved

    def open_nested(self, now: float) -> None:
        """The prompts that the last answers opened are being loaded."""
        self.held = False
        self._at = now
        self._stages = [(0.1, 8), *LOADING_PROMPTS]
        self._next = self._resolved

    def cancel(self) -> None:
        """End without a result."""
        if not self.ended:
            self._fail("The job was cancelled.", -2147209196)

    def _resolved(self) -> None:
        if self._has_open_prompts():
            self.held, self.status = True, 2
        elif self.spec.fails_early:
            self._stages, self._next = [(0.3, 5)], self._fail_early
        else:
            self._stages, self._next = [(0.3, 5), (self.spec.seconds, 6)], self._write

    def _write(self) -> None:
        try:
            self._load()
        except sqlite3.Error as error:
            self._fail(f"(QueryEngine encountered error: {error})", -2147212544)
            return
        self._stages, self._next = list(FINISHING), self._finish

    def _finish(self) -> None:
        self.status, self.ended = 1, True

    def _fail_early(self) -> None:
        self._fail("The template of the datamart cannot be resolved.", -2147205467)

    def _fail(self, message: str, i_server_code: int) -> None:
        self.message, self.i_server_code = message, i_server_code
        self.status, self.ended, self._stages = 3, True, []

    def describe(self) -> dict[str, Any]:
        """As the job monitor lists it (contract 6.1)."""
        states = {2: "waiting_for_autoprompt", 13: "waiting", 14: "waiting_on_governor", 15: "waiting_for_project"}
        return {"id": self.id, "objectId": self.spec.id, "status": states.get(self.status, "executing")}

    def body(self) -> dict[str, Any]:
        """What GET execution adds when the job failed."""
        if self.message is None:
            return {}
        return {"message": self.message, "iServerCode": self.i_server_code, "ticketId": "f" * 32}


def not_posted(before_post: Any) -> int:
    """What GET execution answers before any POST: a status, or an error (contract 11.6)."""
    if before_post == "404":
        raise Refusal(404, 4, "The instance has no execution.", -2147468986)
    if before_post == "500":
        raise Refusal(500, 1, "The execution is not available.")
    return int(before_post)
