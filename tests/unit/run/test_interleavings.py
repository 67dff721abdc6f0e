"""Runs of the same datamart whose functions interleave in any way, crash anywhere, come late or twice.

hypothesis looks for a play on the stage (tests/unit/run/stage.py) that breaks a rule of DESIGN.md, "What must never
happen", and shows the shortest that it finds.
"""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from functions.run.admission import LONGEST_JOB, LONGEST_SESSION
from tests.unit.run.stage import Execution, Invocation, Stage
from tests.unit.run.tables import new_table

DATAMARTS = {"A": "A" * 32, "B": "B" * 32}
NUMBER = st.integers(0, 3)
FATE = st.sampled_from(["accepted", "accepted", "answer lost", "late", "not sent", "refused", "logout fails"])
ALL = 1_000

_plays = count(1)


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    with new_table() as name:
        Plays.table = name
        yield


class Plays(RuleBasedStateMachine):
    """The plays; each on a connection of its own in the one table."""

    table: str

    @initialize(
        limit=st.sampled_from([2, 1, 3]),
        longest=st.sampled_from([600, 3_600, None]),
        monitor=st.booleans(),
        datamarts=st.sampled_from(["AA", "AAA", "AAB"]),
    )
    def begin(self, limit: int, longest: int | None, monitor: bool, datamarts: str) -> None:
        self.patch = pytest.MonkeyPatch()
        self.stage = Stage(self.table, f"c{next(_plays)}", limit, longest, monitor)
        self.stage.patched(self.patch)
        for letter in datamarts:
            self.stage.begin(DATAMARTS[letter])

    def _pick(self, number: int) -> Execution:
        executions = list(self.stage.executions.values())
        return executions[number % len(executions)]

    def _invocation(self, number: int) -> Invocation:
        return self.stage.invocations[number % len(self.stage.invocations)]

    @rule(number=NUMBER, fate=FATE, operations=st.integers(0, 8))
    def begin_step(self, number: int, fate: str, operations: int) -> None:
        execution = self._pick(number)
        if execution.running and not execution.current:
            self.stage.invoke(execution, fate).go_on(operations)

    @rule(number=NUMBER, fate=FATE, steps=st.integers(1, 6))
    def go_far(self, number: int, fate: str, steps: int) -> None:
        execution = self._pick(number)
        for _ in range(steps):
            if execution.running:
                (execution.current[-1] if execution.current else self.stage.invoke(execution, fate)).go_on()
                self.stage.settle()

    @precondition(lambda self: self.stage.invocations)
    @rule(number=NUMBER, operations=st.sampled_from([ALL, 1, 2, 3]))
    def work_on(self, number: int, operations: int) -> None:
        self._invocation(number).go_on(operations)

    @rule(number=NUMBER, fate=FATE, operations=st.integers(0, 8))
    def invoke_twice(self, number: int, fate: str, operations: int) -> None:
        execution = self._pick(number)
        if execution.running and len(execution.current) < 2:
            self.stage.invoke(execution, fate).go_on(operations)
            self.stage.invoke(execution, fate).go_on()

    @rule(number=NUMBER)
    def stop(self, number: int) -> None:
        if (execution := self._pick(number)).running:
            self.stage.stop(execution)

    @rule(number=NUMBER, operations=st.sampled_from([ALL, 0, 1, 2, 4]))
    def end_run(self, number: int, operations: int) -> None:
        if not (execution := self._pick(number)).running:
            self.stage.end_run(execution).go_on(operations)

    @rule(number=NUMBER, mishap=st.sampled_from(["the session is lost", "the job ends", "a function crashes"]))
    def happen(self, number: int, mishap: str) -> None:
        jobs = [order for order in self.stage.live() if not order.on_its_way]
        if mishap == "the session is lost":
            self._pick(number).session_lost = True
        elif mishap == "the job ends" and jobs:
            jobs[number % len(jobs)].end()
        elif mishap == "a function crashes" and self.stage.invocations:
            self._invocation(number).kill()

    @rule(seconds=st.sampled_from([5, 59, 700, 4_300, 11_000, LONGEST_JOB + 1]))
    def pass_time(self, seconds: int) -> None:
        self.stage.pass_time(seconds)

    @invariant()
    def no_rule_is_broken(self) -> None:
        self.stage.settle()
        assert self.stage.flaws == []

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        try:
            self._at_last_a_newcomer_gets_the_datamart()
        finally:
            for invocation in self.stage.invocations:
                invocation.kill()
            self.patch.undo()

    def _at_last_a_newcomer_gets_the_datamart(self) -> None:
        for execution in self.stage.executions.values():
            if execution.running:
                self.stage.stop(execution)
        self.stage.pass_time(2 * LONGEST_JOB)
        for datamart in DATAMARTS.values():
            self._succeeds(self.stage.begin(datamart))
        assert self.stage.flaws == []

    def _succeeds(self, newcomer: Execution) -> None:
        """In its second attempt at the latest: the first may be the one that finds a session which is in doubt."""
        while newcomer.running:
            self.stage.invoke(newcomer).go_on()
            self.stage.settle()
            for order in self.stage.live():
                order.end()
            if newcomer.step == "conclude":
                self.stage.pass_time(LONGEST_SESSION + 1)
        assert (newcomer.status, newcomer.attempt <= 2) == ("SUCCEEDED", True)


def play(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Plays,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_interleaving_breaks_a_rule() -> None:
    play(60, 30)


@pytest.mark.sweep
def test_no_interleaving_of_many_breaks_a_rule() -> None:
    play(5_000, 50)
