"""The order of a connection's queue: who goes next, who is passed over, and what counts as waiting."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.runs.queue import (
    OVERDUE_SECONDS,
    UNCONFIRMED_SECONDS,
    BurstRun,
    Pause,
    Queue,
    SlotHolder,
    Ticket,
    conflicting,
    counted_wait,
    eligible,
    first_after_pause,
    free_slots,
    has_expired,
    in_the_way,
    longest_wait,
    looks_after,
    next_ticket,
    not_acted_on,
    oldest_holders,
    order,
    overdue,
    paused_until,
    position,
    superseded,
    unconfirmed,
    waiting_long,
)
from tests.unit.runs.queues import DAY, NOON, queue, queues, ticket

LATER = NOON + 3_600

few = settings(max_examples=min(60, settings.default.max_examples), deadline=None)


def going(*tickets: Ticket, row: int = 0) -> list[str]:
    """The order of these, by id."""
    return [each.id for each in order(tickets, row)]


# -- order ------------------------------------------------------------------------------------------------------------


def test_equals_go_in_the_order_of_their_arrival() -> None:
    assert going(ticket(3), ticket(1), ticket(2)) == ["t1", "t2", "t3"]


def test_high_priority_goes_first_and_after_four_of_it_one_normal() -> None:
    high = [ticket(number, priority="high") for number in range(10, 16)]
    assert going(ticket(1), ticket(2), *high) == ["t10", "t11", "t12", "t13", "t1", "t14", "t15", "t2"]


def test_high_ones_that_went_before_count_in_the_row() -> None:
    assert going(ticket(1), ticket(2, priority="high"), row=4) == ["t1", "t2"]
    assert going(ticket(1), ticket(2, priority="high"), row=3) == ["t2", "t1"]


def test_runs_of_one_datamart_go_by_as_of_then_by_arrival() -> None:
    uploads = [ticket(5, "d", as_of=NOON - 1), ticket(1, "d", as_of=NOON), ticket(3, "d", as_of=NOON - 1)]
    assert going(*uploads) == ["t3", "t5", "t1"]


def test_the_id_of_a_ticket_decides_only_where_nothing_else_does() -> None:
    late, early = replace(ticket(3, "d", as_of=NOON), id="a"), replace(ticket(1, "d", as_of=NOON), id="b")
    assert going(late, early) == ["b", "a"]
    assert going(replace(late, arrived=early.arrived), early) == ["a", "b"]


def test_an_arrival_stands_for_an_as_of_that_is_missing() -> None:
    assert going(ticket(5, "d", as_of=NOON + 2), ticket(1, "d"), ticket(3, "d")) == ["t1", "t5", "t3"]


def test_a_datamart_stands_where_its_earliest_run_stands() -> None:
    """The run that arrived last is the oldest by asOf: it goes in the place of the first."""
    assert going(ticket(1, "d"), ticket(2), ticket(3), ticket(9, "d", as_of=NOON - 1)) == ["t9", "t1", "t2", "t3"]


def test_a_run_of_high_priority_takes_an_older_run_of_its_datamart_along() -> None:
    group = [ticket(5, "d", as_of=NOON - 2), ticket(6, "d", as_of=NOON - 1, priority="high")]
    assert going(ticket(1), *group) == ["t5", "t6", "t1"]


def test_a_run_behind_another_one_belongs_to_the_datamart_of_that_one() -> None:
    assert going(ticket(1, "by name", behind="d", as_of=NOON + 9), ticket(2, "d", as_of=NOON)) == ["t2", "t1"]


@few
@given(queues())
def test_nobody_is_overtaken_by_an_equal(given_queue: Queue) -> None:
    """Of tickets of one priority whose datamarts have no other ticket, the one that arrived first goes first."""
    tickets = eligible(given_queue, LATER)
    alone = [each for each in tickets if sum(other.group == each.group for other in tickets) == 1]
    gone = [each for each in order(tickets, given_queue.high_in_a_row) if each in alone]
    for priority in ("high", "normal"):
        arrivals = [each.arrived for each in gone if each.priority == priority]
        assert arrivals == sorted(arrivals)


@few
@given(queues())
def test_of_one_datamart_nobody_goes_before_an_older_run(given_queue: Queue) -> None:
    gone = list(order(given_queue.tickets.values(), given_queue.high_in_a_row))
    for key in {each.group for each in gone}:
        ages = [each.age for each in gone if each.group == key]
        assert ages == sorted(ages)


@few
@given(queues())
def test_no_normal_ticket_waits_for_more_than_four_high_ones(given_queue: Queue) -> None:
    """Where every datamart has one ticket, so that a ticket's own priority counts."""
    tickets = [replace(each, datamart=each.id, behind=None) for each in given_queue.tickets.values()]
    row = given_queue.high_in_a_row
    left = len([each for each in tickets if each.priority == "normal"])
    for each in order(tickets, row):
        if each.priority == "normal":
            left, row = left - 1, 0
        else:
            row += 1
            assert row <= 4 or not left


