"""How long batches take, simulated by the deciding function: the small cases of tests/bench/batches/report.py."""

from collections.abc import Iterable

import pytest

from functions.runs.batches.forecast import schedule, shortest_possible
from tests.bench.batches.graphs import SHAPES, RandomBatch, on_several_connections, random_batch
from tests.bench.batches.optimum import first_come, optimum
from tests.bench.batches.report import Ratio, by_bound, by_first_come, by_optimum, wrong

WITHOUT_PLACES_TO_SPARE = RandomBatch("", ((),) * 5, 2, (3, 3, 2, 2, 2), (3, 3, 2, 2, 2))
"""Two and three items a place take 6 seconds; the longest first take 7."""


def test_batches_take_little_longer_than_no_order_could_beat() -> None:
    batches = [random_batch(seed) for seed in range(0, 400, 8)]
    assert {batch.shape for batch in batches} == set(SHAPES)
    assert _wrong(batches, [random_batch(seed, 8) for seed in range(40)], range(0, 400, 3)) == []


@pytest.mark.exhaustive
def test_what_holds_for_some_batches_holds_for_others() -> None:
    batches = [random_batch(seed) for seed in range(1_000, 1_200)]
    assert _wrong(batches, [random_batch(seed, 9) for seed in range(1_000, 1_100)], range(1_000, 1_200)) == []


def _wrong(batches: list[RandomBatch], small: list[RandomBatch], several: Iterable[int]) -> list[str]:
    judged = (
        map(by_bound, batches),
        map(by_optimum, small),
        map(by_first_come, batches),
        (by_bound(on_several_connections(seed)) for seed in several),
    )
    return wrong(*(Ratio.of(list(ratios)) for ratios in judged))


def test_the_search_finds_an_order_that_the_rule_misses() -> None:
    batch = WITHOUT_PLACES_TO_SPARE
    assert schedule(batch.plan, batch.places).makespan == 7
    assert optimum(batch) == 6


def test_the_search_respects_what_items_name() -> None:
    chain = RandomBatch("", ((), (0,), (1,), ()), 2, (1, 2, 3, 4), (1, 2, 3, 4))
    assert optimum(chain) == 6


def test_nothing_beats_the_lower_bound() -> None:
    batches = [random_batch(seed, 8) for seed in range(20)]
    bounds = [shortest_possible(batch.real_plan, batch.places) for batch in batches]
    assert all(optimum(batch) >= bound * (1 - 1e-9) for batch, bound in zip(batches, bounds, strict=True))


def test_first_come_takes_them_as_they_become_ready() -> None:
    assert first_come(((), (), ()), (1, 1, 8), 2) == 9
    assert first_come(((), (0,), ()), (1, 5, 3), 1) == 9


def test_a_limit_that_is_not_kept_is_named() -> None:
    good, bad = Ratio(1, 1, 1), Ratio(1.2, 1.3, 1.4)
    assert wrong(good, good, good, good) == []
    assert [len(wrong(*(bad if at == place else good for at in range(4)))) for place in range(4)] == [2, 1, 1, 2]


def test_a_ratio_leaves_five_of_a_hundred_above() -> None:
    assert Ratio.of(list(map(float, range(1, 101)))) == Ratio(50.5, 95, 100)
