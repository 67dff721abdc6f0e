"""Runs of the same datamart whose functions interleave in any way, crash anywhere, come late or twice.

hypothesis looks for a play on the stage (tests/unit/runs/stage.py) that breaks a rule of DESIGN.md "What must never
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

from functions.limits import LONGEST_SESSION
from functions.runs.concurrency import LONGEST_JOB
from tests.unit.runs.stage import Execution, Invocation, Stage
from tests.unit.runs.tables import new_table

DATAMARTS = {"A": "A" * 32, "B": "B" * 32}
NUMBER = st.integers(0, 3)
STEP = st.sampled_from(["execute", "look", "clean_up", "log_in"])
STEPS_AT_MOST = 7
FATE = st.sampled_from(["accepted"] * 4 + ["refused", "not sent", "answer lost", "late", "logout fails"])
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
        others=st.sampled_from("AAB"),
    )
    def begin(self, limit: int, longest: int | None, monitor: bool, others: str) -> None:
        self.patch = pytest.MonkeyPatch()
        self.stage = Stage(self.table, f"c{next(_plays)}", limit, longest, monitor)
        self.stage.patched(self.patch)
        self.datamarts = iter(f"AA{others}AAAAAA")

    def _running(self, number: int) -> Execution:
        """One of two or three that run; for each that has ended another one begins, up to a number."""
        running = [execution for execution in self.stage.executions.values() if execution.running]
        while len(running) < 3 and (letter := next(self.datamarts, None)):
            running.append(self.stage.begin(DATAMARTS[letter]))
        return running[number % len(running)] if running else self._ended(number)

    def _ended(self, number: int) -> Execution:
        ended = [execution for execution in self.stage.executions.values() if not execution.running]
        return ended[number % len(ended)]

    def _invocation(self, number: int) -> Invocation:
        return self.stage.invocations[number % len(self.stage.invocations)]

    @rule(number=NUMBER, fate=FATE, step=STEP)
    def go_to(self, number: int, fate: str, step: str) -> None:
        self._go_to(self._running(number), fate, step)

    def _go_to(self, execution: Execution, fate: str, step: str) -> None:
        """Undisturbed until it is about to enter that step, perhaps of its next attempt; its job ends on the way."""
        for _ in range(STEPS_AT_MOST):
            self._end_jobs(execution)
            if execution.running:
                (execution.current[-1] if execution.current else self.stage.invoke(execution, fate)).go_on()
                self.stage.settle()
            if execution.step == step:
                break

    def _end_jobs(self, execution: Execution) -> None:
        for order in self.stage.live():
            if order.run == execution.arn and not order.on_its_way and execution.step == "look":
                order.end()

    @rule(number=NUMBER, fate=FATE, operations=st.integers(0, 8))
    def begin_step(self, number: int, fate: str, operations: int) -> None:
        execution = self._running(number)
        if execution.running and not execution.current:
            self.stage.invoke(execution, fate).go_on(operations)

    @precondition(lambda self: self.stage.invocations)
    @rule(number=NUMBER, operations=st.sampled_from([ALL, 1, 2, 3]))
    def work_on(self, number: int, operations: int) -> None:
        self._invocation(number).go_on(operations)

    @rule(
        number=NUMBER,
        fate=FATE,
        step=STEP,
        operations=st.integers(0, 8),
        stopped=st.booleans(),
        meanwhile=st.lists(st.tuples(NUMBER, FATE, STEP), min_size=1, max_size=3),
    )
    def be_overtaken(
        self, number: int, fate: str, step: str, operations: int, stopped: bool, meanwhile: list[tuple[int, str, str]]
    ) -> None:
        """A function is slow: its execution is stopped or invokes it again, runs go on, and then it does, too."""
        execution = self._running(number)
        self._go_to(execution, fate, step)
        if not execution.running:
            return
        slow = self.stage.invoke(execution, fate)
        slow.go_on(operations)
        if stopped:
            self.stage.stop(execution)
        else:
            self.stage.invoke(execution, fate).go_on()
        self.stage.settle()
        for others in meanwhile:
            self.go_to(*others)
        slow.go_on()

    @rule(number=NUMBER)
    def stop(self, number: int) -> None:
        if (execution := self._running(number)).running:
            self.stage.stop(execution)

    @precondition(lambda self: any(not execution.running for execution in self.stage.executions.values()))
    @rule(number=NUMBER, operations=st.sampled_from([ALL, 0, 1, 2, 4]))
    def end_run(self, number: int, operations: int) -> None:
        self.stage.end_run(self._ended(number)).go_on(operations)

    @precondition(lambda self: self.stage.live())
    @rule(number=NUMBER, lost=st.booleans(), ended=st.booleans(), then=STEP)
    def lose_session(self, number: int, lost: bool, ended: bool, then: str) -> None:
        """A run with a job loses its session; the job ends, too, or instead."""
        order = self.stage.live()[number % len(self.stage.live())]
        self.stage.executions[order.run].session_lost |= lost
        if (ended or not lost) and not order.on_its_way:
            order.end()
        if lost:
            self._go_to(self.stage.executions[order.run], "accepted", then)

    @precondition(lambda self: self.stage.invocations)
    @rule(number=NUMBER)
    def crash(self, number: int) -> None:
        self._invocation(number).kill()

    @rule(seconds=st.sampled_from([5, 59, 700, 1_300, 3_550, 4_300, 11_000, LONGEST_JOB + 1]))
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
        newcomer = self.stage.begin(DATAMARTS["A"])
        while newcomer.step != "execute":
            if newcomer.step == "clean_up":  # the first attempt may be the one that finds a session in doubt
                self.stage.pass_time(LONGEST_SESSION + 1)
            self.stage.invoke(newcomer).go_on()
            self.stage.settle()
            assert newcomer.attempt <= 2


def play(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Plays,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_interleaving_breaks_a_rule() -> None:
    play(22, 30)


@pytest.mark.exhaustive
def test_no_interleaving_of_many_breaks_a_rule() -> None:
    play(1_000, 40)
