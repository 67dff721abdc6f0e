"""prepare_run and wait_in_queue: who waits, for how long, who ends, and what a run is told."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.errors import InvalidRequest, RunInProgress, RunTimedOut, ServerBusy
from functions.handlers import prepare_run, wait_in_queue
from functions.lifecycle.hand_over import give_back, look_after, serve
from functions.limits import FIRST_IN_QUEUE_SECONDS
from functions.runs.queue import OVERDUE_SECONDS
from functions.runs.queue_moves import paused, resumed
from functions.runs.slots import run_id
from functions.runs.store.attempts import begin_attempt
from functions.runs.store.runs import find_run, load_run
from functions.runs.store.table import RunTable
from functions.runs.waiting import TIME_IS_UP, InQueue
from infra.costs.run_counts import QUEUE_WRITES
from tests.support.interleaving_simulator import _Context
from tests.unit.lifecycle.queue_system import NOON, PROJECT, QueueSystem
from tests.unit.runs.tables import direct_run_table


@pytest.fixture(params=[1])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[QueueSystem]:
    with direct_run_table() as table:
        monkeypatch.setenv("CONNECTIONS", '["default"]')
        for module in (prepare_run, wait_in_queue):
            monkeypatch.setattr(module, "run_table", lambda: table)
        monkeypatch.setattr("functions.handlers._decorators.run_table", lambda: table)
        yield QueueSystem(table, request.param, monkeypatch)


def event(name: str, **request: Any) -> dict[str, Any]:
    arn = f"arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:{name}"
    asked = {"project": PROJECT, "datamart": name} | request
    return {"executionArn": arn, "input": asked, "startedAt": "2026-11-20T05:00:00Z", "queue": True}


def wait(name: str, seconds: float = 9_000, called: str = "token", minute: int = 0, retry: int = 0) -> Any:
    given = {"executionArn": event(name)["executionArn"], "attempt": None, "token": called, "seconds": seconds}
    of_the_state = {"entered": f"2026-11-20T05:{minute:02}:00.000Z", "retry": retry}
    return wait_in_queue.handler(given | of_the_state, _Context())


def prepare(name: str, **request: Any) -> dict[str, Any]:
    found: dict[str, Any] = prepare_run.handler(event(name, **request), _Context())
    return found


def waits(name: str, **request: Any) -> str:
    with pytest.raises(InQueue) as refused:
        prepare(name, **request)
    return str(refused.value)


def test_a_run_that_gets_a_slot_is_told_its_request_and_the_number_of_its_attempt(system: QueueSystem) -> None:
    found = prepare("one")
    assert (found["attempt"], found["request"]["datamart"], found["deadline"]) == (1, "one", NOON + 7_200)
    assert system.owners() == ["one"]


def test_under_the_definition_of_an_earlier_release_no_slot_is_taken(system: QueueSystem) -> None:
    prepare_run.handler({key: value for key, value in event("one").items() if key != "queue"}, _Context())
    prepare("two")
    assert system.owners() == ["two"]


def test_a_run_that_would_be_first_waits_ten_minutes_and_the_others_their_queue_minutes(system: QueueSystem) -> None:
    prepare("one")
    assert waits("two").startswith(f"{FIRST_IN_QUEUE_SECONDS} seconds are left to wait in the queue of connection")
    wait("two", FIRST_IN_QUEUE_SECONDS)
    system.time += 1
    text = waits("three", queueMinutes=20)
    assert text.startswith("1200 seconds are left")
    assert "position 2 of 2" in text
    assert event("one")["executionArn"] in text


def test_a_run_whose_datamart_runs_ends_at_once_if_it_would_rather_not_wait(system: QueueSystem) -> None:
    prepare("one")
    with pytest.raises(RunInProgress, match="another run of this datamart is under way"):
        prepare("two", datamart="one", onConflict="skip")
    waits("three", onConflict="skip")


def test_a_run_whose_datamart_runs_only_as_it_seems_takes_the_slot_of_the_ended_run(system: QueueSystem) -> None:
    prepare("one")
    system.ended.add(event("one")["executionArn"])
    assert prepare("two", datamart="one", onConflict="fail")["attempt"] == 1


def test_a_run_that_comes_back_with_a_slot_has_its_deadline_moved_by_its_wait(system: QueueSystem) -> None:
    prepare("one")
    waits("two")
    wait("two", FIRST_IN_QUEUE_SECONDS)
    first = load_run(system.table, event("one")["executionArn"], 1)
    begin_attempt(first)
    system.time += 500
    give_back(system.table, first)
    assert system.sent == [("token", "slot")]
    for _ in range(2):  # also where the function is repeated
        assert prepare("two")["deadline"] == NOON + 7_200 + 500


def test_a_run_that_was_handed_a_slot_while_it_came_back_goes_on_with_its_new_token(system: QueueSystem) -> None:
    prepare("one")
    waits("two")
    wait("two", FIRST_IN_QUEUE_SECONDS, "gone")
    system.gone.add("gone")
    first = load_run(system.table, event("one")["executionArn"], 1)
    begin_attempt(first)
    give_back(system.table, first)
    wait("two", FIRST_IN_QUEUE_SECONDS, "newer")
    assert system.sent == [("newer", "slot")]


@pytest.mark.parametrize("newer", [{"retry": 1}, {"minute": 1}])
def test_the_token_of_an_invocation_that_was_held_up_does_not_replace_a_newer_one(
    system: QueueSystem, newer: dict[str, int]
) -> None:
    prepare("one")
    waits("two")
    wait("two", called="newer", **newer)
    wait("two", called="held up")
    first = load_run(system.table, event("one")["executionArn"], 1)
    begin_attempt(first)
    give_back(system.table, first)
    assert system.sent[-1] == ("newer", "slot")


def test_queue_minutes_are_counted_from_the_arrival_however_often_the_run_comes_back(system: QueueSystem) -> None:
    prepare("one")
    waits("two", queueMinutes=20)
    wait("two", FIRST_IN_QUEUE_SECONDS)
    system.time += 600
    wait("two", FIRST_IN_QUEUE_SECONDS)
    system.time += 599
    wait("two", FIRST_IN_QUEUE_SECONDS)
    system.time += 1
    with pytest.raises(RunTimedOut, match=r"waited in the queue for its queueMinutes \(20\).* \(position 1 of 1\)"):
        wait("two", FIRST_IN_QUEUE_SECONDS)


def test_a_pause_does_not_count_against_queue_minutes_when_the_run_waits_again(system: QueueSystem) -> None:
    prepare("one")
    waits("two", queueMinutes=60)
    system.table.change("queue/default", put={"pauses": [{"since": NOON, "until": NOON + 7_200}]})
    wait("two")
    system.time += 7_260
    first = load_run(system.table, event("one")["executionArn"], 1)
    begin_attempt(first)
    give_back(system.table, first)
    assert prepare("two")["deadline"] == NOON + 7_200 + 7_260
    begin_attempt(load_run(system.table, event("two")["executionArn"], 1))
    give_back(system.table, load_run(system.table, event("two")["executionArn"], 1))
    prepare("three")
    assert waits("two").startswith("600 seconds are left")
    wait("two", 3_540)
    assert system.queue.tickets[run_id(event("two")["executionArn"])].until == system.time + 3_540


def pause(system: QueueSystem, until: float) -> None:
    serve(system.table, "default", system.queue, lambda queue: paused(queue, None, system.time, until))


def test_the_first_that_comes_during_a_pause_waits_until_its_end_and_the_others_for_the_pause_and_their_own_time(
    system: QueueSystem,
) -> None:
    prepare("one")
    pause(system, NOON + 7_200)
    assert waits("two", queueMinutes=20).startswith("7201 seconds are left to wait")
    wait("two", 7_201)
    system.time += 1
    assert waits("three", queueMinutes=20).startswith(f"{7_199 + 1_200} seconds are left to wait")
    wait("three", 7_199 + 1_200)
    assert system.sent == []


def test_the_first_comes_back_at_the_end_of_a_pause_and_lets_all_go_for_whom_there_are_slots(
    system: QueueSystem,
) -> None:
    prepare("one")
    first = load_run(system.table, event("one")["executionArn"], 1)
    begin_attempt(first)
    pause(system, NOON + 7_200)
    waits("two")
    wait("two", 7_201, "two")
    give_back(system.table, first)
    assert system.owners() == system.sent == []
    system.time = NOON + 7_201
    wait("two", FIRST_IN_QUEUE_SECONDS, "two again", minute=1)
    assert system.owners() == ["(two)"]
    assert system.sent == [("two again", "slot")]


@pytest.mark.parametrize("seconds", [FIRST_IN_QUEUE_SECONDS, 80_000])
def test_a_run_that_comes_back_during_a_pause_waits_for_its_end_from_then_on(
    system: QueueSystem, seconds: float
) -> None:
    prepare("one")
    waits("two")
    pause(system, NOON + 7_200)
    wait("two", seconds)
    ((token, told),) = system.sent
    assert (token, told.partition(" left to wait")[0]) == ("token", "InQueue: 7201 seconds are")
    wait("two", 7_201, "newer", minute=1)
    assert len(system.sent) == 1
    (mine,) = system.queue.tickets.values()
    assert not mine.first


def test_a_run_that_is_not_the_first_does_not_come_back_every_ten_minutes_after_a_pause(system: QueueSystem) -> None:
    prepare("one")
    for name in ("two", "three"):
        waits(name)
        wait(name, 600 if name == "two" else 86_400, name)
        system.time += 1
    wait("three", FIRST_IN_QUEUE_SECONDS, "three again", minute=1)
    ((token, told),) = system.sent
    assert (token, told.partition(" left to wait")[0]) == ("three again", "InQueue: 86399 seconds are")


def test_a_run_whose_time_is_up_comes_back_although_it_was_to_wait_for_the_end_of_a_pause(system: QueueSystem) -> None:
    prepare("one")
    pause(system, NOON + 7_200)
    for name in ("two", "three"):
        waits(name, queueMinutes=20)
        wait(name, 7_201 if name == "two" else 8_400, name)
        system.time += 1
    serve(system.table, "default", system.queue, lambda queue: resumed(queue, None, system.time))
    assert [token for token, _ in system.sent] == ["two"]
    system.time += 1_200 + OVERDUE_SECONDS
    look_after(system.table, "default", system.queue)
    assert ("three", f"InQueue: {TIME_IS_UP}") in system.sent
    with pytest.raises(RunTimedOut, match=r"queueMinutes \(20\).*since \S+ \(21 min 1 s\): .*:one has had one longest"):
        wait("three", FIRST_IN_QUEUE_SECONDS, "three again", minute=1)


@pytest.mark.parametrize("system", [2], indirect=True)
def test_a_run_that_names_its_datamart_differently_waits_for_the_run_that_has_the_lease(system: QueueSystem) -> None:
    prepare("one")
    prepare("two")
    first, second = (load_run(system.table, event(name)["executionArn"], 1) for name in ("one", "two"))
    for run in (first, second):
        begin_attempt(run)
        run.write(put={"project": {"id": PROJECT}, "datamart": {"id": "C" * 32}})
    system.table.change(
        f"lease/default/{PROJECT}/{'C' * 32}",
        put={"owner": first.arn, "attempt": 1, "since": NOON},
        condition="attribute_not_exists({owner})",
    )
    give_back(system.table, second)
    assert f"{first.arn} has its datamart" in waits("two")
    wait("two")
    assert system.owners() == ["one"]
    give_back(system.table, first)
    assert system.owners() == ["(two)"]


def test_a_job_that_names_another_datamart_by_now_ends_the_run_that_waits(system: QueueSystem) -> None:
    prepare("one")
    waits("two")
    with pytest.raises(InvalidRequest, match="names another connection, project or datamart"):
        prepare("two", datamart="other")


def test_a_run_that_finds_the_queue_full_comes_back_later_and_those_that_wait_stay_in_it(
    system: QueueSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.runs.store.queues.MOST_TICKETS", 1)
    for name in ("one", "two", "three"):
        prepare(name) if name == "one" else waits(name)
    wait("two")
    with pytest.raises(ServerBusy, match="1 runs wait in the queue"):
        wait("three")
    wait("two", called="newer")
    assert len(system.tickets()) == 1


def test_a_run_answers_the_prompts_that_its_job_names_when_the_run_gets_its_slot(system: QueueSystem) -> None:
    prompts = [{"name": name, "answers": "2026"} for name in ("Year", "Quarter")]
    prepare("one", prompts=prompts)
    found = prepare("one", prompts=prompts[1:])
    run = load_run(system.table, event("one")["executionArn"], 1)
    assert [answer["name"] for answer in found["request"]["prompts"]] == run.idle_answers == ["Quarter"]


def test_before_a_later_attempt_the_request_is_not_read_again(system: QueueSystem) -> None:
    prepare("one")
    run = load_run(system.table, event("one")["executionArn"], 1)
    begin_attempt(run)
    given = event("one") | {"input": {"project": PROJECT}}
    found = prepare_run.handler(given, _Context())
    assert (found["attempt"], "request" in found) == (2, False)
    stored = find_run(system.table, given["executionArn"])
    assert stored is not None
    assert not stored.ended


def test_a_run_that_waits_takes_no_more_writes_of_the_queue_than_the_documents_say(
    system: QueueSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[str] = []
    real = RunTable.change

    def counted(table: RunTable, key: str, *args: Any, **kwargs: Any) -> Any:
        if key.startswith("queue/"):
            writes.append(key)
        return real(table, key, *args, **kwargs)

    monkeypatch.setattr(RunTable, "change", counted)
    names = ["one", "two", "three", "four", "five", "six"]
    prepare("one")
    for name in names[1:]:
        waits(name)
        wait(name, FIRST_IN_QUEUE_SECONDS if name == "two" else 86_400, name)
        system.time += 1
    for number, name in enumerate(names):
        run = load_run(system.table, event(name)["executionArn"], 1)
        begin_attempt(run)
        writes.clear()
        give_back(system.table, run)
        if number + 2 < len(names):  # it is the first by now
            wait(names[number + 2], FIRST_IN_QUEUE_SECONDS, f"{names[number + 2]} again", minute=1)
        if number + 1 < len(names):
            prepare(names[number + 1])
        if 0 < number < len(names) - 2:
            at_its_first_state = 2
            assert at_its_first_state + len(writes) == QUEUE_WRITES
    assert system.owners() == []
