"""Batches through the real definitions: items start when all that they name are loaded and a place is free."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.limits import BATCH_LOOK_SECONDS, SWEEP_GRACE
from functions.names import execution_arn, is_batch
from functions.runs.batches.model import name_of_run
from functions.runs.store.batches import claim_restart, find_batch
from functions.runs.store.table import run_table
from local.clock import Clock
from local.emulator.clients import client
from local.emulator.end_events import message_of
from local.outcome import Outcome
from local.simulator import catalogue
from local.simulator.scenario import Scenario
from tests.integration.conftest import System
from tests.support.batches import Hooks, load, words, words_of

NewSystem = Callable[..., System]

BROKEN = {"datamart": catalogue.BROKEN_SQL}
"""A datamart whose SQL fails: loaded is unknown."""

EARLY = {"datamart": catalogue.FAILS_EARLY}
"""A datamart that fails before its SQL."""

APPENDS = {"datamart": catalogue.DAILY_SALES_APPEND}

ENDS = ["ConcludeBatch", "JudgeBatch"]


@pytest.fixture
def system(new_system: NewSystem, monkeypatch: pytest.MonkeyPatch) -> System:
    """A server with six datamarts that take some seconds each, and a connection with two slots."""
    monkeypatch.setenv("MAX_CONCURRENT_RUNS", '{"default": 2}')
    return new_system(Scenario(more_loads=(30.0, 20.0, 10.0, 20.0, 10.0, 5.0)))


@pytest.fixture
def hooks(system: System, monkeypatch: pytest.MonkeyPatch) -> Hooks:
    return Hooks(system.emulator, monkeypatch)


def start(system: System, *items: dict[str, Any], **keys: Any) -> str:
    return system.emulator.start_batch({"batch": {"items": list(items)} | keys})


def run(system: System, *items: dict[str, Any], **keys: Any) -> Outcome:
    return system.watch_batch(start(system, *items, **keys))


def run_of_item(system: System, batch: str, index: int, name: str) -> str:
    """The ARN of an item's execution."""
    return execution_arn(system.emulator.deployed.state_machine, name_of_run(batch, index, name))


def loads(system: System) -> dict[str, int]:
    """How often the server has loaded each datamart."""
    return {str(datamart): int(count) for datamart, count in system.simulator.state()["loads"].items() if count}


def each_once(*numbers: int) -> dict[str, int]:
    return {catalogue.load_id(number): 1 for number in numbers}


def detail_types(system: System) -> list[str]:
    return sorted(event["detail-type"] for event in system.events())


# -- order ----------------------------------------------------------------------------------------------------------


def test_an_item_starts_when_all_that_it_names_are_loaded_and_a_place_is_free(system: System) -> None:
    ended = run(system, load(5, 1, 2), load(1), load(2), load(3, 1), load(4, 3, 5))
    assert (ended.status, ended.error, ended.cause) == ("SUCCEEDED", None, None)
    assert ended.states == ["PrepareBatch", "WaitForItems", *ENDS, "BatchSucceeded"]
    assert set(words(ended).values()) == {"loaded"}
    assert loads(system) == each_once(1, 2, 3, 4, 5)
    lines = {line["name"]: line for line in ended.output["items"]}
    starts = {name: line["waitSeconds"] for name, line in lines.items()}
    ends = {name: starts[name] + line["durationSeconds"] for name, line in lines.items()}
    assert (starts["load 1"], starts["load 2"]) == (0, 0)
    assert starts["load 3"] >= ends["load 1"]
    assert starts["load 5"] >= max(ends["load 1"], ends["load 2"])
    assert starts["load 4"] >= max(ends["load 3"], ends["load 5"])
    assert ended.output["counts"] == {"items": 5, "loaded": 5}


def test_an_item_waits_in_the_batch_and_not_in_the_queue_where_maxconcurrency_exceeds_the_slots(system: System) -> None:
    ended = run(system, load(1), load(2), load(3), load(4), maxConcurrency=200)
    assert set(words(ended).values()) == {"loaded"}
    runs = [system.emulator.stored_run(line["execution"]) for line in ended.output["items"]]
    assert [each.queued_seconds for each in runs if each] == [0, 0, 0, 0]


