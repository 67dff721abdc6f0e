"""The emulator keeps the collector of garbage from searching what stays, and leaves it as it was."""

import gc
from collections.abc import Iterator

import pytest

from local.emulator.garbage import OBJECTS_BETWEEN_SEARCHES, searched_less


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """The collector of the test run, as it was before the test."""
    threshold, frozen = gc.get_threshold(), gc.get_freeze_count()
    yield
    gc.set_threshold(*threshold)
    if frozen:
        gc.freeze()
    else:
        gc.unfreeze()


def test_what_is_there_is_not_searched_until_the_end_of_the_block() -> None:
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    with searched_less():
        assert gc.get_freeze_count()
        assert gc.get_threshold() == (OBJECTS_BETWEEN_SEARCHES, 10, 10)
    assert (gc.get_freeze_count(), gc.get_threshold()) == (0, (700, 10, 10))


def test_a_collector_that_searches_even_less_stays_so() -> None:
    gc.freeze()
    gc.set_threshold(2 * OBJECTS_BETWEEN_SEARCHES, 5, 5)
    with searched_less():
        assert gc.get_threshold() == (2 * OBJECTS_BETWEEN_SEARCHES, 5, 5)
    assert gc.get_freeze_count()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.set_threshold(0)
    with searched_less():
        assert gc.get_threshold()[0] == 0
