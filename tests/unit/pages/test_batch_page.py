"""The page of a batch: slots, dependencies and the longest chain."""

from dataclasses import replace

import pytest

from local.pages.batch_page import BatchPage, batch_page
from tests.unit.pages.reports import batch_report, night_of_300

AFTER = [[], [], [0, 1], [1], [2, 3]]
"""Items of 1, 2, 3, 4 and 5 minutes."""


@pytest.fixture
def page() -> BatchPage:
    return BatchPage(batch_report(AFTER, slots=2), 0)


def numbers(names: tuple[str, ...]) -> list[int]:
    return [int(name.split()[1]) for name in names]


def test_the_longest_chain_is_the_one_that_took_longest(page: BatchPage) -> None:
    assert numbers(page.chain) == [1, 3, 4]
    assert page.chain_seconds == 60 * (2 + 4 + 5)
    assert [item.is_critical for item in page.items] == [item.name in page.chain for item in page.items]
    chain = "item 1 of the night → item 3 of the night → item 4 of the night"
    assert f"Longest chain: 11 min, 3 items, outlined: {chain}." in batch_page(page.report, 0)


def test_an_item_has_a_slot_until_it_ends(page: BatchPage) -> None:
    assert [lane.name for lane in page.lanes] == ["Slot 1", "Slot 2"]
    for lane in page.lanes:
        assert all(one.end <= two.slot_at for one, two in zip(lane.items, lane.items[1:], strict=False))
    assert sum(len(lane.items) for lane in page.lanes) == 5


def test_each_connection_has_its_own_slots() -> None:
    report = batch_report(AFTER)
    items = tuple(replace(item, connection=("a", "b")[place % 2]) for place, item in enumerate(report.items))
    assert {lane.name for lane in BatchPage(replace(report, items=items), 0).lanes} >= {"a, slot 1", "b, slot 1"}


def test_arrows_lead_from_each_named_item_and_those_of_the_chain_stand_out(page: BatchPage) -> None:
    assert len(page.arrows) + len(page.critical_arrows) == sum(map(len, AFTER))
    assert len(page.critical_arrows) == 2
    rows = {item.name: item for item in page.items}
    last = page.critical_arrows[-1]
    assert last.x2 == page.scale.at(rows["item 4 of the night"].begin)


def test_the_wait_for_a_slot_is_told_from_the_run() -> None:
    report = batch_report([[]])
    item = replace(report.items[0], queue_seconds=30.0, duration_seconds=30.0)
    page = BatchPage(replace(report, items=(item,)), 0)
    assert [(band.kind, band.x, band.width) for band in page.bands(page.items[0])] == [
        ("wait", 0.0, 50.0),
        ("loaded", 50.0, 50.0),
    ]


def test_items_whose_records_do_not_fit_together_have_a_page_without_a_chain() -> None:
    report = batch_report(AFTER)
    one, two = "item 0 of the night", "item 1 of the night"
    page = BatchPage(replace(report, after={one: (two,), two: (one,), "x": ("y",)}), 0)
    assert page.chain == ()
    assert "Longest chain" not in batch_page(page.report, 0)


def test_a_batch_whose_plan_is_not_known_is_shown_without_dependencies() -> None:
    page = BatchPage(replace(batch_report(AFTER), after={}), 0)
    assert page.chain == ()
    assert page.arrows == ()
    assert len(page.lanes) == 2


def test_a_batch_of_which_nothing_has_run_has_a_page() -> None:
    report = batch_report(AFTER)
    assert "By slot" not in batch_page(replace(report, items=()), 0)


def test_300_items_of_which_100_failed_take_less_than_500_kb() -> None:
    page = batch_page(night_of_300(), 0)
    assert page.count("<article") == 300
    assert len(page.encode()) < 500_000
