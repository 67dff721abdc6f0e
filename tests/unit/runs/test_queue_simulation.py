"""Many runs on one connection, simulated by the rules of the queue: the small cases of tests/bench/queue/report.py."""

from dataclasses import replace

import pytest

from tests.bench.queue.report import CASES, FAULTS, Case, gapless, simulated, wrong
from tests.bench.queue.simulation import overtaken_by
from tests.unit.runs.queues import NOON, queue, ticket

SMALL = [
    Case("30 s", 24, 3),
    Case("1 h", 6, 1),
    Case("5 min", 24, 3, datamarts=6, high=0.4),
]


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_waiting_is_short_fair_and_cheap(case: Case) -> None:
    row = simulated(case, seed=1)
    assert wrong(case, row) == []
    assert row.done == case.runs


@pytest.mark.parametrize("case", [replace(case, faults=FAULTS) for case in SMALL], ids=lambda case: case.name)
def test_lost_hand_overs_and_stopped_runs_leave_nobody_waiting(case: Case) -> None:
    """The simulation ends only when nobody waits and no slot is taken."""
    rows = [simulated(case, seed) for seed in range(2)]
    assert [wrong(case, row) for row in rows] == [[], []]


@pytest.mark.exhaustive
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_holds_for_few_runs_holds_for_many(case: Case) -> None:
    assert wrong(case, simulated(case, seed=2)) == []


def test_gapless_scheduling_gives_each_run_the_slot_that_is_free_first() -> None:
    assert gapless([(0, 0, 10), (1, 0, 20), (2, 0, 5)], 1) == 35
    assert gapless([(0, 0, 10), (1, 0, 20), (2, 0, 5)], 2) == 20
    assert gapless([(0, 0, 10), (1, 50, 20)], 1) == 70


def test_the_simulation_sees_who_is_overtaken() -> None:
    first, second = ticket(1), ticket(2)
    assert overtaken_by(second, queue(first, second)) == ["t1"]
    assert overtaken_by(first, queue(first, second)) == []
    assert overtaken_by(second, queue(first, second, held=("d1",))) == []
    older, newer = ticket(2, "d", as_of=NOON - 1), ticket(1, "d", as_of=NOON)
    assert overtaken_by(newer, queue(older, newer)) == ["t2"]
