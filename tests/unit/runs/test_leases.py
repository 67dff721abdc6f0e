"""Leases in moto's DynamoDB: who gets one, who keeps it, and what an ended owner leaves behind."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions import clock
from functions.runs import leases
from functions.runs.lease import Lease, LeaseHolder, PendingJob
from functions.runs.store.leases import load_lease, release, release_with_pending, set_pending, take_away
from functions.runs.store.table import RunTable
from tests.unit.runs.tables import direct_run_table

KEY = "lease/default/P/D"
FIRST, SECOND, THIRD = (LeaseHolder(f"arn:{name}", 1) for name in ("first", "second", "third"))
NOON = 1_800_000_000.25


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its only entry is the time; nothing else moves it."""
    now = [NOON]
    monkeypatch.setattr(clock, "_source", lambda: now[0])
    return now


@pytest.fixture
def table(time: list[float]) -> Iterator[RunTable]:
    with direct_run_table() as table:
        yield table


class Known:
    """What Step Functions and the owners' items would say, and who was asked about."""

    def __init__(self, running: bool = True, pending: PendingJob | None = None) -> None:
        self.running, self.pending = running, pending
        self.asked: list[str] = []

    def is_running(self, owner: str, since: float) -> bool:
        self.asked.append(owner)
        return self.running

    def pending_of(self, owner: str) -> PendingJob | None:
        return self.pending


RUNNING, ENDED = Known(), Known(running=False)


def take(table: RunTable, holder: LeaseHolder, known: Known = RUNNING) -> Lease | None:
    return leases.take(table, KEY, holder, known.is_running, known.pending_of)


def owner(table: RunTable) -> str | None:
    held = load_lease(table, KEY)
    return held.owner if held else None


def test_a_free_lease_is_taken_by_the_first_run(table: RunTable) -> None:
    assert take(table, FIRST) is None
    assert load_lease(table, KEY) == Lease(KEY, FIRST.run, NOON, None)


def test_a_lease_is_taken_again_by_the_run_that_has_it(table: RunTable) -> None:
    assert take(table, FIRST) is None
    assert take(table, FIRST, Known()) is None
    assert take(table, LeaseHolder(FIRST.run, 2)) is None
    assert owner(table) == FIRST.run


