"""A function dies before any of its calls, while it registers a failure of an outage or notifies of it."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from functions.limits import END_VISIBILITY, OUTAGE_MESSAGE_EVERY
from tests.support.cases import one_of
from tests.support.interleaving_simulator import clear_clients
from tests.support.invocations import TO_ITS_END, Invocation
from tests.support.outage_simulator import OutageSimulator
from tests.unit.runs.tables import new_table

_connections = count(1)


@pytest.fixture(scope="module")
def table() -> Iterator[str]:
    with new_table() as name:
        yield name


@pytest.fixture
def new_outage(table: str) -> Iterator[Callable[[], OutageSimulator]]:
    with pytest.MonkeyPatch.context() as patch:

        def made() -> OutageSimulator:
            system = OutageSimulator(table, f"k{next(_connections)}")
            system.patched(patch)
            return system

        yield made
    clear_clients()


def first_end(outage: OutageSimulator) -> Invocation:
    """The end that opens the window."""
    return outage.deliver(outage.fail())


def second_end(outage: OutageSimulator) -> Invocation:
    """An end that comes into a window that is open."""
    first_end(outage).go_on()
    return outage.deliver(outage.fail())


def sending_end(outage: OutageSimulator) -> Invocation:
    """The end that opened the window comes back and notifies of two runs."""
    name = outage.fail()
    outage.deliver(name).go_on()
    outage.deliver(outage.fail()).go_on()
    outage.time += END_VISIBILITY + 1
    return outage.deliver(name)


def sending_sweep(outage: OutageSimulator) -> Invocation:
    """The sweep notifies of a run whose end is not delivered again."""
    name = outage.fail()
    outage.deliver(name).go_on()
    outage.lose(name)
    outage.time += END_VISIBILITY + 1
    return outage.look()


@pytest.mark.parametrize("of", one_of(sending_sweep, first_end, second_end, sending_end), ids=lambda of: of.__name__)
def test_a_function_that_dies_before_any_of_its_calls_loses_no_failure(
    new_outage: Callable[[], OutageSimulator], of: Callable[[OutageSimulator], Invocation]
) -> None:
    twice = 0
    for calls in range(TO_ITS_END):
        outage = new_outage()
        dying = of(outage)
        dying.go_on(calls)
        if dying.done:
            break
        dying.kill()
        later = outage.fail("NotFound"), outage.fail()
        for name in later:
            outage.deliver(name).go_on()
        for _ in range(4):
            outage.pass_time(OUTAGE_MESSAGE_EVERY / 2)
            outage.look().go_on()
        told = outage.told()
        assert set(told) == set(outage.failed), f"lost after {calls} calls"
        more = {name for name, times in told.items() if times > 1}
        assert more <= outage.may_be_told_twice(), f"reported twice after {calls} calls"
        twice += bool(more)
    assert 4 < calls < 60
    assert twice <= 1, "only where the function dies between the message and its mark"
