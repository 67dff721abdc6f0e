"""How a connection's queue changes: take, join, hand over, give back, pause, resume."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from functions.runs.queue import (
    BurstRun,
    Pause,
    Queue,
    SlotHolder,
    Ticket,
    Told,
    eligible,
    free_slots,
    next_ticket,
    superseded,
)
from functions.runs.queue_moves import (
    AT_ONCE,
    LONGEST_PAUSE,
    dismissed,
    given_back,
    handed_over,
    joined,
    left,
    paused,
    resumed,
    revoked,
    taken,
    woken,
)
from tests.unit.runs.queues import DAY, NOON, queue, queues, ticket

LATER = NOON + 3_600

few = settings(max_examples=min(60, settings.default.max_examples), deadline=None)
ME = SlotHolder("me", LATER, 1)
GIVEN = SlotHolder("me", LATER, given=True)


def take(waiting: Queue, mine: Ticket, holder: SlotHolder = ME, most: int = 1) -> Queue | None:
    return taken(waiting, mine, holder, most, LATER)


# -- take -------------------------------------------------------------------------------------------------------------


def test_a_free_slot_is_taken_at_once() -> None:
    assert take(Queue(), ticket(1)) == Queue(1, {"d1": ME})


def test_a_slot_is_not_taken_where_others_have_them_all() -> None:
    assert take(queue(held=("a", "b")), ticket(1), most=2) is None
    assert take(queue(held=("a", "b")), ticket(1), most=3) is not None


def test_a_newcomer_does_not_go_before_a_ticket_that_may_go() -> None:
    assert take(queue(ticket(1)), ticket(2, priority="high"), most=9) is None


def test_a_newcomer_goes_before_tickets_that_are_passed_over() -> None:
    waiting = queue(ticket(1, "d"), held=("d",))
    assert take(waiting, ticket(2), most=2) == replace(waiting, most=2, holders={**waiting.holders, "d2": ME})


def test_a_newcomer_waits_while_its_datamart_runs_or_a_pause_goes_on() -> None:
    assert take(queue(held=("d1",)), ticket(1), most=9) is None
    assert take(queue(pauses=(Pause(NOON, LATER + 1),)), ticket(1)) is None
    assert take(queue(pauses=(Pause(NOON, LATER + 1, "daily"),)), ticket(1, job="daily")) is None


def test_a_slot_whose_time_has_passed_is_taken_and_its_former_owner_is_gone() -> None:
    ended = queue(holders={"d": SlotHolder("other", NOON, until=LATER)})
    assert take(ended, ticket(1)) == Queue(1, {"d1": ME})


def test_no_more_slots_whose_time_has_passed_go_at_once_than_one_condition_can_name() -> None:
    passed = {f"p{number}": SlotHolder("other", NOON, until=NOON + number) for number in range(50)}
    after = take(Queue(50, passed), ticket(1), most=50)
    assert after is not None
    assert list(after.holders) == [f"p{number}" for number in range(AT_ONCE, 50)] + ["d1"]


def test_a_newcomer_drops_pauses_that_are_needed_no_more() -> None:
    past = (Pause(NOON, NOON + 60),)
    assert take(queue(pauses=past), ticket(4_000)) == Queue(1, {"d4000": ME})
    handed = queue(pauses=past, holders={"d": GIVEN})
    kept = take(handed, ticket(4_000), most=2)
    assert kept is not None
    assert kept.pauses == past


def test_a_run_confirms_the_slot_that_it_was_given_also_where_others_wait_or_it_is_paused() -> None:
    waiting = queue(ticket(1), ticket(2), holders={"d1": GIVEN}, pauses=(Pause(NOON, NOON + DAY),))
    assert take(waiting, ticket(1)) == replace(waiting, holders={"d1": ME}, tickets={"t2": ticket(2)})


def test_a_run_takes_the_slot_of_a_session_that_it_left_although_all_are_taken() -> None:
    left_session, other = replace(ME, until=LATER + 60), SlotHolder("other", NOON)
    waiting = queue(ticket(2), holders={"t1": left_session, "d": other}, most=2)
    assert take(waiting, ticket(1), most=2) == replace(waiting, holders={"d": other, "d1": ME})


def test_a_run_waits_for_its_datamart_although_a_session_that_it_left_has_a_slot() -> None:
    waiting = queue(held=("d1",), holders={"t1": replace(ME, until=LATER + 60)}, most=3)
    assert take(waiting, ticket(1), most=3) is None


def test_taking_without_waiting_does_not_count_in_a_row_of_high_priority() -> None:
    found = take(queue(high_in_a_row=2), ticket(1, priority="high"))
    assert found is not None
    assert found.high_in_a_row == 2


# -- join -------------------------------------------------------------------------------------------------------------


def test_a_run_that_waits_again_keeps_its_place() -> None:
    known = ticket(1, first=True)
    again = replace(known, arrived=LATER, until=LATER + DAY, first=False, behind="d")
    assert joined(queue(known), again, 1).tickets == {"t1": replace(known, behind="d")}


def test_a_run_that_is_behind_another_stays_behind_it() -> None:
    known = ticket(1, behind="d")
    assert joined(queue(known), ticket(1), 1).tickets == {"t1": known}


def test_joining_brings_the_connections_newest_number_of_slots() -> None:
    assert joined(queue(most=1), ticket(1), 5).most == 5


# -- hand over --------------------------------------------------------------------------------------------------------


def test_a_ticket_becomes_a_holder_in_one_change() -> None:
    waiting = queue(ticket(1), ticket(2))
    assert handed_over(waiting, "t1", GIVEN, LATER) == replace(
        waiting, holders={"d1": GIVEN}, tickets={"t2": ticket(2)}
    )


def test_nothing_is_handed_over_without_a_free_slot_or_to_a_ticket_that_is_passed_over() -> None:
    assert handed_over(queue(ticket(1), held=("d",)), "t1", GIVEN, LATER) is None
    assert handed_over(queue(ticket(1), held=("d1",), most=2), "t1", GIVEN, LATER) is None
    assert handed_over(queue(ticket(1)), "t2", GIVEN, LATER) is None


def test_hand_overs_count_a_row_of_high_priority_up_to_four() -> None:
    waiting = queue(*(ticket(number, priority="high") for number in range(6)), ticket(6), most=9)
    rows = []
    for name in ("t0", "t1", "t2", "t3", "t4", "t6", "t5"):
        waiting = handed_over(waiting, name, GIVEN, LATER) or pytest.fail(name)
        rows.append(waiting.high_in_a_row)
    assert rows == [1, 2, 3, 4, 4, 0, 1]


def test_a_normal_run_that_goes_for_one_of_high_priority_counts_in_the_row() -> None:
    waiting = queue(ticket(1, "d", as_of=NOON - 9), ticket(2, "d", priority="high"))
    found = handed_over(waiting, "t1", GIVEN, LATER)
    assert found is not None
    assert found.high_in_a_row == 1


@few
@given(queues())
def test_handing_over_until_nobody_may_go_leaves_no_slot_idle(given_queue: Queue) -> None:
    """Never more holders than slots, never two of one datamart, and no slot free while somebody may go."""
    changed = given_queue
    while free_slots(changed, LATER) and (chosen := next_ticket(changed, LATER)):
        before = changed
        changed = handed_over(changed, chosen.id, SlotHolder(chosen.id, LATER, given=True), LATER) or pytest.fail(
            chosen.id
        )
        assert chosen.datamart not in before.holders or not before.holders[chosen.datamart].keeps(LATER)
        assert free_slots(changed, LATER) == free_slots(before, LATER) - 1
    assert not free_slots(changed, LATER) or not eligible(changed, LATER)


# -- give back --------------------------------------------------------------------------------------------------------


def test_a_slot_is_given_back_by_its_owner_only() -> None:
    holding = queue(holders={"d": ME})
    assert given_back(holding, "d", "me", 1) == Queue()
    assert given_back(holding, "d", "other", 1) is None
    assert given_back(holding, "e", "me", 1) is None


def test_a_clean_up_that_comes_late_takes_nothing_from_a_later_attempt() -> None:
    assert given_back(queue(holders={"d": replace(ME, attempt=2)}), "d", "me", 1) is None
    assert given_back(queue(holders={"d": GIVEN}), "d", "me", 1) is None


@pytest.mark.parametrize("attempt", [0, 1])
def test_a_slot_of_an_unknown_attempt_is_given_back_by_any(attempt: int) -> None:
    assert given_back(queue(holders={"d": replace(ME, attempt=None)}), "d", "me", attempt) == Queue()


def test_a_run_that_has_ended_gives_back_whatever_it_has() -> None:
    assert given_back(queue(holders={"d": GIVEN}), "d", "me") == Queue()


def test_the_end_of_a_session_is_kept_in_milliseconds_as_it_is_stored() -> None:
    found = given_back(queue(holders={"d": ME}), "d", "me", 1, LATER + 0.12345, "t1")
    assert found is not None
    assert found.holders["t1"].until == round(LATER + 0.123, 3) != round(LATER + 0.12345, 4)


def test_a_slot_stays_taken_while_a_session_of_it_may_live() -> None:
    """Under the run's id: other runs of the datamart need not wait for it."""
    holding = queue(holders={"d": replace(GIVEN, attempt=1)})
    assert given_back(holding, "d", "me", until=LATER, run_id="t1") == Queue(1, {"t1": replace(ME, until=LATER)})


