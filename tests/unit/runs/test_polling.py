"""When to look at a job again: what follows from the durations of earlier runs, and the limits of a wait."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.runs.polling import longest_wait, seconds_until_next_look, with_duration

STEADY = [1190.0, 1210.0, 1205.0, 1195.0, 1200.0, 1198.0, 1203.0, 1207.0]


def looks_at(duration: float, history: Sequence[float], longest: int = 600) -> list[int]:
    """Seconds after the execution request at which a job of that duration is looked at."""
    times = [0]
    while times[-1] < duration:
        times.append(times[-1] + seconds_until_next_look(times[-1], len(times) - 1, history, longest=longest))
    return times[1:]


def test_the_first_run_of_an_hour_takes_at_most_60_looks_and_is_found_at_most_a_tenth_late() -> None:
    for duration in (3300, 3600, 3900):
        looks = looks_at(duration, [])
        assert len(looks) <= 60
        assert looks[-1] <= 1.1 * duration


def test_without_a_history_waits_grow_with_the_time_elapsed() -> None:
    waits = [seconds_until_next_look(elapsed, 0, []) for elapsed in (0, 60, 600, 3600, 10_000)]
    assert waits == sorted(waits)
    assert waits[0] == 1
    assert waits[-1] == 600


def test_a_steady_job_is_looked_at_around_its_usual_end() -> None:
    looks = looks_at(1201, STEADY, longest=1200)
    assert len(looks) <= 8
    assert looks[-1] - 1201 <= 0.02 * 1201
    assert sum(look > 1150 for look in looks) >= len(looks) - 3


def test_a_job_of_two_usual_durations_is_not_looked_at_between_them() -> None:
    looks = looks_at(3600, [300, 3600, 301, 3590, 299, 3605, 302, 3610], longest=3600)
    assert sum(400 < look < 3200 for look in looks) <= 8


def test_growth_from_night_to_night_moves_the_looks_ahead() -> None:
    growing = [1000 * 1.02**night for night in range(20)]
    tomorrow = 1000 * 1.02**20
    looks = looks_at(tomorrow, growing, longest=3600)
    assert len(looks) <= 6
    assert looks[-1] <= 1.03 * tomorrow


def test_of_a_long_history_the_last_20_durations_count() -> None:
    assert seconds_until_next_look(900, 3, [5.0] * 30 + STEADY * 3) == seconds_until_next_look(
        900, 3, (STEADY * 3)[-20:]
    )


def test_a_dearer_look_is_made_later() -> None:
    waits = [seconds_until_next_look(600, 0, [], look_cost=cost) for cost in (0.0005, 0.002, 0.008)]
    assert waits == sorted(set(waits))


@pytest.mark.parametrize(
    "history",
    [[], [1200], [1200] * 20, [0.0] * 20, [0.0, 1e300], [1e9] * 20, [1.0, 86_400.0], list(range(1, 21))],
    ids=["empty", "one", "equal", "zeros", "zero and huge", "huge", "far apart", "growing"],
)
def test_every_history_leads_to_waits_that_a_machine_accepts(history: list[float]) -> None:
    for elapsed in (-5, 0, 0.5, 30, 1199.7, 86_400, 1e12):
        for longest in (1, 300, 600):
            seconds = seconds_until_next_look(elapsed, 0, history, longest=longest)
            assert isinstance(seconds, int)
            assert 1 <= seconds <= longest


@given(
    st.floats(-1e6, 1e7),
    st.lists(st.floats(0, 1e12), max_size=25),
    st.none() | st.floats(-1e6, 1e9),
    st.none() | st.floats(-1e9, 1e9),
)
def test_a_wait_is_a_whole_number_of_seconds_within_its_limits(
    elapsed: float, history: list[float], retry_after: float | None, remaining: float | None
) -> None:
    wait = seconds_until_next_look(elapsed, 7, history, retry_after=retry_after, remaining=remaining)
    assert isinstance(wait, int)
    assert 1 <= wait <= 600
    assert wait == seconds_until_next_look(elapsed, 7, tuple(history), retry_after=retry_after, remaining=remaining)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="expected a finite number"):
        seconds_until_next_look(10, 0, [1200, number])
    with pytest.raises(ValueError, match="expected a finite number"):
        seconds_until_next_look(number, 0, [])


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="negative duration -1"):
        seconds_until_next_look(10, 0, [1200, -1])


@pytest.mark.parametrize(("retry_after", "seconds"), [(0, 17), (1, 17), (70, 70), (70.2, 71), (3600, 600)])
def test_the_server_may_ask_for_more_time_and_never_for_less(retry_after: float, seconds: int) -> None:
    assert seconds_until_next_look(100, 0, [], retry_after=retry_after) == seconds


@pytest.mark.parametrize(("remaining", "seconds"), [(1000, 600), (10.5, 11), (0, 1), (-5, 1)])
def test_no_wait_goes_far_past_the_deadline(remaining: float, seconds: int) -> None:
    assert seconds_until_next_look(20_000, 0, [], remaining=remaining) == seconds


def test_many_looks_make_the_shortest_wait_longer() -> None:
    assert [seconds_until_next_look(2, looks, []) for looks in (0, 39, 40, 1000)] == [1, 1, 2, 50]


@pytest.mark.parametrize(
    ("idle_timeout", "seconds"),
    [(None, 300), (0, 300), (-1, 300), (1, 1), (600, 300), (601, 300), (1200, 600), (1800, 600), (86_400, 600)],
)
def test_the_longest_wait_is_half_of_the_idle_timeout_and_at_most_ten_minutes(
    idle_timeout: float | None, seconds: int
) -> None:
    assert longest_wait(idle_timeout) == seconds


def test_a_history_keeps_the_newest_20_durations() -> None:
    history: tuple[float, ...] = ()
    for night in range(25):
        history = with_duration(history, night + 0.04)
    assert history == tuple(float(night) for night in range(5, 25))
