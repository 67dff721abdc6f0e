"""Many runs of one connection: nobody is overtaken, no slot stands idle, and waiting costs each the same."""

from collections.abc import Callable

import pytest

from local.simulator import catalogue
from local.simulator.scenario import Scenario
from tests.bench.queue.real_runs import wrong
from tests.integration.conftest import System
from tests.support.cases import exhaustive
from tests.support.queue_costs import Costs, costs_of

JOB_SECONDS = 12.0
"""Short, because each look at a job costs a test's time."""


Measure = Callable[[int, int], Costs]


@pytest.fixture
def costs(new_system: Callable[..., System], monkeypatch: pytest.MonkeyPatch) -> Measure:
    """Runs so many runs on so many slots."""

    def measure(runs: int, slots: int) -> Costs:
        seconds = tuple(JOB_SECONDS + 3 * (number % 4) for number in range(runs))
        system = new_system(Scenario(more_loads=seconds))
        monkeypatch.setenv("MAX_CONCURRENT_RUNS", f'{{"default": {slots}}}')
        loads = [{"project": catalogue.TUTORIAL, "datamart": catalogue.load_id(n + 1)} for n in range(runs)]
        return costs_of(system.emulator, loads, slots)

    return measure


@pytest.mark.parametrize(("runs", "slots"), [(4, 2), *map(exhaustive, [(6, 2), (30, 3)])])
def test_runs_queue_in_the_order_of_their_arrival_and_each_slot_is_handed_over_at_once(
    costs: Measure, runs: int, slots: int
) -> None:
    found = costs(runs, slots)
    assert wrong(found) == [], found
    assert (found.idle, found.makespan) == (0, pytest.approx(1, abs=0.01))


@pytest.mark.exhaustive
def test_a_run_makes_as_many_calls_of_dynamodb_however_many_runs_and_slots_there_are(
    costs: Measure,
) -> None:
    few, many = costs(6, 1), costs(24, 4)
    assert many.calls[1] <= few.calls[1] + 3  # two slots that are given back at one moment: one looks again
