"""The one clock is put forward to the earliest due time, and only when every run waits."""

import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

import local.clock
from local.clock import Clock, StandingClock
from local.waiter import Waiter
from tests.support.cases import exhaustive

PATIENCE = 30
"""Real seconds after which a test fails whose threads hang."""


def run_all(waiter: Waiter, works: list[Callable[[], None]]) -> None:
    """Do the works at once, each as a run in a thread of its own, and wait until all have ended."""

    def run(work: Callable[[], None]) -> None:
        try:
            with waiter.for_a_run():
                work()
        finally:
            waiter.end_work()

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for _ in threads:
        waiter.begin_work()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a run hangs"


def busily() -> None:
    """Work that takes a while and lets other threads go first."""
    for _ in range(threading.get_ident() // 1_000 % 200):
        threading.Event().wait(0)


def test_a_skipped_wait_puts_the_clock_forward_in_full() -> None:
    clock = StandingClock()
    before = clock.now()
    Waiter(clock, 0).wait(3600)
    assert clock.now() == before + 3600


@pytest.mark.parametrize("runs", [2, 3, exhaustive(50)])
def test_each_wait_ends_exactly_when_it_is_due_however_many_runs_wait_and_work(runs: int) -> None:
    clock = StandingClock()
    waiter, start = Waiter(clock, 0), clock.now()
    woken: dict[int, list[float]] = {number: [] for number in range(runs)}

    def work(number: int) -> Callable[[], None]:
        def go() -> None:
            for _ in range(10):
                busily()
                waiter.wait(number + 1)
                woken[number].append(clock.now() - start)

        return go

    run_all(waiter, [work(number) for number in range(runs)])
    for number, times in woken.items():
        assert times == pytest.approx([(number + 1) * turn for turn in range(1, 11)], abs=1e-3)
    assert clock.now() - start == pytest.approx(10 * runs)


def test_the_clock_stands_while_one_run_works_and_the_others_wait() -> None:
    clock = StandingClock()
    waiter, start = Waiter(clock, 0), clock.now()
    seen: list[float] = []

    def works() -> None:
        for _ in range(300):
            busily()
            seen.append(clock.now() - start)

    run_all(waiter, [works, lambda: waiter.wait(1), lambda: waiter.wait(86_400)])
    assert set(seen) == {0}
    assert clock.now() - start == 86_400


def test_what_ends_a_wait_makes_its_run_one_at_work_before_the_clock_can_move() -> None:
    """The second run gives the token back and waits at once: the first one must still see the time of that."""
    clock = StandingClock()
    waiter, start = Waiter(clock, 0), clock.now()
    for _ in range(50):
        token, at = threading.Event(), []
        before = clock.now()

        def waits(token: threading.Event = token, at: list[float] = at) -> None:
            waiter.wait(600, token.is_set)
            at.append(clock.now())

        def gives(token: threading.Event = token) -> None:
            waiter.wait(5)
            token.set()
            waiter.check()
            waiter.wait(1_000)

        run_all(waiter, [waits, gives])
        assert at == [before + 5]
    assert clock.now() - start == 50 * 1_005


def test_a_wait_for_a_token_ends_at_its_timeout_if_no_run_can_give_it() -> None:
    clock = StandingClock()
    waiter, start = Waiter(clock, 0), clock.now()
    run_all(waiter, [lambda: waiter.wait(600, lambda: False), lambda: waiter.wait(10)])
    assert clock.now() - start == 600


def test_a_wait_that_is_over_before_it_begins_takes_no_time() -> None:
    clock = StandingClock()
    before = clock.now()
    Waiter(clock, 0).wait(3600, lambda: True)
    assert clock.now() == before


def test_a_thread_that_steps_aside_lets_the_clock_move() -> None:
    """As a function does in which a test lets another run go to its end."""
    clock = StandingClock()
    waiter, start = Waiter(clock, 0), clock.now()
    other = threading.Event()

    def outer() -> None:
        with waiter.aside():
            assert other.wait(PATIENCE)
        waiter.wait(10)

    def inner() -> None:
        waiter.wait(60)
        other.set()

    run_all(waiter, [outer, inner])
    assert clock.now() - start == 70


def test_work_that_is_begun_within_work_counts_once() -> None:
    clock = StandingClock()
    waiter = Waiter(clock, 0)
    with waiter.working(), waiter.working():
        waiter.wait(60)  # would never end if the inner block were counted, too
    waiter.wait(60)


def test_a_clock_that_is_put_forward_by_hand_ends_what_is_due() -> None:
    clock = StandingClock()
    waiter = Waiter(clock, None)
    waiting = threading.Thread(target=waiter.wait, args=(3600,), daemon=True)
    waiting.start()
    clock.advance(3599)
    assert waiting.is_alive()
    while waiting.is_alive():  # it may not have begun to wait when the clock was put forward
        clock.advance(3600)
        waiting.join(0.01)


def test_a_clock_that_runs_ends_waits_by_itself_and_waits_in_full_without_a_cap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = iter([100.0, 119.99])  # it begins, and looks how long there is left
    monkeypatch.setattr(local.clock, "time", SimpleNamespace(time=lambda: next(real, 121.0)))
    clock = Clock()
    Waiter(clock, None).wait(20)
    assert next(real, None) is None
    assert clock._skipped == 0


def test_a_wait_is_skipped_only_after_the_longest_real_wait() -> None:
    clock = StandingClock()
    waiter, start = Waiter(clock, 0.05), clock.now()
    begun = threading.Event()

    def looks() -> None:
        begun.wait(PATIENCE)
        assert clock.now() == start

    looker = threading.Thread(target=looks, daemon=True)
    looker.start()
    begun.set()
    waiter.wait(3600)
    looker.join(PATIENCE)
    assert clock.now() == start + 3600


def test_what_is_skipped_at_once_is_skipped_only_when_everything_else_waits() -> None:
    clock = StandingClock()
    waiter, start = Waiter(clock, None), clock.now()
    seen: list[float] = []

    def works() -> None:
        for _ in range(100):
            busily()
            seen.append(clock.now() - start)

    run_all(waiter, [works, lambda: waiter.skip(900)])
    assert set(seen) == {0}
    assert clock.now() - start == 900
