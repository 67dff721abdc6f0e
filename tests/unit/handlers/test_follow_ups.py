"""What follows a load, step by step: an event at most once, a cube as often as it takes, and never a second load."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.errors import (
    DatamartFailed,
    FollowUpFailed,
    LibraryError,
    NotFound,
    PermissionDenied,
    RunAlreadyEnded,
    RunTimedOut,
    ServerBusy,
    ServerUnavailable,
)
from functions.microstrategy import Client, CubeInfo, CubeStatus
from tests.support.interleaving_simulator import InterleavingSimulator, Run, SteppedTable, clear_clients
from tests.support.invocations import Invocation
from tests.unit.runs.tables import new_table

CITY, EVENT, CUBE, OTHER = ("A" * 32, "1E" * 16, "2C" * 16, "3E" * 16)
AN_EVENT, A_CUBE, ANOTHER = {"triggerEvent": EVENT}, {"publishCube": CUBE}, {"triggerEvent": OTHER}
ERR = {"code": "ERR001"}

_numbers = count(1)


@pytest.fixture(scope="module")
def table() -> Iterator[str]:
    with new_table() as name:
        yield name


@pytest.fixture
def system(table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[InterleavingSimulator]:
    made = InterleavingSimulator(table, f"f{next(_numbers)}", limit=1, longest=600, monitor=True)
    made.patched(monkeypatch)
    yield made
    assert made.flaws == []
    clear_clients()


def invoked(system: InterleavingSimulator, run: Run, fate: str = "accepted") -> Invocation:
    invocation = system.invoke(run, fate)
    invocation.go_on()
    return invocation


def go_until(system: InterleavingSimulator, run: Run, *steps: str, fate: str = "accepted") -> None:
    """Let it go on until it enters one of the steps, or has ended; its job ends well as soon as it is looked at."""
    for _ in range(40):
        if not run.running or run.step in steps:
            return
        if run.step == "get_status":
            system.server.request_of(run.arn, run.attempt or 0).end()
        invoked(system, run, fate)
        system.settle()
    raise AssertionError(f"it is at {run.step} after 40 steps")


def loaded(system: InterleavingSimulator, *then: dict[str, str], **request: Any) -> Run:
    """A run that has loaded its table and is about to do the first of its follow-ups."""
    run = system.begin(CITY, then=list(then), **request)
    go_until(system, run, "trigger_event", "publish_cube")
    return run


def follow_ups(system: InterleavingSimulator, run: Run) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = system.item(run.arn)["followUps"]
    return found


def state(system: InterleavingSimulator, run: Run, position: int = 0) -> str | None:
    found: str | None = follow_ups(system, run)[str(position)].get("state")
    return found


def failing(patch: pytest.MonkeyPatch, method: str, *errors: LibraryError) -> None:
    """Let the first calls of a method of the client fail."""
    left, real = list(errors), getattr(Client, method)

    def call(*given: Any) -> Any:
        if left:
            raise left.pop(0)
        return real(*given)

    patch.setattr(Client, method, call)


# -- before the load ---------------------------------------------------------------------------------------------------


def test_the_ids_and_names_of_all_follow_ups_are_kept_before_anything_is_executed(
    system: InterleavingSimulator,
) -> None:
    run = system.begin(CITY, then=[AN_EVENT, A_CUBE])
    go_until(system, run, "create_instance")
    found = [(one["kind"], one["id"], one["name"]) for one in follow_ups(system, run).values()]
    assert found == [("triggerEvent", EVENT, "Event 1"), ("publishCube", CUBE, "Cube 2")]


def test_a_name_that_does_not_exist_ends_the_run_before_its_execution_request(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "find_cube", NotFound('no cube "Sale"; the nearest are Sales'))
    run = system.begin(CITY, then=[AN_EVENT, A_CUBE])
    go_until(system, run)
    assert (run.status, system.item(run.arn)["outcome"]["error"]) == ("FAILED", "NotFound")
    assert system.item(run.arn)["outcome"]["loaded"] == "no"
    assert (system.server.requests, system.server.triggered, system.server.published) == ([], [], [])


# -- events ------------------------------------------------------------------------------------------------------------


def test_an_event_that_the_server_has_taken_is_done(system: InterleavingSimulator) -> None:
    run = loaded(system, AN_EVENT)
    assert invoked(system, run).result == {}
    assert state(system, run) == "done"


def test_a_step_that_is_invoked_twice_triggers_the_event_once(system: InterleavingSimulator) -> None:
    run = loaded(system, AN_EVENT)
    first, second = system.invoke(run), system.invoke(run)
    while not system.server.triggered:
        first.go_on(1)  # the response is on its way
    second.go_on()
    first.go_on()
    assert type(second.error) is FollowUpFailed
    assert (first.error, state(system, run)) == (None, "done")
    assert system.server.triggered == [(run.arn, EVENT)]


def test_an_event_whose_response_was_lost_is_not_triggered_again(system: InterleavingSimulator) -> None:
    run = loaded(system, AN_EVENT, ANOTHER)
    go_until(system, run, fate="answer lost")
    outcome = system.item(run.arn)["outcome"]
    assert (outcome["error"], outcome["loaded"], state(system, run)) == ("FollowUpFailed", "yes", "begun")
    assert system.server.triggered == [(run.arn, EVENT)]
    assert len(system.server.requests) == 1


def test_an_event_whose_function_was_killed_is_not_triggered_again(system: InterleavingSimulator) -> None:
    run = loaded(system, AN_EVENT)
    killed = system.invoke(run)
    while state(system, run) != "begun":
        killed.go_on(1)
    killed.kill()
    system.settle()
    go_until(system, run)
    assert system.item(run.arn)["outcome"]["error"] == "FollowUpFailed"
    assert system.server.triggered == []


def test_an_event_that_was_not_sent_is_sent_again(system: InterleavingSimulator) -> None:
    run = loaded(system, AN_EVENT)
    assert type(invoked(system, run, "not sent").error) is ServerUnavailable
    assert state(system, run) is None
    system.settle()
    go_until(system, run)
    assert (run.status, system.server.triggered) == ("SUCCEEDED", [(run.arn, EVENT)])


@pytest.mark.parametrize(
    "error",
    [
        PermissionDenied("no privilege", code="ERR014"),
        NotFound("no such event", code="ERR004"),
        DatamartFailed("not like this", http_status=400, **ERR),
    ],
    ids=lambda error: error.name,
)
def test_an_event_that_the_server_refuses_has_failed_and_those_after_it_are_not_done(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch, error: LibraryError
) -> None:
    run = loaded(system, AN_EVENT, ANOTHER)
    failing(monkeypatch, "trigger_event", error)
    go_until(system, run)
    assert system.item(run.arn)["outcome"]["error"] == "FollowUpFailed"
    assert (state(system, run, 0), state(system, run, 1)) == ("failed", None)
    assert error.message in follow_ups(system, run)["0"]["reason"]


@pytest.mark.parametrize(
    "error",
    [
        PermissionDenied("a proxy forbids it", http_status=403),
        DatamartFailed("the server failed", http_status=500, **ERR),
        ServerUnavailable("the response was lost", delivery="unknown"),
    ],
    ids=lambda error: f"{error.name} {error.delivery}",
)
def test_without_a_clear_refusal_nobody_knows_whether_the_event_was_triggered(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch, error: LibraryError
) -> None:
    run = loaded(system, AN_EVENT)
    failing(monkeypatch, "trigger_event", error)
    raised = invoked(system, run).error
    assert type(raised) is FollowUpFailed
    assert "not done twice" in str(raised)
    assert state(system, run) == "begun"


@pytest.mark.parametrize(
    ("error", "written"),
    [
        (ClientError({"Error": {"Code": "InternalServerError"}}, "UpdateItem"), False),
        (ReadTimeoutError(endpoint_url="https://dynamodb"), True),
    ],
    ids=["refused", "response lost"],
)
def test_nothing_is_triggered_if_the_intent_may_not_have_been_recorded(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch, error: Exception, written: bool
) -> None:
    run = loaded(system, AN_EVENT)
    real, failed = SteppedTable.update_item, list[bool]()

    def fail(table: SteppedTable, **given: Any) -> dict[str, Any]:
        if failed or "followUps" not in given["ExpressionAttributeNames"].values():
            return real(table, **given)
        failed.append(True)
        if written:
            real(table, **given)
        raise error

    monkeypatch.setattr(SteppedTable, "update_item", fail)
    raised = invoked(system, run).error
    assert type(raised) is ServerUnavailable
    assert (state(system, run), system.server.triggered) == (None, [])


def test_an_intent_that_cannot_be_recorded_takes_none_back_that_another_invocation_has_recorded(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = loaded(system, AN_EVENT)
    first, second = system.invoke(run), system.invoke(run)
    second.go_on(1)  # it has read the run
    while not system.server.triggered:
        first.go_on(1)
    real = SteppedTable.update_item

    def fail(table: SteppedTable, **given: Any) -> dict[str, Any]:
        if ":this" in given.get("ExpressionAttributeValues", {}):
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")
        return real(table, **given)

    monkeypatch.setattr(SteppedTable, "update_item", fail)
    second.go_on()
    assert type(second.error) is ServerUnavailable
    assert state(system, run) == "begun"


def test_an_event_of_a_run_that_was_stopped_is_not_triggered(system: InterleavingSimulator) -> None:
    run = loaded(system, AN_EVENT)
    late = system.invoke(run)
    late.go_on(1)  # it has read the run
    system.stop(run)
    system.end_run(run).go_on()
    late.go_on()
    assert type(late.error) is RunAlreadyEnded
    assert system.server.triggered == []


def test_an_event_is_triggered_also_after_the_deadline(system: InterleavingSimulator) -> None:
    run = loaded(system, AN_EVENT, timeoutMinutes=1)
    system.time += 120
    assert invoked(system, run).error is None
    assert system.server.triggered == [(run.arn, EVENT)]


# -- cubes -------------------------------------------------------------------------------------------------------------


def test_a_cube_is_published_and_looked_at_until_it_is_ready(system: InterleavingSimulator) -> None:
    run = loaded(system, A_CUBE)
    assert invoked(system, run).result == {"processing": True, "waitSeconds": 1}
    system.settle()
    assert run.step == "get_cube_status"
    assert invoked(system, run).result == {"processing": False}
    assert state(system, run) == "done"
    system.settle()
    go_until(system, run)
    assert run.status == "SUCCEEDED"
    assert "durations" not in follow_ups(system, run)["0"]


def test_a_cube_whose_response_was_lost_is_published_again(system: InterleavingSimulator) -> None:
    run = loaded(system, A_CUBE)
    assert type(invoked(system, run, "answer lost").error) is ServerUnavailable
    system.settle()
    go_until(system, run)
    assert (run.status, len(system.server.published)) == ("SUCCEEDED", 2)


def test_a_cube_that_somebody_else_publishes_is_asked_for_once_that_has_ended(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, real = loaded(system, A_CUBE), Client.cube_info
    left = [CubeInfo("Cube", "before", CubeStatus.PROCESSING)] * 2
    monkeypatch.setattr(Client, "cube_info", lambda *given: left.pop() if left else real(*given))
    for looks in (1, 2):
        assert invoked(system, run).result["processing"] is True
        system.settle()
        assert (run.step, state(system, run), system.server.published) == ("get_cube_status", None, [])
        assert follow_ups(system, run)["0"]["looks"] == looks
    go_until(system, run)
    assert (run.status, state(system, run), len(system.server.published)) == ("SUCCEEDED", "done", 1)


def test_a_cube_whose_response_was_lost_and_that_is_at_work_is_not_published_again(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = loaded(system, A_CUBE)
    invoked(system, run, "answer lost")
    system.settle()
    monkeypatch.setattr(Client, "cube_status", lambda *_: CubeStatus.PROCESSING)
    assert invoked(system, run).result["processing"] is True
    assert len(system.server.published) == 1


def test_a_server_that_refuses_to_publish_again_after_a_lost_response_is_looked_at(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = loaded(system, A_CUBE)
    invoked(system, run, "answer lost")
    system.settle()
    failing(monkeypatch, "publish_cube", DatamartFailed("it is being published", http_status=400, **ERR))
    go_until(system, run)
    assert (run.status, state(system, run)) == ("SUCCEEDED", "done")


@pytest.mark.parametrize("method", ["publish_cube", "cube_status"])
def test_a_cube_that_the_server_refuses_has_failed(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    run = loaded(system, A_CUBE, AN_EVENT)
    failing(monkeypatch, method, PermissionDenied("no access", code="ERR014"))
    go_until(system, run)
    assert system.item(run.arn)["outcome"]["error"] == "FollowUpFailed"
    assert (state(system, run), follow_ups(system, run)["0"]["reason"]) == ("failed", "no access (code ERR014)")
    assert system.server.triggered == []


@pytest.mark.parametrize(
    ("bits", "job", "reason"),
    [
        (CubeStatus.ACTIVE, "completed", "the cube is not ready"),
        (CubeStatus.READY, "error", "the job that published the cube has failed"),
    ],
)
def test_a_cube_that_is_not_ready_or_whose_job_has_failed_is_a_failure(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch, bits: CubeStatus, job: str, reason: str
) -> None:
    run = loaded(system, A_CUBE)
    monkeypatch.setattr(Client, "cube_status", lambda *_: bits)
    monkeypatch.setattr(Client, "get_job", lambda *_: job)
    go_until(system, run)
    assert state(system, run) == "failed"
    assert reason in follow_ups(system, run)["0"]["reason"]


def test_a_busy_server_is_looked_at_again(system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    run = loaded(system, A_CUBE)
    invoked(system, run)
    system.settle()
    failing(monkeypatch, "cube_status", ServerBusy("not now", **ERR))
    assert type(invoked(system, run).error) is ServerUnavailable
    system.settle()
    go_until(system, run)
    assert run.status == "SUCCEEDED"


def test_a_cube_that_goes_on_beyond_the_deadline_ends_the_run_as_loaded(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = loaded(system, A_CUBE, AN_EVENT, timeoutMinutes=5)
    monkeypatch.setattr(Client, "cube_status", lambda *_: CubeStatus.PROCESSING)
    invoked(system, run)
    system.settle()
    assert invoked(system, run).result["processing"] is True
    system.settle()
    system.time += 400
    late = invoked(system, run)
    assert type(late.error) is RunTimedOut
    system.settle()
    go_until(system, run)
    outcome = system.item(run.arn)["outcome"]
    assert (outcome["error"], outcome["loaded"]) == ("FollowUpFailed", "yes")
    assert "timeoutMinutes (5)" in outcome["reason"]
    assert (state(system, run), state(system, run, 1)) == ("under way", None)


def published(system: InterleavingSimulator, seconds: float, times: int) -> None:
    """Let runs publish the cube; each finds it ready after so many seconds."""
    for _ in range(times):
        run = loaded(system, A_CUBE)
        invoked(system, run)
        system.settle()
        system.time += seconds
        go_until(system, run)


def test_waits_for_a_cube_learn_from_its_earlier_publications(system: InterleavingSimulator) -> None:
    published(system, 300, times=3)
    run = loaded(system, A_CUBE)
    assert invoked(system, run).result["waitSeconds"] > 10
    assert [round(each) for each in follow_ups(system, run)["0"]["durations"]] == [300, 300, 300]


def test_waits_for_somebody_elses_publication_learn_from_the_cubes_earlier_ones_too(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is at work for half an hour; without history or time that has passed it would be looked at 270 times."""
    published(system, 1800, times=3)
    run, real = loaded(system, A_CUBE), Client.cube_info
    monkeypatch.setattr(Client, "cube_info", lambda *_: CubeInfo("Cube", "before", CubeStatus.PROCESSING))
    ends, waits, since = system.time + 1800, [], set()
    while system.time < ends:
        waits.append(invoked(system, run).result["waitSeconds"])
        system.settle()
        kept = follow_ups(system, run)["0"]
        since.add(kept["waitsSince"])
        assert (kept["looks"], kept.get("state")) == (len(waits), None)
        system.time += waits[-1]
    assert (len(waits) < 60, len(since)) == (True, 1)
    monkeypatch.setattr(Client, "cube_info", real)
    ours = invoked(system, run)
    assert ours.result["waitSeconds"] == waits[0], "ours begins now, and theirs does not count as a part of it"
    assert "waitsSince" not in follow_ups(system, run)["0"]
    system.settle()
    go_until(system, run)
    assert run.status == "SUCCEEDED"