def test_of_two_runs_that_find_a_lease_free_one_takes_it(table: RunTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second takes it in the moment in which the first has found it free."""
    assert take(table, THIRD) is None
    load = table.load

    def load_and_lose(key: str) -> Any:
        release(table, KEY, THIRD)
        found = load(key)
        monkeypatch.setattr(table, "load", load)
        assert take(table, SECOND) is None
        return found

    monkeypatch.setattr(table, "load", load_and_lose)
    held = take(table, FIRST)
    assert held is not None
    assert (held.owner, owner(table)) == (SECOND.run, SECOND.run)


def test_the_item_of_a_lease_expires_when_step_functions_forgets_its_owner(table: RunTable) -> None:
    take(table, FIRST)
    assert (table.load(KEY) or {})["expiresAt"] == int(NOON) + 90 * 86_400


def test_the_lease_of_a_running_owner_is_not_taken(table: RunTable) -> None:
    take(table, FIRST)
    known = Known()
    assert take(table, SECOND, known) == Lease(KEY, FIRST.run, NOON, None)
    assert (known.asked, owner(table)) == ([FIRST.run], FIRST.run)


def test_the_lease_of_an_owner_that_ended_and_left_nothing_is_taken(table: RunTable, time: list[float]) -> None:
    take(table, FIRST)
    time[0] += 1
    assert take(table, SECOND, ENDED) is None
    assert load_lease(table, KEY) == Lease(KEY, SECOND.run, NOON + 1, None)


def test_of_two_runs_that_find_an_ended_owner_one_takes_its_lease(table: RunTable) -> None:
    take(table, FIRST)

    class Overtaken(Known):
        def pending_of(self, owner: str) -> PendingJob | None:
            assert take(table, SECOND, ENDED) is None
            return None

    held = take(table, THIRD, Overtaken(running=False))
    assert held is not None
    assert (held.owner, owner(table)) == (SECOND.run, SECOND.run)


def test_an_owner_that_takes_its_lease_again_in_that_moment_keeps_it(table: RunTable, time: list[float]) -> None:
    take(table, FIRST)

    class ComeBack(Known):
        def pending_of(self, owner: str) -> PendingJob | None:
            time[0] += 1
            assert take(table, FIRST) is None
            return None

    assert take(table, SECOND, ComeBack(running=False)) is not None
    assert owner(table) == FIRST.run


def test_a_run_whose_write_to_a_lease_was_not_confirmed_has_the_lease(
    table: RunTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write is sent again within boto3, which knows nothing of leases, and finds it taken: by itself."""
    take(table, FIRST)
    change = table.change

    def send_twice(*args: Any, **arguments: Any) -> Any:
        change(*args, **arguments)
        return change(*args, **arguments)

    monkeypatch.setattr(table, "change", send_twice)
    assert take(table, SECOND, ENDED) is None
    assert owner(table) == SECOND.run


PENDING = PendingJob(NOON + 600, "4711")


def test_a_lease_with_a_pending_job_keeps_others_out_until_the_job_must_have_ended(
    table: RunTable, time: list[float]
) -> None:
    take(table, FIRST)
    left = Known(running=False, pending=PENDING)
    assert take(table, SECOND, left) == Lease(KEY, FIRST.run, NOON, PENDING)
    time[0] = NOON + 599
    assert take(table, SECOND, left) == Lease(KEY, FIRST.run, NOON, PENDING)
    time[0] = NOON + 600
    assert take(table, SECOND, left) is None
    assert owner(table) == SECOND.run


def test_a_pending_job_is_kept_in_the_lease_from_the_first_look_on(table: RunTable) -> None:
    take(table, FIRST)
    take(table, SECOND, Known(running=False, pending=PENDING))
    nobody = Known()
    held = take(table, THIRD, nobody)
    assert (held and held.pending, nobody.asked) == (PENDING, [])


def test_a_pending_job_is_not_inherited_by_the_next_owner(table: RunTable, time: list[float]) -> None:
    take(table, FIRST)
    release_with_pending(table, KEY, FIRST, PENDING)
    time[0] = NOON + 600
    assert take(table, SECOND, ENDED) is None
    held = take(table, THIRD, RUNNING)
    assert (held and (held.owner, held.pending)) == (SECOND.run, None)


def test_a_pending_job_leaves_the_lease_when_its_owner_comes_back(table: RunTable, time: list[float]) -> None:
    take(table, FIRST)
    release_with_pending(table, KEY, FIRST, PENDING)
    assert take(table, LeaseHolder(FIRST.run, 2)) is None
    time[0] = NOON + 600
    held = take(table, SECOND, RUNNING)
    assert (held and (held.owner, held.pending)) == (FIRST.run, None)


def test_a_pending_job_is_written_only_to_the_lease_as_it_was_found(table: RunTable, time: list[float]) -> None:
    take(table, FIRST)
    found = load_lease(table, KEY)
    assert found is not None
    assert set_pending(table, found, PENDING)
    time[0] += 1
    take(table, LeaseHolder(FIRST.run, 2))
    assert not set_pending(table, found, PendingJob(0))
    assert not take_away(table, found)
    assert owner(table) == FIRST.run


def test_giving_a_lease_back_frees_it(table: RunTable) -> None:
    take(table, FIRST)
    assert release(table, KEY, FIRST)
    assert owner(table) is None
    assert take(table, SECOND) is None


def test_a_run_that_has_not_got_a_lease_cannot_give_it_back(table: RunTable) -> None:
    take(table, FIRST)
    assert not release(table, KEY, SECOND)
    assert not release_with_pending(table, KEY, SECOND, PendingJob(0))
    assert load_lease(table, KEY) == Lease(KEY, FIRST.run, NOON, None)


def test_giving_a_free_lease_back_changes_nothing(table: RunTable) -> None:
    assert not release(table, KEY, FIRST)
    assert not release_with_pending(table, KEY, FIRST, PendingJob(0))
    assert load_lease(table, KEY) is None


def test_an_attempt_cannot_give_back_what_a_later_one_has_taken(table: RunTable) -> None:
    later = LeaseHolder(FIRST.run, 2)
    take(table, FIRST)
    take(table, later)
    assert not release(table, KEY, FIRST)
    assert take(table, FIRST) is None  # nor does an earlier attempt make it its own
    assert not release(table, KEY, FIRST)
    assert release(table, KEY, later)


def test_giving_a_lease_back_leaves_no_pending_job(table: RunTable) -> None:
    take(table, FIRST)
    release_with_pending(table, KEY, FIRST, PendingJob(NOON + 600))
    assert release(table, KEY, FIRST)
    assert take(table, SECOND) is None
