"""One notification for the failures of a connection whose server or account is the cause."""

from collections.abc import Iterator
from itertools import count

import pytest

from functions.errors import ERRORS
from functions.limits import END_VISIBILITY, OUTAGE_MESSAGE_EVERY
from functions.runs.outage import MOST_GATHERED, is_of_connection
from tests.support.interleaving_simulator import clear_clients
from tests.support.outage_simulator import OutageSimulator
from tests.unit.runs.tables import new_table

_connections = count(1)


@pytest.fixture(scope="module")
def table() -> Iterator[str]:
    with new_table() as name:
        yield name


@pytest.fixture
def outage(table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[OutageSimulator]:
    system = OutageSimulator(table, f"c{next(_connections)}")
    system.patched(monkeypatch)
    yield system
    clear_clients()


def fail(outage: OutageSimulator, times: int = 1, error: str = "ServerUnavailable", loaded: str = "no") -> list[str]:
    names = [outage.fail(error, loaded) for _ in range(times)]
    for name in names:
        outage.deliver(name).go_on()
    return names


def test_failures_of_an_outage_are_one_notification_with_the_list(outage: OutageSimulator) -> None:
    names = fail(outage, 5) + fail(outage, error="SessionLost", loaded="unknown")
    assert outage.published == []
    outage.pass_time(END_VISIBILITY + 1)
    (message,) = outage.published
    assert message.subject == f"Connection {outage.connection}: 6 runs failed (ServerUnavailable and others)"
    assert message.runs == names
    for name in names[:5]:
        assert f"\nWhat happened: reason of {name}.\n" in message.text
        assert f"\nTo see it: datamart show {name} --stage dev\n" in message.text
        assert f"\nTo repeat it: datamart rerun {name} --stage dev\n" in message.text
    repeat = f"\nTo repeat it after a look at the table: datamart rerun {names[5]} --stage dev --force\n"
    assert repeat in message.text
    assert "\nErrors: 5 ServerUnavailable, 1 SessionLost\nLoaded: 5 no, 1 unknown\n" in message.text
    assert ERRORS["ServerUnavailable"].advice in message.text
    assert f"\nTo try the connection: datamart check --stage dev --connection {outage.connection}\n" in message.text


def test_a_failure_alone_has_its_ordinary_notification_four_minutes_later(outage: OutageSimulator) -> None:
    (name,) = fail(outage, error="CredentialsRejected")
    outage.pass_time(END_VISIBILITY + 1)
    (message,) = outage.published
    assert message.subject == "Datamart City failed: CredentialsRejected (loaded: no)"
    assert f"What happened: reason of {name}." in message.text
    assert "Later: Further failures of the connection until " in message.text


def test_a_failure_of_the_run_itself_is_reported_at_once_during_an_outage(outage: OutageSimulator) -> None:
    fail(outage)
    fail(outage, error="NotFound")
    assert [message.subject for message in outage.published] == ["Datamart City failed: NotFound (loaded: no)"]


def test_later_failures_of_an_outage_are_one_notification_an_hour(outage: OutageSimulator) -> None:
    fail(outage, 2)
    outage.pass_time(END_VISIBILITY + 1)
    for _ in range(4):
        fail(outage)
        outage.pass_time(600)
    assert len(outage.published) == 1
    outage.pass_time(OUTAGE_MESSAGE_EVERY)
    later = outage.published[1]
    assert len(outage.published) == 2
    assert len(later.runs) == 4
    assert "\nEarlier: 2 more failures of this outage were in earlier messages.\n" in later.text
    assert set(outage.told().values()) == {1}


def test_a_failure_hours_after_an_outage_is_reported_in_minutes(outage: OutageSimulator) -> None:
    fail(outage, 2)
    outage.pass_time(END_VISIBILITY + 1)
    outage.pass_time(OUTAGE_MESSAGE_EVERY)
    fail(outage, 2)
    outage.pass_time(END_VISIBILITY + 1)
    assert [len(message.runs) for message in outage.published] == [2, 2]
    assert "Earlier" not in outage.published[1].text


def test_so_many_failures_as_fit_are_reported_at_once(outage: OutageSimulator) -> None:
    fail(outage, MOST_GATHERED + 1)
    (message,) = outage.published
    assert len(message.runs) == MOST_GATHERED
    outage.pass_time(OUTAGE_MESSAGE_EVERY + END_VISIBILITY)
    assert set(outage.told().values()) == {1}
    assert len(outage.told()) == MOST_GATHERED + 1


def test_the_sweep_notifies_of_an_outage_whose_end_is_not_delivered_again(outage: OutageSimulator) -> None:
    for name in fail(outage, 2):
        outage.lose(name)
    outage.look().go_on()
    assert outage.published == [], "the window is still open"
    outage.pass_time(END_VISIBILITY + 1)
    assert outage.published == []
    outage.look().go_on()
    assert [len(message.runs) for message in outage.published] == [2]
    outage.look().go_on()
    assert len(outage.published) == 1


def test_what_could_not_be_published_is_published_with_the_next_delivery(outage: OutageSimulator) -> None:
    outage.refusals = 1
    fail(outage, 2)
    outage.pass_time(END_VISIBILITY + 1)
    assert outage.published == []
    outage.pass_time(END_VISIBILITY + 1)
    assert [len(message.runs) for message in outage.published] == [2]


@pytest.mark.parametrize(
    ("error", "waited_for", "expected"),
    [
        ("ServerUnavailable", None, True),
        ("CredentialsRejected", None, True),
        ("NotFound", "ServerUnavailable: no answer", False),
        ("RunTimedOut", "ServerBusy: too many sessions", True),
        ("RunTimedOut", "RunInProgress: another run", False),
        ("RunTimedOut", None, False),
        ("of somebody else", None, False),
        (None, None, False),
    ],
)
def test_the_cause_of_a_failure_is_the_connection_or_the_run(
    error: str | None, waited_for: str | None, expected: bool
) -> None:
    assert is_of_connection(error, waited_for) is expected
