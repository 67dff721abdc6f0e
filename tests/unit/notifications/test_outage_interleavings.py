"""Ends of runs that fail on one connection, which interleave in any way, crash anywhere, come late, twice or never.

hypothesis looks for a scenario (tests/support/outage_simulator.py) in which a failure is lost or reported twice, and
shows the shortest that it finds.
"""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from functions.limits import END_VISIBILITY, OUTAGE_GATHERED_FOR, OUTAGE_MESSAGE_EVERY
from tests.support.interleaving_simulator import clear_clients
from tests.support.outage_simulator import OutageSimulator
from tests.support.scenario_search import look_for_a_flaw
from tests.unit.runs.tables import new_table

NUMBER = st.integers(0, 5)
OPERATIONS = st.sampled_from([1_000, 1, 2, 3, 4, 5, 6, 8])
MOST_RUNS = 7

_scenarios = count(1)


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    with new_table() as name:
        Outages.table = name
        yield


class Outages(RuleBasedStateMachine):
    """The scenarios; each on a connection of its own in the one table."""

    table: str

    @initialize()
    def begin(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.system = OutageSimulator(self.table, f"o{next(_scenarios)}")
        self.system.patched(self.patch)

    def _name(self, number: int) -> str:
        return self.system.queue[number % len(self.system.queue)].run

    @precondition(lambda self: len(self.system.failed) < MOST_RUNS)
    @rule(error=st.sampled_from(["ServerUnavailable", "SessionLost", "NotFound"]), operations=OPERATIONS)
    def fail(self, error: str, operations: int) -> None:
        self.system.deliver(self.system.fail(error)).go_on(operations)

    @precondition(lambda self: len(self.system.failed) < MOST_RUNS)
    @rule()
    def fail_unseen(self) -> None:
        self.system.lose(self.system.fail())

    @precondition(lambda self: self.system.queue)
    @rule(number=NUMBER, operations=OPERATIONS)
    def deliver(self, number: int, operations: int) -> None:
        self.system.deliver(self._name(number)).go_on(operations)

    @rule(operations=OPERATIONS)
    def look(self, operations: int) -> None:
        self.system.look().go_on(operations)

    @precondition(lambda self: self.system.invocations)
    @rule(number=NUMBER, operations=OPERATIONS)
    def work_on(self, number: int, operations: int) -> None:
        self.system.invocations[number % len(self.system.invocations)].go_on(operations)

    @precondition(lambda self: self.system.invocations)
    @rule(number=NUMBER)
    def crash(self, number: int) -> None:
        self.system.invocations[number % len(self.system.invocations)].kill()

    @rule()
    def refuse_to_publish(self) -> None:
        self.system.refusals = 1

    @rule(seconds=st.sampled_from([1, OUTAGE_GATHERED_FOR, END_VISIBILITY + 1, 400, OUTAGE_MESSAGE_EVERY]))
    def pass_time(self, seconds: float) -> None:
        self.system.pass_time(seconds)

    def teardown(self) -> None:
        if not hasattr(self, "system"):
            return
        try:
            self._each_failure_is_reported_once()
        finally:
            for invocation in self.system.invocations:
                invocation.kill()
            self.patch.undo()
            clear_clients()

    def _each_failure_is_reported_once(self) -> None:
        system = self.system
        system.pass_time(END_VISIBILITY)
        for end in system.queue:
            if not end.deliveries:
                end.is_lost = True
        system.sweep()
        for _ in range(4):
            system.pass_time(OUTAGE_MESSAGE_EVERY / 2)
            system.sweep()
            system.look().go_on()
        told, may_be_twice = system.told(), system.may_be_told_twice()
        assert {name for name in system.failed if not told[name]} == set(), "lost"
        assert {name for name, times in told.items() if times > 1} <= may_be_twice, "reported twice"


def test_no_interleaving_loses_a_failure_or_reports_one_twice() -> None:
    look_for_a_flaw(Outages, 15, 25)


@pytest.mark.exhaustive
def test_no_interleaving_of_many_loses_a_failure_or_reports_one_twice() -> None:
    look_for_a_flaw(Outages, 1_500, 40)
