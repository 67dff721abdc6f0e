"""What starts and what is skipped: the deciding function of batches."""

import random
import sys
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.runs.batches.order import (
    FIRST_CAUSES,
    Decision,
    ItemState,
    Plan,
    after_decision,
    decide,
    has_ended,
    waits_for,
    with_states,
)
from tests.unit.runs.batches.plans import ENDS, night, plan, plans, running_on

DIAMOND = plan("", "0", "0", "12")


def test_an_item_starts_once_all_that_it_names_are_loaded() -> None:
    assert decide(DIAMOND, "wwww", 4).start == (0,)
    assert decide(DIAMOND, "lwww", 4).start == (1, 2)
    assert decide(DIAMOND, "lrlw", 4) == Decision()
    assert decide(DIAMOND, "lllw", 4).start == (3,)


def test_as_many_start_as_places_are_free() -> None:
    three = plan("", "", "")
    assert [len(decide(three, "www", places).start) for places in (-1, 0, 1, 2, 3, 9)] == [0, 0, 1, 2, 3, 3]


TWO_ON_ONE_SLOT = Plan(((), (), (), ()), (4, 3, 2, 1), connections=(0, 0, 1, 1), slots=(1, 2))


def test_no_more_items_run_on_a_connection_than_it_has_slots_whatever_others_have_free() -> None:
    assert decide(TWO_ON_ONE_SLOT, "wwww", 3).start == (0, 2, 3)
    assert decide(TWO_ON_ONE_SLOT, "rwrw", 1).start == (3,)
    assert decide(TWO_ON_ONE_SLOT, "lwrr", 1).start == (1,)
    assert decide(TWO_ON_ONE_SLOT, "rwrr", 9) == Decision()
    assert decide(TWO_ON_ONE_SLOT, "rrrw", 9).start == (3,), "more run on the first than it has slots now"


def test_the_places_of_the_whole_batch_bound_what_all_connections_have_free() -> None:
    assert decide(TWO_ON_ONE_SLOT, "wwww", 2).start == (0, 2)
    assert decide(TWO_ON_ONE_SLOT, "wwww", 0) == Decision()


def test_the_longest_chain_goes_first_and_not_the_longest_item() -> None:
    long_item_or_long_chain = plan("", "", "1", "2", seconds=(50, 20, 20, 20))
    assert decide(long_item_or_long_chain, "wwww", 1).start == (1,)
    assert decide(long_item_or_long_chain, "wlww", 1).start == (0,)


def test_a_chain_is_an_item_and_the_longest_of_what_comes_after_it() -> None:
    assert plan("", "0", "0", "12", seconds=(1, 20, 300, 4000)).chains == (4301, 4020, 4300, 4000)


def test_of_equal_chains_the_first_in_the_file_goes_first() -> None:
    assert decide(plan("", "", "", seconds=(5, 7, 7)), "www", 3).start == (1, 2, 0)


def test_without_any_history_the_chain_of_most_items_goes_first() -> None:
    assert decide(plan("", "", "", "1", "2", "4"), "wwwwww", 3).start == (2, 1, 0)


def test_an_item_without_a_history_counts_as_the_median_of_the_others() -> None:
    assert plan("", "", "", "", seconds=(None, 10, 30, 500)).expected == (30, 10, 30, 500)
    assert decide(plan("", "", "", "", seconds=(None, 10, 31, 29)), "wwww", 4).start == (2, 0, 3, 1)


@pytest.mark.parametrize("state", ["f", "u", "x"])
def test_what_comes_after_an_item_that_is_not_loaded_is_skipped_with_the_first_cause(state: str) -> None:
    chain = plan("", "0", "1", "2", "")
    assert decide(chain, f"{state}wwww", 1) == Decision(start=(4,), skip={1: 0, 2: 0, 3: 0})


def test_an_item_that_was_skipped_passes_its_first_cause_on() -> None:
    assert decide(plan("", "0", "1"), "fsw", 1).skip == {2: 0}
    assert decide(plan("", "0", "1"), "lsw", 1).skip == {2: 1}, "skipped for a reason outside the batch"


def test_of_several_causes_the_one_named_first_is_reported() -> None:
    assert decide(Plan(((), (), (1, 0)), (None,) * 3), "ffw", 1).skip == {2: 1}


def test_what_runs_already_is_not_skipped_and_what_has_ended_stays() -> None:
    assert decide(plan("", "0", "0", "0"), "frlu", 1) == Decision()


def test_with_on_failure_stop_nothing_starts_after_the_first_failure() -> None:
    stops = plan("", "", "", "0", on_failure="stop")
    assert decide(stops, "frww", 2) == Decision(skip={2: 0, 3: 0})
    assert decide(stops, "lrww", 2).start == (2, 3)
    assert not decide(stops, "wsww", 2).skip, "only an item that ran decides"
    assert Plan((), ()).on_failure == "continue"


