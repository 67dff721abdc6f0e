"""Runs of the same datamart whose functions interleave in any way, crash anywhere, come late or twice.

hypothesis looks for a scenario (tests/support/interleaving_simulator.py) that breaks a rule of DESIGN.md "What must
never happen", and shows the shortest that it finds.
"""

from collections.abc import Iterator
from itertools import count, cycle

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from functions.limits import LONGEST_SESSION
from functions.runs.concurrency import LONGEST_JOB
from tests.support.interleaving_simulator import InterleavingSimulator, Run, clear_clients
from tests.support.invocations import Invocation
from tests.support.scenario_search import look_for_a_flaw
from tests.unit.runs.tables import new_table

DATAMARTS = {"A": "A" * 32, "B": "B" * 32}
NUMBER = st.integers(0, 3)
STEP = st.sampled_from(["execute_datamart", "get_status", "delete_instance", "log_in", "trigger_event"])
FOLLOW_UPS = [{"triggerEvent": "E" * 32}, {"publishCube": "C" * 32}, {"triggerEvent": "D" * 32}]
STEPS_AT_MOST = 10
FATE = st.sampled_from(["accepted"] * 4 + ["refused", "not sent", "answer lost", "late", "logout fails"])
ALL = 1_000

_scenarios = count(1)


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    with new_table() as name:
        Scenarios.table = name
        yield


