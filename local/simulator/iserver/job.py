"""A job: the numbers that its status runs through over time, and the moment at which the table is written."""

import sqlite3
from collections.abc import Callable

from local.simulator.catalogue import DatamartSpec
from local.simulator.scenario import Scenario, Stages

RESOLVING: Stages = ((0.2, 8),)
LOADING_PROMPTS: Stages = ((0.2, 23),)
FINISHING: Stages = ((0.2, 17),)

CANCELLED = -2147209196
PROMPT_TIMED_OUT = -2147203529
RAN_TOO_LONG = -2147209075


class LoadFailed(Exception):
    """The table cannot be written, for a reason that is not the warehouse's."""

    def __init__(self, message: str, i_server_code: int) -> None:
        super().__init__(message)
        self.i_server_code = i_server_code


class Job:
    """One job on the Intelligence Server.

    Its progress is worked out from the clock whenever it is looked at, so a clock that is put forward takes the job
    with it.

    Parameters
    ----------
    job_id, spec, started
        What runs, and since when.
    scenario
        Which numbers it reports on its way.
    has_open_prompts
        Whether it must stand still at status 2.
    load
        Writes the table; raises sqlite3.Error or LoadFailed.
    """

    def __init__(
        self,
        job_id: str,
        spec: DatamartSpec,
        started: float,
        scenario: Scenario,
        has_open_prompts: Callable[[], bool],
        load: Callable[[], None],
    ) -> None:
        self.id = job_id
        self.spec = spec
        self.started = started
        self.user = ""
        self._scenario = scenario
        self._has_open_prompts = has_open_prompts
        self._load = load
        self._at = started
        self._stages: list[tuple[float, int]] = [
            *scenario.queue,
            *RESOLVING,
            *(LOADING_PROMPTS if spec.prompts else ()),
        ]
        self._next: Callable[[], None] = self._resolved
        self.status = 0
        self.begun = False
        self.in_sql = False
        self.held = False
        self.ended = False
        self.message: str | None = None
        self.i_server_code: int | None = None

    def look(self, now: float) -> int:
        """The status at ``now``, everything done that was due until then."""
        if now < self._at and not self.begun:
            return 0  # accepted late: not there yet
        self.begun = True
        while not self.ended and not self.held and self._stages:
            seconds, self.status = self._stages[0]
            if now < self._at + seconds:
                break
            self._at += seconds
            self._stages.pop(0)
            if not self._stages:
                self._next()
        patience = self._scenario.prompt_patience
        if self.held and patience is not None and now >= self._at + patience:
            self._fail("The job timed out waiting for a prompt's answer.", PROMPT_TIMED_OUT)
        return self.status

    @property
    def stuck(self) -> bool:
        """Whether it stands still although every prompt is answered (API.md 11.5)."""
        return self.held and not self._has_open_prompts()

    def prompts_are_late(self, now: float) -> bool:
        """Whether its open prompts are not listed yet: status 2 comes first, and its prompts after it."""
        late = self._scenario.late_prompts
        return late > 0 and self._has_open_prompts() and not (self.held and now >= self._at + late)

    def prompts_answered(self, now: float) -> None:
        """Go on after prompts were answered; stand still while some are open."""
        if not self.held or self._has_open_prompts() or not self._scenario.continues_after_answers:
            return
        still_open = max(self._scenario.still_open, self._scenario.still_listed)
        self._go_on(now, [*_waiting(still_open), (0.1, 8)])

    def open_nested(self, now: float) -> None:
        """The prompts that the last answers opened are being loaded."""
        self._go_on(now, [*_waiting(self._scenario.still_listed), (0.1, 8), *LOADING_PROMPTS])

    def _go_on(self, now: float, stages: list[tuple[float, int]]) -> None:
        self.held, self._at, self._stages, self._next = False, now, stages, self._resolved

    def cancel(self) -> None:
        """End without a result."""
        if not self.ended:
            self._fail("The job was cancelled.", CANCELLED)

    def _resolved(self) -> None:
        if self._has_open_prompts():
            self.held, self.status = True, 2
            return
        self.in_sql = True
        self._stages = [(0.3, 5), *self._scenario.while_running]
        self._next = self._in_sql
        if self.spec.fails_early:
            self._next = self._fail_early

    def _in_sql(self) -> None:
        longest = float(self.spec.properties.get("Maximum Execution Time") or 0)
        if 0 < longest < self.spec.seconds:
            self._stages, self._next = [(longest, 6)], self._fail_for_its_time
        else:
            self._stages, self._next = [(self.spec.seconds, 6)], self._write

    def _write(self) -> None:
        try:
            self._load()
        except LoadFailed as problem:
            self._fail(str(problem), problem.i_server_code)
            return
        except sqlite3.Error as error:
            self._fail(f"(QueryEngine encountered error: {error})", -2147212544)
            return
        self._stages, self._next = list(FINISHING), self._finish

    def _finish(self) -> None:
        self.status, self.ended = self._scenario.success_status, True

    def _fail_early(self) -> None:
        self._fail("The template of the datamart cannot be resolved.", -2147205467)

    def _fail_for_its_time(self) -> None:
        self._fail("The job exceeded its maximum execution time.", RAN_TOO_LONG)

    def _fail(self, message: str, i_server_code: int) -> None:
        self.message, self.i_server_code = message, i_server_code
        self.status, self.ended, self.held, self._stages = self._scenario.failure_status, True, False, []


def _waiting(seconds: float) -> Stages:
    """Status 2 for a while although there is nothing to wait for."""
    return ((seconds, 2),) if seconds else ()
