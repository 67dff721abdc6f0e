"""OpenLineage events of whole runs and batches: two of each end, put once, without secrets, and never in its way."""

import json
from collections import Counter
from typing import Any

import pytest

from functions.notifications import lineage
from local.outcome import Outcome
from local.simulator import catalogue
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.integration.test_notifications import end_again
from tests.support.aws_calls import counted

COUNTRIES = [{"name": "Elements of Country", "answers": "USA"}]
REQUEST = {"project": TUTORIAL, "datamart": CITY, "prompts": COUNTRIES}


@pytest.fixture(autouse=True)
def asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable that the settings give the functions which process ends."""
    monkeypatch.setenv("OPEN_LINEAGE", json.dumps({"namespaces": {"Statistics": "postgres://dwh:5432"}}))


def run(system: System, **request: Any) -> Outcome:
    return system.watch(system.emulator.start(REQUEST | request))


def events(system: System) -> list[dict[str, Any]]:
    """The OpenLineage events so far; the search for secrets sees them, too."""
    return [each["detail"] for each in system.events() if each["detail-type"] == lineage.DETAIL_TYPE]


def kinds(system: System) -> list[str]:
    return [each["eventType"] for each in events(system)]


def test_a_load_is_a_start_and_its_completion_with_the_table_that_it_has_replaced(system: System) -> None:
    outcome = run(system)
    first, last = events(system)
    assert (first["eventType"], last["eventType"]) == ("START", "COMPLETE")
    assert first["run"]["runId"] == last["run"]["runId"] == lineage.run_id(outcome.execution_arn)
    (table,) = last["outputs"]
    assert (table["namespace"], table["name"]) == ("postgres://dwh:5432", outcome.output["target"]["table"])
    assert table["facets"]["lifecycleStateChange"]["lifecycleStateChange"] == "OVERWRITE"
    assert first["eventTime"] < last["eventTime"]


def test_a_table_to_which_rows_are_added_is_not_said_to_be_replaced(system: System) -> None:
    run(system, datamart=catalogue.DAILY_SALES_APPEND, prompts=[])
    (table,) = events(system)[1]["outputs"]
    assert table["facets"] == {}


def test_a_failure_says_what_happened_and_a_run_that_was_refused_has_its_events_too(system: System) -> None:
    outcome = run(system, datamart="No such datamart")
    first, last = events(system)
    assert (first["eventType"], last["eventType"], last["outputs"]) == ("START", "FAIL", [])
    assert last["run"]["facets"]["errorMessage"]["message"].startswith("NotFound: ")
    refused = system.watch(system.emulator.start({"nonsense": 1}))
    assert refused.error == "InvalidRequest"
    assert kinds(system) == ["START", "FAIL"] * 2
    assert {each["run"]["runId"] for each in events(system)} == {
        lineage.run_id(each.execution_arn) for each in (outcome, refused)
    }


def test_an_end_that_is_delivered_again_puts_no_further_events(system: System) -> None:
    outcome = run(system)
    for _ in range(2):
        end_again(system, outcome.execution_arn)
    assert kinds(system) == ["START", "COMPLETE"]


def test_events_that_eventbridge_does_not_take_keep_nothing_of_the_end_back_and_come_later(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = lineage.of_run, [RuntimeError("no"), ConnectionError("no")]

    def fails(*arguments: Any) -> Any:
        if failures:
            raise failures.pop()
        return real(*arguments)

    monkeypatch.setattr(lineage, "of_run", fails)
    outcome = run(system, datamart="No such datamart")
    assert len(system.notices()) == 1
    assert system.leases() == {}
    end_again(system, outcome.execution_arn)
    assert kinds(system) == ["START", "FAIL"]
    assert len(system.notices()) == 1


def test_a_clean_up_that_fails_does_not_keep_the_events_back(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.lifecycle import end_of_run

    def fails(*_: Any) -> None:
        raise ConnectionError("the server is away")

    with monkeypatch.context() as patch:
        patch.setattr(end_of_run, "_clean_up_all", fails)
        outcome = run(system)
    assert kinds(system) == ["START", "COMPLETE"]
    end_again(system, outcome.execution_arn)
    assert kinds(system) == ["START", "COMPLETE"]


def test_without_the_setting_there_is_no_event(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPEN_LINEAGE")
    outcome = run(system)
    assert events(system) == []
    assert "lineage" not in system.item(outcome)["claimed"]


def test_the_runs_of_a_batch_name_it_as_their_parent(system: System) -> None:
    items = [{"datamart": CITY, "prompts": COUNTRIES, "name": "city"}, {"datamart": "None such", "name": "none"}]
    given = {"items": [each | {"project": TUTORIAL} for each in items]}
    outcome = system.watch_batch(system.emulator.start_batch({"batch": given}))
    found = events(system)
    batch = [each for each in found if each["run"]["runId"] == lineage.run_id(outcome.execution_arn)]
    assert [each["eventType"] for each in batch] == ["START", "FAIL"]
    assert "BatchIncomplete" in batch[1]["run"]["facets"]["errorMessage"]["message"]
    runs = [each for each in found if each not in batch]
    assert sorted(each["eventType"] for each in runs) == ["COMPLETE", "FAIL", "START", "START"]
    for each in runs:
        parent = each["run"]["facets"]["parent"]
        assert parent["run"]["runId"] == batch[0]["run"]["runId"]
        assert parent["job"]["name"] == batch[0]["job"]["name"]


def test_the_events_take_two_writes_and_one_call_of_eventbridge(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken() -> Counter[str]:
        with counted(system.emulator) as calls:
            run(system)
        return Counter(call.operation for call in calls if call.module == "end_run")

    run(system)  # the usual durations are known from here on
    with_events = taken()
    monkeypatch.delenv("OPEN_LINEAGE")
    assert with_events - taken() == {"UpdateItem": 2, "PutEvents": 1}


def test_each_stage_sends_only_its_own_events(system: System) -> None:
    run(system)
    assert {each["job"]["namespace"] for each in events(system)} == {"datamart-runner-dev"}