@few
@given(queues())
def test_everybody_goes_once(given_queue: Queue) -> None:
    tickets = list(given_queue.tickets.values())
    assert sorted(going(*tickets)) == sorted(each.id for each in tickets)


# -- passed over ------------------------------------------------------------------------------------------------------


@few
@given(queues())
def test_a_ticket_that_is_passed_over_blocks_nobody(given_queue: Queue) -> None:
    may_go = eligible(given_queue, LATER)
    chosen = next_ticket(given_queue, LATER)
    assert (chosen is None) == (not may_go)
    only = replace(given_queue, tickets={each.id: each for each in may_go})
    assert next_ticket(only, LATER) == chosen


def test_a_ticket_is_passed_over_while_its_datamart_runs() -> None:
    waiting = queue(ticket(1, "d"), ticket(2), held=("d",))
    assert next_ticket(waiting, LATER) == ticket(2)
    assert in_the_way(waiting, ticket(1, "d"), LATER) == waiting.holders["d"]


def test_a_ticket_is_passed_over_while_the_run_goes_on_that_it_is_behind() -> None:
    behind = ticket(1, "by name", behind="d")
    assert next_ticket(queue(behind, held=("d",)), LATER) is None
    assert next_ticket(queue(behind), LATER) == behind


def test_a_pause_of_a_job_passes_over_its_tickets_only() -> None:
    waiting = queue(ticket(1, job="daily"), ticket(2, job="other"), pauses=(Pause(NOON, NOON + DAY, "daily"),))
    assert next_ticket(waiting, LATER) == waiting.tickets["t2"]


def test_nobody_goes_while_the_connection_is_paused() -> None:
    waiting = queue(ticket(1), ticket(2, job="daily"), pauses=(Pause(NOON, LATER),))
    assert next_ticket(waiting, LATER - 1) is None
    assert looks_after(waiting, LATER - 1) is None
    assert next_ticket(waiting, LATER) == ticket(1)


def test_a_run_is_paused_until_the_last_pause_ends_that_concerns_it() -> None:
    pauses = (Pause(NOON, LATER), Pause(NOON, LATER + 60, "daily"), Pause(NOON, NOON + DAY, "other"))
    assert paused_until(pauses, "daily", NOON) == LATER + 60
    assert paused_until(pauses, None, NOON) == LATER
    assert paused_until(pauses, None, LATER) is None


def test_a_pause_does_not_act_before_it_begins() -> None:
    assert next_ticket(queue(ticket(1), pauses=(Pause(LATER, LATER + 60),)), LATER - 1) == ticket(1)


def test_the_run_that_looks_after_the_queue_may_wait_for_its_datamart() -> None:
    """It is the one that asks whether the holder still runs."""
    assert looks_after(queue(ticket(1, "d"), ticket(2), held=("d",)), LATER) == ticket(1, "d")