def test_no_item_waits_in_the_queue_of_its_connection_while_another_connection_has_places(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both connections lead to one server, with one slot and two."""
    (secret,) = json.loads(os.environ["SECRETS"]).values()
    monkeypatch.setenv("SECRETS", json.dumps({"default": secret, "second": secret}))
    monkeypatch.setenv("CONNECTIONS", '["default", "second"]')
    monkeypatch.setenv("MAX_CONCURRENT_RUNS", '{"default": 1, "second": 2}')
    there = {"connection": "second"}
    ended = run(system, load(1), load(2), load(3), load(4, **there), load(5, **there), load(6, 4, **there))
    assert set(words(ended).values()) == {"loaded"}
    runs = [system.emulator.stored_run(line["execution"]) for line in ended.output["items"]]
    assert [each.queued_seconds for each in runs if each] == [0] * 6
    waits = {line["name"]: line["waitSeconds"] for line in ended.output["items"]}
    assert [waits[name] for name in ("load 1", "load 4", "load 5")] == [0, 0, 0]
    assert min(waits["load 2"], waits["load 3"]) > 0


def test_its_transitions_do_not_grow_with_the_number_of_items(system: System) -> None:
    assert len(run(system, load(6)).states) == len(run(system, *map(load, range(1, 7))).states) == 5


def test_a_finished_run_of_an_item_names_its_batch_as_what_has_started_it(system: System) -> None:
    ended = run(system, load(6))
    execution = ended.output["items"][0]["execution"]
    assert execution == run_of_item(system, ended.execution_arn, 0, "load 6")
    given = client("stepfunctions").describe_execution(executionArn=execution)["input"]
    assert f'"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "{ended.execution_arn}"' in given


def test_an_input_of_an_item_that_a_person_copies_is_a_run_of_its_own(system: System) -> None:
    ended = run(system, load(6))
    described = client("stepfunctions").describe_execution(executionArn=ended.output["items"][0]["execution"])
    copied = system.run_input(json.loads(described["input"]))
    assert copied.status == "SUCCEEDED"
    assert "batch" not in system.item(copied)


def test_the_next_batch_of_the_same_items_knows_how_long_they_take(system: System) -> None:
    items = (load(6), load(1), load(2))
    run(system, *items)
    again = run(system, *items, maxConcurrency=1)
    waits = {line["name"]: line["waitSeconds"] for line in again.output["items"]}
    assert sorted(waits, key=waits.__getitem__) == ["load 1", "load 2", "load 6"]  # the longest first


@pytest.mark.exhaustive
def test_a_batch_with_one_item_more_knows_how_long_the_others_take_under_whatever_name(system: System) -> None:
    run(system, load(6), load(1), load(2))
    renamed = [load(number, name=f"night {number}") for number in (6, 2, 1)]
    again = run(system, *renamed, load(3), maxConcurrency=1)
    waits = {line["name"]: line["waitSeconds"] for line in again.output["items"]}
    in_order = sorted(waits, key=waits.__getitem__)
    assert [name for name in in_order if name != "load 3"] == ["night 1", "night 2", "night 6"]


# -- failures -------------------------------------------------------------------------------------------------------


def test_a_failed_item_stops_only_what_comes_after_it_and_all_failures_are_one_notification(system: System) -> None:
    ended = run(system, load(1), load(2, **EARLY), load(3, 2), load(4, 3), load(5, 1), load(6, **BROKEN))
    assert (ended.status, ended.error) == ("FAILED", "BatchIncomplete")
    assert ended.states[-3:] == [*ENDS, "BatchFailed"]
    assert '4 of 6 items are not loaded: "load 2" (failed DatamartFailed)' in str(ended.cause)
    report = system.emulator.batch_report(ended.execution_arn)
    assert report is not None
    assert list(words_of(report).values()) == ["loaded", "failed", "skipped", "skipped", "loaded", "unknown"]
    because = {line["name"]: line.get("because") for line in report["items"]}
    assert (because["load 3"], because["load 4"]) == ("load 2", "load 2")
    assert loads(system) == each_once(1, 5)
    (notice,) = system.notices()
    assert notice["Subject"].endswith("failed: BatchIncomplete (loaded: 2 of 6)")
    assert 'Item: load 4\nOutcome: skipped, because of "load 2"\nLoaded: no' in notice["Message"]
    assert detail_types(system) == ["Datamart Batch Ended", *4 * ["Datamart Run Ended"]]
    (detail,) = [event["detail"] for event in system.events() if event["detail-type"] == "Datamart Batch Ended"]
    assert (detail["status"], detail["counts"]["skipped"], len(detail["notLoaded"])) == ("FAILED", 2, 4)


def test_as_many_failures_as_are_tolerated_do_not_fail_the_batch_and_people_learn_of_them(system: System) -> None:
    ended = run(system, load(1), load(2, **EARLY), toleratedFailures=1)
    assert ended.status == "SUCCEEDED"
    assert words(ended) == {"load 1": "loaded", "load 2": "failed"}
    (notice,) = system.notices()
    assert notice["Subject"].endswith("succeeded with failures (loaded: 1 of 2)")


def test_an_item_that_failed_after_its_load_lets_others_start_and_does_not_fail_the_batch(system: System) -> None:
    system.simulator.inject("save_as", status=400, json={"code": "ERR001", "message": "no"}, times=9)
    saved = {"saveAs": {"name": "copy", "folder": "/Public Objects/Datamarts"}}
    ended = run(system, load(1, **saved), load(2, 1))
    assert ended.status == "SUCCEEDED"
    assert [line["outcome"] for line in ended.output["items"]] == ["loaded", "loaded"]
    assert ended.output["items"][0]["error"] == "SaveFailed"
    (notice,) = system.notices()
    assert "SaveFailed" in notice["Message"]


def test_an_item_whose_run_is_skipped_is_not_loaded_and_says_why(system: System) -> None:
    same = {"name": "same", "project": catalogue.TUTORIAL, "datamart": "Load 1", "onConflict": "skip"}
    ended = run(system, load(1, onConflict="skip"), same, toleratedFailures=1)
    assert sorted(words(ended).values()) == ["failed", "loaded"]
    (line,) = (line for line in ended.output["items"] if line["outcome"] == "failed")
    assert (line["loaded"], line.get("error")) == ("no", None)
    assert "another run had the datamart" in line["cause"]
    assert loads(system) == each_once(1)


def test_with_on_failure_stop_nothing_starts_after_a_failure(system: System) -> None:
    ended = run(system, load(2, **EARLY), load(1), load(3, 1), load(4, 3), onFailure="stop")
    report = system.emulator.batch_report(ended.execution_arn)
    assert report is not None
    assert words_of(report) == {"load 2": "failed", "load 1": "loaded", "load 3": "skipped", "load 4": "skipped"}
    assert {line.get("because") for line in report["items"][2:]} == {"load 2"}


def test_a_batch_that_is_wrong_starts_nothing_and_is_reported_once(system: System) -> None:
    ended = run(system, load(1), load(2, 7), load(3) | {"datmart": "x"}, load(4) | {"connection": "nowhere"})
    assert (ended.status, ended.error, ended.states) == ("FAILED", "InvalidRequest", ["PrepareBatch", "BatchFailed"])
    assert "load 7" in str(ended.cause)
    assert loads(system) == {}
    assert len(system.notices()) == len(system.events()) == 1
    assert "did you mean" in system.notices()[0]["Message"]


def test_a_connection_that_does_not_exist_is_refused_with_the_item(system: System) -> None:
    ended = run(system, load(1), load(4) | {"connection": "defualt"})
    assert ended.error == "InvalidRequest"
    assert 'item 2 ("load 4"): connection: "defualt" is not configured (did you mean default?)' in str(ended.cause)


def test_a_first_step_that_breaks_down_for_good_ends_the_batch_as_server_unavailable(
    system: System, hooks: Hooks
) -> None:
    def broken(event: Any) -> None:
        raise MemoryError("out of memory")

    hooks.before |= {f"prepare_batch#{number}": broken for number in range(1, 5)}
    ended = run(system, load(1))
    assert (ended.status, ended.error) == ("FAILED", "ServerUnavailable")
    assert "out of memory" in str(ended.cause)
    assert len(system.notices()) == len(system.events()) == 1


# -- what is repeated, or lost --------------------------------------------------------------------------------------


def test_ends_that_are_delivered_twice_start_nothing_twice(system: System, hooks: Hooks) -> None:
    again = {f"end_run#{number}": lambda event: system.invoke("end_run", event) for number in (1, 3, 5)}
    hooks.after |= again
    ended = run(system, load(1), load(2, 1), load(3, 1))
    assert ended.status == "SUCCEEDED"
    assert loads(system) == each_once(1, 2, 3)
    assert detail_types(system) == ["Datamart Batch Ended", *3 * ["Datamart Run Ended"]]


def test_an_end_whose_function_died_before_it_started_the_next_item_is_made_good_by_its_repetition(
    system: System, hooks: Hooks
) -> None:
    lost = iter([True])
    hooks.loses = lambda name: name.startswith("load-2") and next(lost, False)
    hooks.after["end_run#1"] = _fail_once
    ended = run(system, load(1), load(2, 1))
    assert (ended.status, len(hooks.lost)) == ("SUCCEEDED", 1)
    assert loads(system) == each_once(1, 2)


def _fail_once(event: Any) -> None:
    raise TimeoutError("the function is killed at its last line")


def test_a_first_step_that_died_after_its_claims_is_made_good_by_the_next_one(system: System, hooks: Hooks) -> None:
    lost = iter([True, True])
    hooks.loses = lambda name: next(lost, False)
    ended = run(system, load(1), load(2), load(3))
    assert (ended.status, len(hooks.lost)) == ("SUCCEEDED", 2)
    assert loads(system) == each_once(1, 2, 3)


def test_a_batch_whose_items_have_ended_before_it_waits_goes_on_at_once(system: System, hooks: Hooks) -> None:
    def ends_first(event: Any) -> None:
        system.emulator.wait(run_of_item(system, event["executionArn"], 0, "load 6"))

    hooks.before["wait_for_items#1"] = ends_first
    ended = run(system, load(6))
    assert (ended.status, len(ended.states)) == ("SUCCEEDED", 5)


def test_the_sweep_processes_the_end_of_an_item_that_was_lost(system: System, hooks: Hooks, clock: Clock) -> None:
    hooks.before |= {f"end_run#{number}": _fail_once for number in (1, 2, 3)}  # the emulator gives up after three
    found = []
    hooks.before["wait_for_items#2"] = lambda event: found.append(system.invoke("sweep", {"look": "hourly"}))
    before = clock.now()
    ended = run(system, load(1), load(2, 1))
    assert clock.now() - before > BATCH_LOOK_SECONDS > SWEEP_GRACE
    assert (ended.status, found[0]["left"]) == ("SUCCEEDED", 0)
    assert loads(system) == each_once(1, 2)
    assert all("sweep" in notice["Subject"] for notice in system.notices())


def test_the_sweep_starts_an_item_whose_start_was_lost_and_wakes_a_batch_whose_token_was(
    system: System, hooks: Hooks
) -> None:
    swept: list[Any] = []

    def sweep(event: Any) -> None:
        hooks.loses = lambda name: False
        swept.append(system.invoke("sweep", {"look": "hourly"}))

    hooks.loses = lambda name: True
    hooks.before["wait_for_items#2"] = sweep
    ended = run(system, load(6))
    assert (ended.status, swept) == ("SUCCEEDED", [{"found": 1, "left": 0}]), system.notices()
    assert loads(system) == each_once(6)


def test_the_sweep_finds_nothing_of_a_batch_that_waits_no_more_and_is_about_to_conclude(
    system: System, hooks: Hooks
) -> None:
    swept: list[Any] = []
    hooks.before["conclude_batch#1"] = lambda event: swept.append(system.invoke("sweep", {"look": "hourly"}))
    assert run(system, load(6)).status == "SUCCEEDED"
    assert swept == [{"found": 0, "left": 0}]
    assert system.notices() == []


# -- stop and restart -----------------------------------------------------------------------------------------------


def stopped(system: System, hooks: Hooks, *items: dict[str, Any], at: str) -> Outcome:
    """A batch that is stopped at an invocation, with the runs that it stopped."""
    arn = ""
    hooks.before[at] = lambda event: system.emulator.stop(arn)
    arn = start(system, *items)
    ended = system.watch(arn)
    for index, item in enumerate(items):
        execution = run_of_item(system, arn, index, item["name"])
        if system.emulator.stored_run(execution) is not None:
            system.watch(execution)
    return ended


def test_a_stopped_batch_starts_nothing_more_and_stops_its_runs_which_clean_up(system: System, hooks: Hooks) -> None:
    ended = stopped(system, hooks, load(6), load(1), load(2, 6), load(3, 2), at="get_status#4")
    assert ended.status == "ABORTED"
    report = system.emulator.batch_report(ended.execution_arn)
    assert report is not None
    assert {"running", "not started"} & set(words_of(report).values()) == set()
    assert words_of(report)["load 3"] == "stopped"
    (notice,) = system.notices()
    assert "was stopped" in notice["Subject"]
    assert detail_types(system).count("Datamart Batch Ended") == 1
    assert catalogue.load_id(3) not in loads(system)


def test_a_batch_whose_own_end_was_lost_is_stopped_by_the_sweep(system: System, hooks: Hooks, clock: Clock) -> None:
    arn = ""

    def stop(event: Any) -> None:
        hooks.before |= {f"end_run#{number}": _fail_once for number in (1, 2, 3)}
        system.emulator.stop(arn)

    def sweep(event: Any) -> None:
        system.emulator.wait(arn)
        clock.advance(SWEEP_GRACE + 1)
        system.invoke("sweep", {"look": "hourly"})

    hooks.before |= {"get_status#1": stop, "get_status#2": sweep}
    arn = start(system, load(1), load(2, 1))
    assert system.watch(arn).status == "ABORTED"
    item = system.watch(run_of_item(system, arn, 0, "load 1"))
    assert item.status == "ABORTED"
    assert [event["detail"]["status"] for event in system.events()] == ["ABORTED", "ABORTED"]


def test_the_end_of_an_item_starts_nothing_of_a_stopped_batch_whose_own_end_was_lost(
    system: System, hooks: Hooks, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = system.emulator.runtime.around

    @contextlib.contextmanager
    def without_ends_of_batches(module: str, event: Any) -> Iterator[None]:
        if module == "end_run" and is_batch(json.loads(event["Records"][0]["body"])["detail"]["executionArn"]):
            raise TimeoutError("the end of the batch is lost")
        with around(module, event):
            yield

    monkeypatch.setattr(system.emulator.runtime, "around", without_ends_of_batches)
    arn = ""
    hooks.before["get_status#1"] = lambda event: system.emulator.stop(arn)
    arn = start(system, load(1), load(2, 1), load(3), load(4), load(5))
    assert system.emulator.wait(arn).status == "ABORTED"
    for index in (0, 2):
        assert system.watch(run_of_item(system, arn, index, f"load {index + 1}")).status == "SUCCEEDED"
    report = system.emulator.batch_report(arn)
    assert report is not None
    assert list(words_of(report).values()) == ["loaded", "stopped", "loaded", "stopped", "stopped"]
    assert loads(system) == each_once(1, 3)
    monkeypatch.setattr(system.emulator.runtime, "around", around)
    clock.advance(SWEEP_GRACE + 1)
    assert system.invoke("sweep", {"look": "hourly"}) == {"found": 1, "left": 0}
    assert "was stopped" in system.notices()[0]["Subject"]
    assert loads(system) == each_once(1, 3)


def test_a_restart_runs_what_is_not_loaded_and_nothing_else(system: System) -> None:
    system.simulator.inject("create_instance", status=400, json={"code": "ERR001", "message": "no"}, skip=1)
    first = run(system, load(1), load(2, 1), load(3, 2), load(4), maxConcurrency=1)
    assert first.error == "BatchIncomplete"
    assert loads(system) == each_once(1, 4)
    again = system.watch_batch(system.emulator.start_batch({"restartOf": first.execution_arn}))
    assert (again.status, again.cause) == ("SUCCEEDED", None)
    assert loads(system) == each_once(1, 2, 3, 4)
    assert again.output["restartOf"] == first.execution_arn
    assert sum(bool(line.get("earlier")) for line in again.output["items"]) == 2


def test_a_restart_runs_an_item_that_may_be_loaded_only_where_a_person_names_it(system: System) -> None:
    first = run(system, load(1), load(2, **BROKEN), load(3, 2))
    restart = {"restartOf": first.execution_arn}
    left_alone = system.watch_batch(system.emulator.start_batch(restart))
    assert left_alone.error == "BatchIncomplete"
    report = system.emulator.batch_report(left_alone.execution_arn)
    assert report is not None
    assert words_of(report) == {"load 1": "loaded", "load 2": "unknown", "load 3": "skipped"}
    assert system.posts() == 2
    forced = system.watch_batch(system.emulator.start_batch(restart | {"force": ["load 2"]}))
    assert forced.error == "BatchIncomplete"
    assert system.posts() == 3


def test_a_batch_that_is_restarted_twice_loads_nothing_twice(system: System) -> None:
    system.simulator.inject("create_instance", status=400, json={"code": "ERR001", "message": "no"}, skip=1)
    first = run(system, load(1), load(2, 1), load(3, 2), maxConcurrency=1)
    restart = {"restartOf": first.execution_arn}
    second = system.watch_batch(system.emulator.start_batch(restart))
    third = system.watch_batch(system.emulator.start_batch(restart))
    assert (second.status, third.error) == ("SUCCEEDED", "InvalidRequest")
    assert "nothing of that batch is left to run" in str(third.cause)
    assert loads(system) == each_once(1, 2, 3)


def test_of_two_restarts_at_once_one_is_refused(system: System) -> None:
    first = run(system, load(1, **EARLY))
    restart = {"restartOf": first.execution_arn}
    with system.emulator.waiter.working():
        both = [system.emulator.start_batch(restart) for _ in range(2)]
    ended = [system.watch_batch(arn) for arn in both]
    refused = [one for one in ended if one.error == "InvalidRequest"]
    assert len(refused) == 1
    assert "restart" in str(refused[0].cause)


def test_a_restart_that_never_began_keeps_no_other_from_it(system: System) -> None:
    first = run(system, load(1, **EARLY))
    record = find_batch(run_table(), first.execution_arn)
    assert record is not None
    assert claim_restart(record, first.execution_arn.rpartition(":")[0] + ":never-began")
    again = system.watch_batch(system.emulator.start_batch({"restartOf": first.execution_arn}))
    assert again.error == "BatchIncomplete"


def test_an_item_that_a_person_has_found_loaded_counts_as_loaded_in_the_restart_and_is_said_to_be_accepted(
    system: System,
) -> None:
    first = run(system, load(1), load(2, **BROKEN), load(3, 2))
    restart = {"restartOf": first.execution_arn, "accept": ["load 2"]}
    again = system.watch_batch(system.emulator.start_batch(restart))
    assert (again.status, again.cause) == ("SUCCEEDED", None)
    assert loads(system) == each_once(1, 3)
    assert system.posts() == 3
    lines = {line["name"]: line for line in again.output["items"]}
    assert lines["load 2"] == {
        **{"name": "load 2", "outcome": "loaded"},
        **{"loaded": "yes", "earlier": True, "accepted": True},
    }
    assert "accepted" not in lines["load 1"]


def test_where_the_last_items_are_accepted_nothing_runs_and_the_batch_has_succeeded(system: System) -> None:
    first = run(system, load(1), load(2, **BROKEN))
    restart = {"restartOf": first.execution_arn, "accept": ["load 2"]}
    again = system.watch_batch(system.emulator.start_batch(restart))
    assert (again.status, words(again)) == ("SUCCEEDED", {"load 1": "loaded", "load 2": "loaded"})
    assert system.posts() == 2
    once_more = system.watch_batch(system.emulator.start_batch(restart | {"restartOf": again.execution_arn}))
    assert 'accept: "load 2" is loaded; only an item that may be loaded (unknown)' in str(once_more.cause)


def test_what_was_accepted_is_said_in_every_further_restart(system: System) -> None:
    first = run(system, load(1, **BROKEN), load(2, **EARLY))
    second = {"restartOf": first.execution_arn, "accept": ["load 1"]}
    failed = system.watch_batch(system.emulator.start_batch(second))
    assert failed.error == "BatchIncomplete"
    third = system.watch_batch(system.emulator.start_batch({"restartOf": failed.execution_arn}))
    report = system.emulator.batch_report(third.execution_arn)
    assert report is not None
    assert report["items"][0]["accepted"] is True


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"force": ["load 9"]}, 'force: there is no item "load 9" (did you mean load 1?)'),
        ({"force": ["load 1"]}, 'force: "load 1" is loaded'),
        ({"accept": ["load 9"]}, 'accept: there is no item "load 9" (did you mean load 1?)'),
        ({"accept": ["load 1"]}, 'accept: "load 1" is loaded; only an item that may be loaded (unknown) can be'),
        ({"accept": ["load 1"], "force": ["load 1"]}, 'force, accept: "load 1" is in both'),
        ({}, "nothing of that batch is left to run"),
        ({"restartOf": "arn:aws:states:eu-west-1:1:execution:datamart-runner-dev:x"}, "is not the ARN of a batch"),
        ({"restartOf": "arn:aws:states:eu-west-1:1:execution:datamart-runner-dev_batches:x"}, "nothing is known of"),
    ],
)
def test_a_restart_without_a_reason_is_refused(system: System, change: dict[str, Any], sentence: str) -> None:
    first = run(system, load(1))
    again = system.watch_batch(system.emulator.start_batch({"restartOf": first.execution_arn} | change))
    assert again.error == "InvalidRequest"
    assert sentence in str(again.cause)


def test_an_end_of_a_batch_that_is_delivered_again_tells_nobody_twice(system: System) -> None:
    ended = run(system, load(1), load(2, **EARLY))
    described = client("stepfunctions").describe_execution(executionArn=ended.execution_arn)
    system.invoke("end_run", message_of(described))
    assert len(system.notices()) == 1
    assert detail_types(system).count("Datamart Batch Ended") == 1
