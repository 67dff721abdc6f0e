"""From when on a load that still runs takes longer than usual."""

import random
import statistics
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.runs.usual import LEAST_RUNS, LEAST_SECONDS, Usual, median_of
from tests.bench.polling.families import FAMILIES

DURATIONS = st.lists(st.floats(0, 90_000), min_size=LEAST_RUNS, max_size=20)


def usual(*history: float) -> Usual:
    found = Usual.of(history)
    assert found is not None
    return found


def test_nothing_is_usual_of_a_datamart_that_never_ran() -> None:
    assert Usual.of(()) is None


def test_after_a_few_runs_there_is_a_usual_duration_and_none_that_is_too_long() -> None:
    assert usual(60, 80, 70, 90) == (75, float("inf"), 4)


def test_the_fifth_load_is_enough_to_tell_what_is_too_long() -> None:
    assert usual(*[3_600.0] * LEAST_RUNS) == (3_600, 1.75 * 3_600, LEAST_RUNS)


def test_a_steady_load_of_an_hour_is_longer_than_usual_after_an_hour_and_a_half() -> None:
    assert usual(*[3_600.0] * 20) == (3_600, 1.5 * 3_600, 20)


def test_a_load_of_seconds_is_not_longer_than_usual_before_it_took_five_minutes_more() -> None:
    assert usual(*[4.0] * 20) == (4, 4 + LEAST_SECONDS, 20)


def test_one_load_that_hung_does_not_hide_the_next_that_hangs() -> None:
    assert usual(*[1_200.0] * 19, 36_000.0).longest < 3 * 1_200


def test_the_fewer_runs_are_known_the_longer_a_load_may_take() -> None:
    few, many = usual(*[600.0] * 4, 1_800.0), usual(*([600.0] * 16 + [1_800.0] * 4))
    assert few.seconds == many.seconds == 600
    assert few.longest > many.longest > 1_800


@given(DURATIONS, st.floats(1, 100))
def test_the_limit_is_beyond_the_usual_duration_and_grows_with_the_durations(
    history: Sequence[float], factor: float
) -> None:
    found, longer = usual(*history), usual(*(factor * seconds for seconds in history))
    assert found.longest >= max(1.5 * found.seconds, found.seconds + LEAST_SECONDS)
    assert longer.longest >= found.longest


@pytest.mark.parametrize("runs", [5, 20])
@pytest.mark.parametrize(
    ("name", "share"),
    [("normal 20 min, σ 15 %", 0.001), ("lognormal 20 min, CV 50 %", 0.025), ("uniform 1 to 10 min", 0.01)],
)
def test_few_loads_are_reported_that_take_as_long_as_ever(name: str, share: float, runs: int) -> None:
    (family,) = [family for family in FAMILIES if family.name == name]
    source = random.Random(runs)  # noqa: S311 - repeatable, no secret
    nights = [([family.draw(source) for _ in range(runs)], family.draw(source)) for _ in range(4_000)]
    reported = sum(seconds > usual(*history).longest for history, seconds in nights)
    assert reported <= share * len(nights)


@given(st.lists(st.floats(0, 90_000), min_size=1, max_size=21))
def test_the_median_is_that_of_pythons_own_module(numbers: Sequence[float]) -> None:
    assert median_of(numbers) == statistics.median(numbers)