def test_a_slot_that_was_handed_over_in_vain_is_free_again_unless_it_was_confirmed() -> None:
    assert revoked(queue(holders={"d": GIVEN}), "d", "me") == Queue()
    assert revoked(queue(holders={"d": GIVEN}), "d", "other") is None
    assert revoked(queue(holders={"d": ME}), "d", "me") is None
    assert revoked(queue(), "d", "me") is None


def test_a_run_leaves_the_queue_once() -> None:
    assert left(queue(ticket(1)), "t1") == Queue()
    assert left(queue(ticket(1)), "t2") is None


def test_a_run_is_told_once_that_it_is_the_first() -> None:
    marked = woken(queue(ticket(1), ticket(2)), "t1", LATER)
    assert marked == queue(ticket(1, told="first", told_at=LATER), ticket(2))
    assert woken(marked, "t1", LATER) is None
    assert woken(marked, "t3", LATER) is None


@pytest.mark.parametrize("mine", [ticket(1, first=True), ticket(1, told="end")])
def test_a_run_that_looks_after_the_queue_or_ends_is_not_told_that_it_is_the_first(mine: Ticket) -> None:
    assert woken(queue(mine), "t1", LATER) is None


@pytest.mark.parametrize("before", [None, "first"])
def test_a_run_is_told_once_that_it_ends_whatever_it_was_told_before(before: Told | None) -> None:
    marked = dismissed(queue(ticket(1, told=before), ticket(2)), "t1", LATER)
    assert marked == queue(ticket(1, told="end", told_at=LATER), ticket(2))
    assert dismissed(marked, "t1", LATER) is None
    assert dismissed(marked, "t3", LATER) is None


