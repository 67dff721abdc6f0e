"""Bands and ticks of charts."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.pages.scale import MOST_TICKS, NARROWEST, Scale

SPANS = (0.0, 0.05, 3.4, 45, 250, 599, 900, 5_400, 43_200, 9 * 86_400.0)


@pytest.fixture(autouse=True)
def in_india(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A zone whose hours begin at the half hour of UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize("seconds", SPANS)
def test_ticks_are_few_inside_the_chart_and_in_order(seconds: float) -> None:
    places = [tick.x for tick in Scale.over(1_795_000_000.3, 1_795_000_000.3 + seconds).ticks]
    assert 2 <= len(places) <= MOST_TICKS + 1
    assert places == sorted(set(places))
    assert all(0 <= place <= 100 for place in places)


def test_a_short_chart_counts_from_its_start_and_a_long_one_has_times_of_the_day() -> None:
    assert [tick.label for tick in Scale(1_000.0, 1_003.4).ticks] == ["0 s", "1 s", "2 s", "3 s"]
    assert [tick.label for tick in Scale(0.0, 7_200.0).ticks] == ["05:30", "06:00", "06:30", "07:00", "07:30"]
    assert [tick.label for tick in Scale(0.0, 5 * 86_400.0).ticks][:2] == ["02 Jan", "03 Jan"]


def test_labels_at_both_ends_stay_inside() -> None:
    assert [tick.anchor for tick in Scale(0.0, 5.0).ticks] == ["start", *["middle"] * 4, "end"]


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_every_band_is_seen_and_inside_the_chart(begin: float, length: float) -> None:
    band = Scale(0.0, 1_000.0).band("work", begin, begin + length)
    assert band.width >= NARROWEST
    assert 0 <= band.x <= band.end <= 100.01