def test_waits_for_somebody_elses_publication_grow_for_a_cube_without_history(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = loaded(system, {"publishCube": "4D" * 16})
    monkeypatch.setattr(Client, "cube_info", lambda *_: CubeInfo("Cube", "before", CubeStatus.PROCESSING))
    waits = []
    for passed in (0, 60, 1200):
        system.time += passed
        waits.append(invoked(system, run).result["waitSeconds"])
        system.settle()
    assert waits[0] < waits[1] < waits[2]


# -- a session that is lost after the load -------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["trigger_event", "publish_cube", "get_cube_status"])
def test_after_a_lost_session_another_attempt_does_what_is_left_and_loads_nothing(
    system: InterleavingSimulator, step: str
) -> None:
    run = loaded(system, A_CUBE, AN_EVENT)
    go_until(system, run, step)
    system.lose_session(run)
    go_until(system, run)
    assert (run.status, run.attempt) == ("SUCCEEDED", 2)
    assert len(system.server.requests) == 1, "it was executed once"
    assert system.server.triggered == [(run.arn, EVENT)]
    published_anew = step == "get_cube_status"  # a publication ends with the session that began it
    assert len(system.server.published) == 1 + published_anew
    assert system.item(run.arn)["attempts"]["2"].get("instanceId") is None


def test_sessions_that_are_lost_again_and_again_end_the_run_as_loaded(system: InterleavingSimulator) -> None:
    run = loaded(system, AN_EVENT)
    for _ in range(3):
        system.lose_session(run)
        go_until(system, run, "trigger_event")
        if run.running:
            invoked(system, run)
            system.settle()
        go_until(system, run, "trigger_event")
    assert (run.status, run.attempt) == ("FAILED", 3)
    assert system.item(run.arn)["outcome"]["error"] == "FollowUpFailed"
    assert len(system.server.requests) == 1


# -- a run that only does what followed another ----------------------------------------------------------------------


def test_a_run_of_follow_ups_takes_slot_and_lease_and_loads_nothing(system: InterleavingSimulator) -> None:
    run = system.begin(CITY, then=[AN_EVENT], followUpsOf="the-night-before")
    system.server.loaded_before.add(run.arn)
    go_until(system, run, "trigger_event")
    other = system.begin(CITY)
    assert other.step == "wait_in_queue", "the connection has one slot"
    go_until(system, run)
    assert (run.status, system.server.requests) == ("SUCCEEDED", [])
    assert system.server.triggered == [(run.arn, EVENT)]
    assert system.server.sessions == set()


@pytest.mark.parametrize("fate", ["refused", "answer lost"])
def test_a_run_of_follow_ups_that_fails_says_that_the_table_is_loaded(system: InterleavingSimulator, fate: str) -> None:
    run = system.begin(CITY, then=[AN_EVENT], followUpsOf="the-night-before")
    system.server.loaded_before.add(run.arn)
    go_until(system, run, "trigger_event")
    invoked(system, run, fate)
    system.settle()
    go_until(system, run)
    outcome = system.item(run.arn)["outcome"]
    assert (outcome["error"], outcome["loaded"]) == ("FollowUpFailed", "yes")