# -- a burst ----------------------------------------------------------------------------------------------------------


def burst(number: int, job: str | None = "uploads") -> Ticket:
    return ticket(number, job=job, burst=True)


def kept_after(newest: Ticket, *waiting: Ticket, before: tuple[BurstRun, ...] = ()) -> tuple[BurstRun, ...]:
    """What is known of bursts after a ticket's run had a slot, and gave it back while others wait."""
    given_queue = queue(newest, *waiting, burst_runs=before)
    found = handed_over(given_queue, newest.id, newest.held_by("me", LATER), LATER)
    assert found is not None
    after = given_back(found, newest.datamart, "me")
    assert after is not None
    return after.burst_runs


def test_the_newest_of_a_burst_that_had_a_slot_is_known_until_no_older_one_waits() -> None:
    newest = BurstRun("uploads", "me", burst(9).age)
    assert kept_after(burst(9), burst(1)) == (newest,)
    assert kept_after(burst(9), burst(1, "other"), ticket(2, job="uploads")) == ()
    assert left(queue(burst(1), ticket(2), burst_runs=(newest,)), "t1") == queue(ticket(2))


def test_the_newest_of_a_burst_replaces_the_one_before_and_no_other_jobs() -> None:
    other, before = BurstRun("other", "run", burst(5).age), BurstRun("uploads", "run", burst(5).age)
    newest = BurstRun("uploads", "me", burst(9).age)
    assert kept_after(burst(9), burst(1), burst(2, "other"), before=(before, other)) == (other, newest)


