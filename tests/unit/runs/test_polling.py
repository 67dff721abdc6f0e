"""The waiting policy: a tenth of the time that the job has run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.runs.polling import wait_seconds


@pytest.mark.parametrize(
    ("elapsed", "seconds"), [(0, 1), (9.9, 1), (19, 1), (20, 2), (299, 29), (600, 60), (86_400, 60)]
)
def test_a_tenth_of_the_elapsed_time_in_whole_seconds_between_1_and_60(elapsed: float, seconds: int) -> None:
    assert wait_seconds(elapsed) == seconds


@pytest.mark.parametrize(("retry_after", "seconds"), [(0, 3), (1, 3), (7, 7), (7.2, 8), (3600, 60)])
def test_the_server_may_ask_for_more_time_and_never_for_less(retry_after: float, seconds: int) -> None:
    assert wait_seconds(30, retry_after) == seconds


@pytest.mark.parametrize(("remaining", "seconds"), [(100, 60), (10.5, 11), (0, 1), (-5, 1)])
def test_no_wait_goes_far_past_the_deadline(remaining: float, seconds: int) -> None:
    assert wait_seconds(6000, None, remaining) == seconds


@given(st.floats(-1e6, 1e7), st.none() | st.floats(-1e6, 1e9), st.none() | st.floats(-1e9, 1e9))
def test_every_wait_is_a_whole_number_that_step_functions_accepts(
    elapsed: float, retry_after: float | None, remaining: float | None
) -> None:
    seconds = wait_seconds(elapsed, retry_after, remaining)
    assert isinstance(seconds, int)
    assert 1 <= seconds <= 60