class Scenarios(RuleBasedStateMachine):
    """The scenarios; each on a connection of its own in the one table."""

    table: str

    @initialize(
        limit=st.sampled_from([2, 1, 3]),
        longest=st.sampled_from([600, 3_600, None]),
        monitor=st.booleans(),
        others=st.sampled_from("AAB"),
        named=st.lists(st.booleans(), min_size=3, max_size=3),
        old=st.lists(st.sampled_from([False, False, True]), min_size=3, max_size=3),
        following=st.lists(st.integers(0, len(FOLLOW_UPS)), min_size=3, max_size=3),
    )
    def begin(
        self,
        limit: int,
        longest: int | None,
        monitor: bool,
        others: str,
        named: list[bool],
        old: list[bool],
        following: list[int],
    ) -> None:
        self.patch = pytest.MonkeyPatch()
        self.system = InterleavingSimulator(self.table, f"c{next(_scenarios)}", limit, longest, monitor)
        self.system.patched(self.patch)
        self.datamarts = iter(f"AA{others}AAAAAA")
        self.named, self.old, self.following = cycle(named), cycle(old), cycle(following)

    def _running(self, number: int) -> Run:
        """One of two or three that run; for each that has ended another one begins, up to a number."""
        running = [run for run in self.system.runs.values() if run.running]
        while len(running) < 3 and (letter := next(self.datamarts, None)):
            name = f"Mart {letter}" if next(self.named) else ""
            then = FOLLOW_UPS[: next(self.following)]
            running.append(self.system.begin(DATAMARTS[letter], name, is_old=next(self.old), then=then))
        return running[number % len(running)] if running else self._ended(number)

    def _ended(self, number: int) -> Run:
        ended = [run for run in self.system.runs.values() if not run.running]
        return ended[number % len(ended)]

    def _invocation(self, number: int) -> Invocation:
        return self.system.invocations[number % len(self.system.invocations)]

    @rule(number=NUMBER, fate=FATE, step=STEP)
    def go_to(self, number: int, fate: str, step: str) -> None:
        self._go_to(self._running(number), fate, step)

    def _go_to(self, run: Run, fate: str, step: str) -> None:
        """Undisturbed until it is about to enter that step, perhaps of its next attempt; its job ends on the way."""
        for _ in range(STEPS_AT_MOST):
            self._end_jobs(run)
            if run.waits:
                break
            if run.running:
                (run.current[-1] if run.current else self.system.invoke(run, fate)).go_on()
                self.system.settle()
            if run.step == step:
                break

    def _end_jobs(self, run: Run) -> None:
        for request in self.system.server.live():
            if request.run == run.arn and not request.on_its_way and run.step == "get_status":
                request.end()

    @rule(number=NUMBER, fate=FATE, operations=st.integers(0, 10))
    def begin_step(self, number: int, fate: str, operations: int) -> None:
        run = self._running(number)
        if run.running and not run.current and not run.waits:
            self.system.invoke(run, fate).go_on(operations)

    @precondition(lambda self: self.system.invocations)
    @rule(number=NUMBER, operations=st.sampled_from([ALL, 1, 2, 3]))
    def work_on(self, number: int, operations: int) -> None:
        self._invocation(number).go_on(operations)

    @rule(
        number=NUMBER,
        fate=FATE,
        step=STEP,
        operations=st.integers(0, 10),
        stopped=st.booleans(),
        meanwhile=st.lists(st.tuples(NUMBER, FATE, STEP), min_size=1, max_size=3),
    )
    def be_overtaken(
        self, number: int, fate: str, step: str, operations: int, stopped: bool, meanwhile: list[tuple[int, str, str]]
    ) -> None:
        """A function is slow: its run is stopped or invokes it again, runs go on, and then it does, too."""
        run = self._running(number)
        self._go_to(run, fate, step)
        if not run.running or run.waits:
            return
        slow = self.system.invoke(run, fate)
        slow.go_on(operations)
        if stopped:
            self.system.stop(run)
        else:
            self.system.invoke(run, fate).go_on()
        self.system.settle()
        for others in meanwhile:
            self.go_to(*others)
        slow.go_on()

    @rule(number=NUMBER)
    def stop(self, number: int) -> None:
        if (run := self._running(number)).running:
            self.system.stop(run)

    @precondition(lambda self: any(not run.running for run in self.system.runs.values()))
    @rule(number=NUMBER, operations=st.sampled_from([ALL, 0, 1, 2, 4]))
    def end_run(self, number: int, operations: int) -> None:
        self.system.end_run(self._ended(number)).go_on(operations)

    @rule(operations=st.sampled_from([ALL, 1, 2, 4]))
    def look_at_queues(self, operations: int) -> None:
        self.system.look_at_queues().go_on(operations)

    @precondition(lambda self: self.system.server.live())
    @rule(number=NUMBER, lost=st.booleans(), ended=st.booleans(), then=STEP)
    def lose_session(self, number: int, lost: bool, ended: bool, then: str) -> None:
        """A run with a job loses its session; the job ends, too, or instead."""
        request = self.system.server.live()[number % len(self.system.server.live())]
        run = self.system.runs[request.run]
        if lost:
            self.system.lose_session(run)
        if (ended or not lost) and not request.on_its_way:
            request.end()
        if lost:
            self._go_to(run, "accepted", then)

    @precondition(lambda self: self.system.invocations)
    @rule(number=NUMBER)
    def crash(self, number: int) -> None:
        self._invocation(number).kill()

    @rule(seconds=st.sampled_from([5, 59, 601, 700, 1_300, 3_550, 4_300, 11_000, LONGEST_JOB + 1]))
    def pass_time(self, seconds: int) -> None:
        self.system.pass_time(seconds)

    @invariant()
    def no_rule_is_broken(self) -> None:
        self.system.settle()
        assert self.system.flaws == []

    def teardown(self) -> None:
        if not hasattr(self, "system"):
            return
        try:
            self._at_last_a_newcomer_gets_the_datamart()
        finally:
            for invocation in self.system.invocations:
                invocation.kill()
            self.patch.undo()
            clear_clients()

    def _at_last_a_newcomer_gets_the_datamart(self) -> None:
        for run in self.system.runs.values():
            if run.running:
                self.system.stop(run)
        self.system.pass_time(2 * LONGEST_JOB)
        newcomer = self.system.begin(DATAMARTS["A"])
        pauses = 0
        while newcomer.step != "execute_datamart":
            if newcomer.waits or newcomer.step == "delete_instance":  # it may be the one that finds a pending session
                self.system.pass_time(LONGEST_SESSION + 1)
                pauses += 1
            self.system.invoke(newcomer).go_on()
            self.system.settle()
            assert pauses <= 2


def test_no_interleaving_breaks_a_rule() -> None:
    look_for_a_flaw(Scenarios, 4, 30)


@pytest.mark.exhaustive
def test_no_interleaving_of_many_breaks_a_rule() -> None:
    look_for_a_flaw(Scenarios, 400, 40)
