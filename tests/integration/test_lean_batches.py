"""What a batch takes of AWS beyond its runs, by the documented formulas: a constant, and some units for each item."""

from collections.abc import Callable

import pytest

from infra.costs import batch_counts, run_counts
from infra.costs.batch_counts import EVENTS, LAMBDA_CALLS, TRANSITIONS, BatchWork
from local.simulator.scenario import Scenario
from tests.integration.conftest import System
from tests.integration.test_lean_runs import work_of
from tests.support.aws_calls import counted, without_plans
from tests.support.batches import load

TOKEN_BYTES = 36
"""Of the emulator's task tokens."""


@pytest.fixture
def system(new_system: Callable[..., System]) -> System:
    """A server with eight datamarts that take some seconds each, and one slot: no two ends come at once."""
    return new_system(Scenario(more_loads=(5.0, 7.0, 11.0, 6.0, 9.0, 8.0, 5.0, 1.0)))


@pytest.mark.parametrize("items", [3, 7])
def test_a_batch_takes_what_the_documented_formulas_say(system: System, items: int) -> None:
    system.run(datamart=load(8)["datamart"])  # the first of a connection makes the item of its queue
    earlier = {5: (1, 2), 6: (3,), 7: (5, 6)}
    batch = {"items": [load(number, *earlier.get(number, ())) for number in range(1, items + 1)]}
    with without_plans(), counted(system.emulator) as calls:
        ended = system.emulator.wait(system.emulator.start_batch({"batch": batch}))
        runs = system.emulator.wait_for_all([line["execution"] for line in ended.output["items"]])
    assert ended.output["counts"] == {"items": items, "loaded": items}
    works = [work_of(run) for run in runs]
    own = BatchWork(items, first=1, token_bytes=TOKEN_BYTES)
    assert len(ended.states) == TRANSITIONS
    assert len(ended.history) == EVENTS
    assert len(calls.invocations) == LAMBDA_CALLS + sum(map(run_counts.lambda_calls, works))
    assert calls.read_units == batch_counts.read_units(own) + sum(map(run_counts.read_units, works))
    written = batch_counts.write_units(own) + sum(map(run_counts.write_units, works))
    assert 0.9 < calls.write_units / written <= 1
    assert calls.refused == []
    of_batch = [call for call in calls if call.key.startswith(("batch-", ended.execution_arn))]
    assert sum(call.operation in ("PutItem", "UpdateItem", "BatchWriteItem") for call in of_batch) == 3 * items + 8
    assert max(call.size for call in of_batch) < 1_024