def test_the_last_of_those_that_go_next_looks_after_the_queue() -> None:
    three = (ticket(1), ticket(2), ticket(3))
    assert looks_after(queue(*three, most=2), LATER) == ticket(2)
    assert looks_after(queue(*three, most=5), LATER) == ticket(3)
    assert looks_after(queue(), LATER) is None


def test_a_run_that_looks_after_the_queue_does_so_until_it_goes() -> None:
    of_two = queue(ticket(1, first=True), ticket(2), ticket(3), most=2)
    assert looks_after(of_two, LATER) == of_two.tickets["t1"]
    told = queue(ticket(1), ticket(2, told="first", told_at=NOON), ticket(3), most=3)
    assert looks_after(told, LATER) == told.tickets["t2"]


def test_another_run_looks_after_the_queue_where_many_went_before_the_one_that_did() -> None:
    before = (ticket(2, priority="high"), ticket(3, priority="high"))
    assert looks_after(queue(ticket(1, first=True), *before, most=2), LATER) == before[1]


def test_a_run_that_was_told_to_end_does_not_begin_to_look_after_the_queue() -> None:
    ends = ticket(2, told="end", told_at=NOON)
    assert looks_after(queue(ticket(1), ends, ticket(3), most=2), LATER) == ticket(1)
    assert looks_after(queue(ends, most=2), LATER) == ends


def test_a_run_that_would_rather_end_is_found_once_its_datamart_runs() -> None:
    skips, waits = ticket(1, "d", conflict="skip"), ticket(2, "d")
    assert conflicting(queue(skips, waits, held=("d",)), LATER) == [skips]
    assert conflicting(queue(skips, waits, held=("other",)), LATER) == []
    ended = {"d": SlotHolder("run", NOON, until=LATER + 60)}
    assert conflicting(queue(skips, holders=ended), LATER) == []


# -- slots ------------------------------------------------------------------------------------------------------------


def test_a_slot_whose_last_session_has_ended_is_free() -> None:
    ended = queue(ticket(1, "d"), most=2, holders={"d": SlotHolder("run", NOON, until=LATER)})
    assert (free_slots(ended, LATER - 1), free_slots(ended, LATER)) == (1, 2)
    assert (next_ticket(ended, LATER - 1), next_ticket(ended, LATER)) == (None, ticket(1, "d"))


def test_no_slot_is_free_where_fewer_are_allowed_than_are_taken() -> None:
    assert free_slots(queue(held=("a", "b", "c"), most=2), NOON) == 0