def test_a_batch_has_ended_when_no_item_waits_or_runs() -> None:
    assert [has_ended(states) for states in ("lfusx", "lfusw", "lfusr", "")] == [True, False, False, True]


def test_a_decision_carried_out_changes_the_states() -> None:
    assert after_decision("lfwww", Decision(start=(4,), skip={2: 1})) == "lfswr"
    assert with_states("lrr", {1: ItemState.UNKNOWN}) == "lur"


def test_an_item_waits_for_those_it_names_that_are_not_loaded() -> None:
    assert waits_for(DIAMOND, "lrlw", 3) == (1,)
    assert waits_for(DIAMOND, "lwww", 1) == ()


@pytest.mark.parametrize("states", ["", "ww", "wwwww", "wwwz", "wwwW"])
def test_states_of_another_plan_are_refused(states: str) -> None:
    with pytest.raises(ValueError, match="4 states of w/r/l/f/u/s/x are expected"):
        decide(DIAMOND, states, 1)


def test_items_in_every_state_there_is_are_decided_on() -> None:
    assert decide(plan("", "", "", "", "", "", ""), "wrlfusx", 1).start == (0,)


def test_a_plan_with_a_cycle_is_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        decide(plan("", "2", "1"), "www", 1)


@given(plans(), st.integers(1, 5), st.data())
def test_a_night_keeps_every_promise_whatever_ends_first(of: Plan, places: int, data: st.DataObject) -> None:
    number = len(of.after)
    outcomes = tuple(data.draw(st.lists(st.sampled_from(ENDS), min_size=number, max_size=number)))
    played = night(of, outcomes, places, data.draw)
    before = ItemState.WAITING * number
    skipped: dict[int, int] = {}
    for states in played.states:
        assert states.count(ItemState.RUNNING) <= places
        assert all(used <= slots for used, slots in zip(running_on(of, states), of.slots, strict=True))
        for item, (was, state) in enumerate(zip(before, states, strict=True)):
            named = {states[earlier] for earlier in of.after[item]}
            if was != state == ItemState.RUNNING:
                assert was == ItemState.WAITING
                assert named <= {ItemState.LOADED}
            if was != state == ItemState.SKIPPED:
                assert was == ItemState.WAITING
                assert of.on_failure == "stop" or named & {*FIRST_CAUSES, ItemState.SKIPPED}
        before = states
    for decision in played.decisions:
        assert not skipped.keys() & decision.skip.keys()
        skipped |= decision.skip
    for item, cause in skipped.items():
        assert played.states[-1][item] == ItemState.SKIPPED
        assert played.states[-1][cause] in FIRST_CAUSES
    assert has_ended(played.states[-1])
    if of.on_failure == "continue":
        loaded: set[int] = set()
        for item in of.in_order:
            if outcomes[item] == ItemState.LOADED and loaded.issuperset(of.after[item]):
                loaded.add(item)
        assert {item for item, state in enumerate(played.states[-1]) if state == ItemState.LOADED} == loaded


@given(plans(), st.integers(0, 5), st.data())
def test_a_decision_leaves_no_place_free_and_repeated_does_nothing_more(
    of: Plan, places: int, data: st.DataObject
) -> None:
    states = "".join(data.draw(st.lists(st.sampled_from(ItemState), min_size=len(of.after), max_size=len(of.after))))
    decision = decide(of, states, places)
    after = after_decision(states, decision)
    again = decide(of, after, places - len(decision.start))
    assert again == Decision()
    if len(decision.start) < places:
        used = running_on(of, after)
        full = {connection for connection, slots in enumerate(of.slots) if used[connection] >= slots}
        ready = [
            item for item in range(len(after)) if after[item] == ItemState.WAITING and not waits_for(of, after, item)
        ]
        assert {of.connections[item] if of.slots else None for item in ready} <= full


def test_a_decision_on_a_thousand_items_costs_in_proportion_to_them() -> None:
    short, long = (_lines_run(items) for items in (125, 1_000))
    assert short > 100
    assert long / short < 10, "eight times the items, so a square would be 64"
    assert long < 80_000, "lines of Python, 2 ms"


def _lines_run(items: int) -> int:
    """Of the first decision, which computes the chains, in a batch with a failure and three named items each."""
    chance = random.Random(1)  # noqa: S311
    after = tuple(tuple(chance.sample(range(item), min(item, 3))) for item in range(items))
    of = Plan(after, tuple(chance.uniform(1, 1_000) for _ in range(items)))
    states = "l" * (items // 2) + "f" + "w" * (items - items // 2 - 1)
    lines = 0

    def count(_frame: FrameType, event: str, _of: object) -> object:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        decision = decide(of, states, 10)
    finally:
        sys.settrace(before)
    assert decision.start or decision.skip
    return lines
