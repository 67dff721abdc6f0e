"""How many items of a batch may run at once, by its connections and its own limit."""

import pytest

from functions.runs.batches.places import Places, places_of

SLOTS = {"default": 2, "second": 3, "unused": 50}


def test_the_items_of_one_connection_have_its_slots() -> None:
    assert places_of(["second", "second"], SLOTS, None) == Places(3)


def test_each_connection_has_its_own_slots_and_the_batch_all_of_them() -> None:
    assert places_of(["second", "default", "second"], SLOTS, None) == Places(5, (0, 1, 0), (3, 2))


@pytest.mark.parametrize(("most", "whole"), [(1, 1), (4, 4), (200, 5)])
def test_the_batch_may_allow_fewer_than_the_slots_and_never_more(most: int, whole: int) -> None:
    assert places_of(["second", "default"], SLOTS, most).whole == whole
