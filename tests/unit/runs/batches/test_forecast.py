"""Expected times of a batch's items, its longest chain, and what no order can beat."""

from functions.runs.batches import forecast
from functions.runs.batches.forecast import Schedule, critical_path, schedule, shortest_possible, usual_seconds
from functions.runs.batches.order import Plan
from tests.unit.runs.batches.plans import plan

CHAIN_AND_ONE = plan("", "", "1", seconds=(30, 20, 15))


def test_items_start_as_the_deciding_function_starts_them() -> None:
    assert schedule(CHAIN_AND_ONE, places=1) == Schedule(starts=(20, 0, 50), ends=(50, 20, 65), order=(1, 0, 2))
    assert schedule(CHAIN_AND_ONE, places=2) == Schedule(starts=(0, 0, 20), ends=(30, 20, 35), order=(1, 0, 2))


def test_the_order_follows_the_usual_durations_and_the_times_those_that_the_items_take() -> None:
    found = schedule(plan("", "", seconds=(1, 2)), places=1, seconds=(7, 5))
    assert found == Schedule(starts=(5, 0), ends=(12, 5), order=(1, 0))
    assert found.makespan == 12


def test_an_item_starts_while_others_of_an_earlier_one_still_run() -> None:
    found = schedule(plan("", "", "0", seconds=(1, 100, 1)), places=2)
    assert found.starts[2] == 1, "no barrier"


def test_the_critical_path_is_the_longest_chain() -> None:
    assert critical_path(CHAIN_AND_ONE) == (1, 2)
    assert critical_path(plan("", "0", "0", "12", seconds=(1, 5, 9, 1))) == (0, 2, 3)
    assert critical_path(Plan((), ())) == ()


def test_no_order_beats_the_longest_chain_or_the_work_of_all_places() -> None:
    assert shortest_possible(CHAIN_AND_ONE, 1) == 65
    assert shortest_possible(CHAIN_AND_ONE, 3) == 35
    assert shortest_possible(Plan((), ()), 1) == 0


def test_no_order_beats_the_work_of_one_connection_shared_by_its_slots() -> None:
    several = Plan(((),) * 4, (30, 30, 30, 6), connections=(0, 0, 0, 1), slots=(1, 2))
    assert shortest_possible(several, 3) == 90
    assert schedule(several, 3).makespan == 90
    assert schedule(several, 3).starts == (0, 30, 60, 0)


def test_what_a_batch_usually_takes_is_known_once_each_item_has_run() -> None:
    plan = Plan(after=((), (0,), ()), seconds=(60.0, 30.0, 10.0))
    assert usual_seconds(plan, 2) == 90.0
    assert usual_seconds(plan, 1) == 100.0
    assert usual_seconds(Plan(after=((), (0,)), seconds=(60.0, None)), 2) is None
    assert usual_seconds(Plan(after=(), seconds=()), 1) is None


def test_of_a_large_batch_the_usual_duration_is_the_least_that_its_places_allow() -> None:
    items = forecast.MOST_FOLLOWED + 1
    plan = Plan(after=((),) * items, seconds=(60.0,) * items)
    assert usual_seconds(plan, 3) == shortest_possible(plan, 3) == 60.0 * items / 3