def test_owners_are_asked_about_from_the_oldest_and_only_those_that_go_on() -> None:
    holders = {f"d{number}": SlotHolder(f"run{number}", NOON - number // 2) for number in range(4)}
    found = oldest_holders(queue(holders={"e": SlotHolder("ended", 0, until=LATER), **holders}), 3)
    assert [each.owner for each in found] == ["run2", "run3", "run0"]


def test_a_slot_that_was_handed_over_and_not_confirmed_within_a_minute_is_offered_again() -> None:
    given_to = {"d": SlotHolder("run", NOON, given=True), "e": SlotHolder("other", NOON)}
    assert unconfirmed(queue(holders=given_to), NOON + 59) == {}
    assert list(unconfirmed(queue(holders=given_to), NOON + 60)) == ["d"]


# -- position ---------------------------------------------------------------------------------------------------------


def test_the_position_counts_those_that_go_before_whether_or_not_they_may_go_now() -> None:
    waiting = queue(ticket(1, "d"), ticket(2, job="daily"), ticket(3), held=("d",), pauses=(Pause(NOON, NOON + DAY),))
    assert [position(waiting, name, LATER) for name in ("t1", "t2", "t3", "other")] == [1, 2, 3, None]


@few
@given(queues())
def test_the_next_ticket_of_those_that_may_all_go_is_at_position_one(given_queue: Queue) -> None:
    free = replace(given_queue, holders={}, pauses=())
    chosen = next_ticket(free, LATER)
    assert chosen is None or position(free, chosen.id, LATER) == 1


# -- a burst ----------------------------------------------------------------------------------------------------------


def burst(number: int, **more: object) -> Ticket:
    return ticket(number, job="uploads", burst=True, **more)


def test_of_a_burst_only_the_newest_that_waits_goes() -> None:
    waiting = queue(burst(1), burst(2, as_of=NOON + 9), burst(3), ticket(4, job="uploads"))
    newest = waiting.tickets["t2"]
    assert superseded(waiting) == [(burst(1), newest), (burst(3), newest)]
    assert [each.id for each in eligible(waiting, LATER)] == ["t2", "t4"]


def test_of_a_burst_that_came_at_one_moment_exactly_one_goes() -> None:
    first, second = (replace(burst(1, as_of=NOON), id=name) for name in "ab")
    assert superseded(queue(second, first)) == [(first, second)]


def test_a_burst_of_another_job_supersedes_nothing() -> None:
    assert superseded(queue(burst(1), ticket(2, job="other", burst=True))) == []


def test_a_run_of_a_burst_that_got_a_slot_supersedes_older_tickets_of_the_burst_and_no_other() -> None:
    newest = BurstRun("uploads", "run", burst(2).age)
    assert newest.supersedes(burst(1))
    others = (burst(2), burst(3), ticket(1, job="uploads"), ticket(1, job="other", burst=True))
    assert not any(map(newest.supersedes, others))


def test_of_a_burst_the_newest_that_waits_or_has_a_slot_supersedes_the_others() -> None:
    held = burst(5).held_by("run", NOON)
    holding = queue(burst(4), burst(6), burst(7), holders={"d5": held})
    newest = holding.tickets["t7"]
    assert superseded(holding) == [(burst(4), newest), (burst(6), newest)]
    late = queue(burst(4), burst(6), holders={"d5": replace(held, burst=BurstRun("uploads", "run", burst(8).age))})
    assert {ended.id: newer.owner for ended, newer in superseded(late) if isinstance(newer, BurstRun)} == {
        "t4": "run",
        "t6": "run",
    }


def test_a_later_run_of_the_job_that_no_upload_started_supersedes_no_upload() -> None:
    assert superseded(queue(burst(1), ticket(4, job="uploads"))) == []


def test_the_newest_of_a_burst_that_gave_its_slot_back_supersedes_what_waited_meanwhile() -> None:
    gone = BurstRun("uploads", "run", burst(9).age)
    assert superseded(queue(burst(1), burst_runs=(gone,))) == [(burst(1), gone)]


def test_a_run_without_a_job_is_of_no_burst() -> None:
    waiting = queue(ticket(1, burst=True), ticket(2, burst=True))
    assert len(eligible(waiting, LATER)) == 2


# -- what counts as waiting -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pauses", "counted"),
    [
        ([], 3_600),
        ([Pause(NOON + 600, NOON + 1_200)], 3_000),
        ([Pause(NOON - 600, NOON + 600)], 3_000),
        ([Pause(NOON + 3_000, NOON + DAY)], 3_000),
        ([Pause(NOON - 600, NOON - 60)], 3_600),
        ([Pause(NOON + 1_000, NOON + 3_000), Pause(NOON, NOON + 2_000)], 600),
        ([Pause(NOON + 600, NOON + 1_200, "daily")], 3_000),
        ([Pause(NOON + 600, NOON + 1_200, "other")], 3_600),
    ],
)
def test_the_time_of_a_pause_does_not_count_as_waiting(pauses: list[Pause], counted: float) -> None:
    assert counted_wait(pauses, "daily", NOON, LATER) == counted


spans = st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)).map(sorted)


@few
@given(st.lists(spans, max_size=4))
def test_every_second_counts_once_unless_a_pause_covers_it(found: list[list[int]]) -> None:
    pauses = [Pause(NOON + since, NOON + until) for since, until in found]
    seconds = sum(not any(since <= second < until for since, until in found) for second in range(3_600))
    assert counted_wait(pauses, None, NOON, LATER) == seconds


