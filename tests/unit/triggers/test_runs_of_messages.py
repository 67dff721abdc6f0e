"""Where one message starts several runs, each of them is told which message it was and how many runs it started."""

from functions.requests.execution_input import SCHEMA
from tests.support.deliveries import created, message, notification, record, stored
from tests.unit.triggers.conftest import Starter


def test_each_run_of_a_message_gets_its_id_the_number_of_runs_and_its_own_name(starter: Starter) -> None:
    told = notification(
        stored(record("countries/one.csv")),
        stored(record("countries/two.csv")),
        record("countries/gone.csv", versionId="gone"),
        record("countries/gone-too.csv", versionId="gone"),
        message_id="95df01b4",
    )
    names = starter(told, "upload")
    assert len(names) == 3, "two objects, and one run for all that was refused"
    for name in names:
        assert starter.input(name)["message"] == {"id": "95df01b4", "runs": 3, "run": name}
        SCHEMA.check(starter.input(name))


def test_an_object_that_a_message_names_twice_counts_once(starter: Starter) -> None:
    one, other = stored(record("countries/twice.csv")), stored(record("countries/once.csv"))
    names = starter(notification(one, one, other), "upload")
    assert {starter.input(name)["message"]["runs"] for name in names} == {2}


def test_the_run_of_an_event_that_starts_no_other_has_no_message_in_its_input(starter: Starter) -> None:
    upload = record("countries/alone.csv", versionId="alone")
    assert "message" not in starter.begun(created("countries/alone.csv", version_id="alone"), "upload")
    assert "message" not in starter.begun(notification(stored(upload)), "upload")
    assert "message" not in starter.begun(message(country="Spain"), "message")
    gone = [record(f"countries/none{n}.csv", versionId="gone") for n in range(3)]
    assert "message" not in starter.begun(notification(*gone), "upload")