@pytest.mark.parametrize("newest", [ticket(9, job="uploads"), burst(9, job=None)])
def test_a_run_that_is_of_no_burst_supersedes_no_ticket(newest: Ticket) -> None:
    assert newest.held_by("me", LATER) == SlotHolder("me", LATER)
    assert kept_after(newest, burst(1), burst(2, job=None)) == ()


def test_a_slot_that_is_kept_for_a_session_supersedes_nobody() -> None:
    newest = burst(9)
    held = queue(holders={"d9": newest.held_by("me", NOON, 1)})
    after = given_back(held, "d9", "me", 1, until=LATER + 60, run_id="t9")
    assert after == queue(holders={"t9": SlotHolder("me", NOON, 1, LATER + 60)})


@few
@given(queues())
def test_no_older_run_of_a_burst_gets_a_slot_while_a_newer_one_has_one(given_queue: Queue) -> None:
    """Nor one that comes only then; others have slots, too."""
    newest, late = burst(9), replace(burst(8), datamart="d9")
    free = replace(given_queue, most=9, pauses=(), tickets={})
    held = taken(free, newest, newest.held_by("me", LATER, 1), 9, LATER)
    assert held is not None
    assert take(held, late, SlotHolder("other", LATER), most=9) is None
    waiting = joined(held, late, 9)
    assert superseded(waiting) == [(late, BurstRun("uploads", "me", newest.age))]
    assert handed_over(waiting, late.id, late.held_by("other", LATER), LATER) is None
    after = given_back(held, "d9", "me", 1)
    assert after is not None
    assert take(after, late, most=9) is not None


# -- pause ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("until", [LATER, LATER - 1, LATER + LONGEST_PAUSE + 1])
def test_a_pause_ends_in_the_future_and_within_three_days(until: float) -> None:
    with pytest.raises(ValueError, match="72 hours"):
        paused(queue(), None, LATER, until)


def test_the_longest_pause_is_allowed() -> None:
    until = LATER + LONGEST_PAUSE
    assert paused(queue(), "daily", LATER, until) == queue(pauses=(Pause(LATER, until, "daily"),))


def both(until: float = NOON + DAY) -> tuple[Pause, Pause]:
    return Pause(NOON + 60, until), Pause(NOON + 60, NOON + DAY, "daily")


def test_pausing_again_moves_the_end_and_keeps_what_has_passed() -> None:
    waiting = queue(ticket(1), pauses=both())
    again = (*both(until=LATER), Pause(LATER, LATER + 60))
    assert paused(waiting, None, LATER, LATER + 60) == replace(waiting, pauses=again)
    assert paused(waiting, None, LATER, NOON + DAY) is None
    assert paused(replace(waiting, pauses=again), None, LATER, LATER + 61) == replace(
        waiting, pauses=(*both(until=LATER), Pause(LATER, LATER + 61))
    )


def test_resuming_ends_the_pause_of_a_job_and_of_no_other() -> None:
    waiting = queue(ticket(1), pauses=both())
    connection, job = both()
    assert resumed(waiting, "daily", LATER) == replace(waiting, pauses=(connection, replace(job, until=LATER)))
    assert resumed(waiting, "weekly", LATER) is None
    assert resumed(waiting, None, NOON + DAY) is None


def test_a_pause_that_ended_before_anybody_began_to_wait_is_dropped() -> None:
    past = (Pause(NOON - 60, NOON + 1), Pause(NOON - 60, NOON + 2))
    now = (Pause(NOON + 60, NOON + DAY),)
    assert resumed(queue(ticket(1), pauses=past + now), None, LATER) == queue(
        ticket(1), pauses=(*past[1:], Pause(NOON + 60, LATER))
    )
    assert resumed(queue(pauses=past + now), None, LATER) == queue()