def test_a_ticket_whose_minutes_are_used_up_goes_no_more() -> None:
    waiting = queue(ticket(0, until=LATER))
    assert next_ticket(waiting, LATER - 1) is not None
    assert has_expired(waiting, waiting.tickets["t0"], LATER)
    assert next_ticket(waiting, LATER) is None
    assert position(waiting, "t0", LATER) == 1  # people are told the place that it had


def test_a_run_waits_long_once_four_fifths_of_its_minutes_are_used_up() -> None:
    waiting = queue(ticket(0, until=NOON + 100), ticket(1, until=NOON + 1_000))
    assert (waiting_long(waiting, NOON + 79), waiting_long(waiting, NOON + 80)) == ([], [waiting.tickets["t0"]])


def test_a_run_that_a_pause_keeps_waiting_does_not_wait_long() -> None:
    waiting = queue(ticket(0, until=NOON + 100, job="daily"), pauses=(Pause(NOON + 90, LATER, "daily"),))
    assert waiting_long(waiting, NOON + 89) == [waiting.tickets["t0"]]
    assert waiting_long(waiting, NOON + 90) == []


def test_the_longest_wait_counts_neither_pauses_nor_runs_that_are_paused() -> None:
    pauses = (Pause(NOON + 10, NOON + 40), Pause(NOON + 90, LATER, "daily"))
    waiting = queue(ticket(0, job="daily"), ticket(1), pauses=pauses)
    assert [longest_wait(waiting, NOON + seconds) for seconds in (9, 10, 40, 89, 90)] == [9, 0, 10, 59, 59]
    assert longest_wait(queue(), NOON) == 0


def test_a_pause_keeps_a_ticket_from_being_used_up() -> None:
    waiting = queue(ticket(0, until=LATER), pauses=(Pause(NOON, NOON + 60),))
    assert not has_expired(waiting, waiting.tickets["t0"], LATER + 59)
    assert has_expired(waiting, waiting.tickets["t0"], LATER + 60)


# -- the end of a pause -----------------------------------------------------------------------------------------------


def test_the_first_of_those_whom_a_pause_keeps_waiting_is_known_before_its_end() -> None:
    pauses = (Pause(NOON, LATER + 60, "daily"),)
    waiting = queue(ticket(1), ticket(3, job="daily"), ticket(2, job="daily"), pauses=pauses)
    found = first_after_pause(waiting, LATER + 60, LATER)
    assert found is not None
    assert found.id == "t2"
    assert first_after_pause(waiting, LATER + 61, LATER) is None


def test_a_run_is_overdue_a_minute_after_its_queue_minutes_and_not_while_it_is_paused() -> None:
    mine = ticket(0, until=NOON + 100)
    paused = queue(mine, pauses=(Pause(NOON + 50, LATER),))
    assert overdue(queue(mine), NOON + 100) == overdue(queue(mine), NOON + 100 + OVERDUE_SECONDS - 1) == []
    assert overdue(queue(mine), NOON + 100 + OVERDUE_SECONDS) == [mine]
    assert overdue(paused, LATER + 50 + OVERDUE_SECONDS - 1) == []
    assert overdue(paused, LATER + 50 + OVERDUE_SECONDS) == [mine]


def test_what_a_run_was_told_and_has_not_acted_on_for_a_minute_is_to_be_told_again() -> None:
    told = [ticket(1, told="first", told_at=LATER), ticket(2, told="end", told_at=LATER + 1), ticket(3)]
    assert not_acted_on(queue(*told), LATER + UNCONFIRMED_SECONDS - 1) == []
    assert not_acted_on(queue(*told), LATER + UNCONFIRMED_SECONDS) == told[:1]
    assert not_acted_on(queue(*told), LATER + UNCONFIRMED_SECONDS + 1) == told[:2]
