"""Which part of its table a stage's history asks for."""

import pytest

from functions import clock
from local.history.history import Selection
from local.history.table import MOST_DAYS_BACK, _partitions
from tests.unit.history.test_record import AT


@pytest.mark.parametrize("since", [0.0, -6e10, AT - 86_400.0 * MOST_DAYS_BACK])
def test_no_more_days_are_asked_for_than_a_history_keeps(since: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: AT)
    days = [value for _, _, value in _partitions(Selection(since=since))]
    assert len(days) == MOST_DAYS_BACK + 2
    assert (days[0], days[-1]) == ("2026-11-28", "2016-11-29")
