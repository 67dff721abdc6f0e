"""One run of a datamart at a time, and no more runs of a connection than it may have (DESIGN.md "One run of a datamart
at a time")."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from functions import clock
from functions.microstrategy import Client
from functions.runs.lease import LeaseHolder
from functions.runs.store.leases import release
from functions.runs.store.table import run_table
from local.outcome import Outcome
from local.simulator import catalogue
from local.simulator.scenarios import scenario_named
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.support.by_hand import ByHand
from tests.support.cases import exhaustive, one_of

COUNTRIES = [{"name": "Elements of Country", "answers": "USA"}]
LEASE = f"lease/default/{TUTORIAL}/{CITY}"
FREE = "attribute_not_exists({owner})"


@pytest.fixture
def two_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_CONCURRENT_RUNS", '{"default": 2}')


@pytest.fixture
def slots(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one, the other run is met before it has found out what the datamart's id is."""
    monkeypatch.setenv("MAX_CONCURRENT_RUNS", f'{{"default": {request.param}}}')


def met(*slots: int) -> pytest.MarkDecorator:
    """The other run is met in either way; ``make test`` takes the first."""
    return pytest.mark.parametrize("slots", one_of(*slots), indirect=True)


@pytest.fixture
def meanwhile(system: System) -> Iterator[Callable[..., list[Outcome]]]:
    """Lets another run go from its start to its end while the first one is about to enter a step."""
    ended: list[Outcome] = []
    before = system.emulator.runtime.around

    def put(module: str, **request: Any) -> list[Outcome]:
        def around(name: str, event: dict[str, Any]) -> Any:
            if name == module and not ended:
                ended.append(Outcome("", "RUNNING"))
                ended[0] = system.run(**{"prompts": COUNTRIES} | request)
            return contextlib.nullcontext()

        system.emulator.runtime.around = around
        return ended

    yield put
    system.emulator.runtime.around = before


def first(system: System) -> Outcome:
    return system.run(prompts=COUNTRIES)


@met(1, 2)
def test_a_second_run_that_shall_not_wait_ends_as_run_in_progress(system: System, slots: None, meanwhile: Any) -> None:
    second = meanwhile("get_status", onConflict="fail")
    outcome = first(system)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert second[0].error == "RunInProgress"
    assert str(second[0].cause).startswith("Loaded: no. ")
    assert "another run of this datamart is under way" in str(second[0].cause)
    assert outcome.execution_arn in str(second[0].cause)
    assert system.loads() == 1


@met(2, 1)
def test_a_second_run_may_be_skipped_which_is_not_a_failure(system: System, slots: None, meanwhile: Any) -> None:
    second = meanwhile("get_status", onConflict="skip")
    assert first(system).status == "SUCCEEDED"
    assert second[0].status == "SUCCEEDED"
    assert (second[0].output["loaded"], second[0].output["skipped"]) == ("no", True)
    assert system.loads() == 1


@pytest.mark.parametrize("datamart", ["City", exhaustive(CITY)])
def test_a_second_run_is_skipped_however_it_names_what_the_first_has_found(
    system: System, meanwhile: Any, datamart: str
) -> None:
    second = meanwhile("get_status", datamart=datamart, onConflict="skip")
    assert first(system).status == "SUCCEEDED"
    assert second[0].output["skipped"] is True


@pytest.mark.usefixtures("two_slots")
@pytest.mark.exhaustive  # guarded by: test_many_runs.py, test_several_runs.py
def test_a_run_of_another_datamart_goes_on_beside_it(system: System, meanwhile: Any) -> None:
    second = meanwhile("get_status", datamart=catalogue.CATEGORY_SALES, prompts=[])
    outcome = system.emulator.run({"project": TUTORIAL, "datamart": CITY, "prompts": COUNTRIES})
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert second[0].output["loaded"] == "yes"


@pytest.mark.usefixtures("two_slots")
def test_of_two_runs_that_start_together_one_waits_for_the_other(system: System) -> None:
    request = {"project": TUTORIAL, "datamart": CITY, "prompts": COUNTRIES}
    running = [system.emulator.start(request), system.emulator.start(request)]
    outcomes = [system.emulator.wait(arn) for arn in running]
    assert [outcome.status for outcome in outcomes] == ["SUCCEEDED", "SUCCEEDED"], [o.cause for o in outcomes]
    jobs = sorted((o.output["startedAt"], o.output["finishedAt"]) for o in outcomes)
    assert system.loads() == 2
    assert jobs[0] != jobs[1]
    assert system.leases() == {}


def test_what_a_crashed_run_held_is_free_because_step_functions_says_that_it_ended(system: System) -> None:
    crashed = system.run(project="B" * 32).execution_arn  # does not exist
    run_table().change(LEASE, put={"owner": crashed, "attempt": 1, "since": 1}, condition=FREE)
    run_table().change("queue/default", put={"holders.crashed": {"o": crashed.rpartition(":")[2], "s": 1, "n": 1}})
    assert system.run(prompts=COUNTRIES, onConflict="fail").status == "SUCCEEDED"
    assert system.loads() == 1


def test_a_run_that_does_not_know_its_jobs_state_keeps_the_datamart_until_the_job_must_have_ended(
    new_system: Callable[..., System],
) -> None:
    system = new_system("get-before-post-0")
    system.simulator.inject("execute", kind="reset before")
    lost = first(system)
    assert lost.error == "OutcomeUnknown"
    refused = system.run(prompts=COUNTRIES, onConflict="fail")
    assert refused.error == "RunInProgress"
    assert f"datamart free-lease default/{TUTORIAL}/{CITY} --stage dev" in str(refused.cause)
    system.emulator.clock.advance(86_400)
    assert system.run(prompts=COUNTRIES, onConflict="fail").status == "SUCCEEDED"


def test_the_job_monitor_may_show_that_an_earlier_runs_job_has_ended(system: System) -> None:
    system.simulator.inject("get_execution", kind="evict session")
    lost = first(system)
    assert (lost.error, lost.output) == ("SessionLost", None)
    assert system.leases()[LEASE]["uncertain"]["jobId"]
    assert system.run(prompts=COUNTRIES, onConflict="fail").status == "SUCCEEDED"


# -- loading again after a loss -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", one_of("evict session", "evict instance"))
def test_a_replacing_datamart_is_loaded_again_if_the_request_allows_it_and_the_orphaned_job_has_ended(
    system: System, lost: str
) -> None:
    system.simulator.inject("get_execution", kind=lost)
    outcome = system.run(prompts=COUNTRIES, rerunIfReplacing=True)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.states.count("Attempt") == 2
    assert system.loads() == 1


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        ({"rerunIfReplacing": False}, "the request does not allow it"),
        exhaustive(({"datamart": catalogue.DAILY_SALES_APPEND, "prompts": []}, "it appends")),
    ],
    ids=["not allowed", "appending"],
)
@pytest.mark.exhaustive  # guarded by: the job on another server; unit/runs/test_another_attempt.py
def test_nothing_is_loaded_again_where_a_second_load_could_do_harm(
    system: System, request_: dict[str, Any], why: str
) -> None:
    system.simulator.inject("get_execution", kind="evict session")
    outcome = system.run(**{"prompts": COUNTRIES, "rerunIfReplacing": True} | request_)
    assert outcome.error == "SessionLost", why
    assert str(outcome.cause).startswith("Loaded: unknown. ")
    assert system.posts() == 1


def test_nothing_is_loaded_again_while_the_orphaned_job_may_go_on(new_system: Callable[..., System]) -> None:
    system = new_system(scenario_named("monitor-forbidden"))
    system.simulator.inject("get_execution", kind="evict session")
    outcome = system.run(prompts=COUNTRIES, rerunIfReplacing=True)
    assert outcome.error == "SessionLost"
    assert "cannot be known" in str(outcome.cause)
    assert system.posts() == 1


@pytest.fixture
def definition(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Changes what every later reading of the definition says; as if somebody had edited the datamart."""

    def change(**values: Any) -> None:
        real = Client.get_definition
        monkeypatch.setattr(Client, "get_definition", lambda *given: replace(real(*given), **values))

    return change


def test_nothing_is_loaded_again_where_the_definition_has_been_changed_meanwhile(
    system: System, definition: Callable[..., None]
) -> None:
    system.simulator.inject("get_execution", kind="evict session")
    before = system.emulator.runtime.around

    def around(module: str, event: dict[str, Any]) -> Any:
        if module == "conclude_attempt":
            definition(append=True)
        return contextlib.nullcontext()

    system.emulator.runtime.around = around
    try:
        outcome = system.run(prompts=COUNTRIES, rerunIfReplacing=True)
    finally:
        system.emulator.runtime.around = before
    assert (outcome.error, system.posts()) == ("SessionLost", 1)
    assert "the datamart as it is defined now may not be loaded again" in str(outcome.cause)
    assert str(outcome.cause).startswith("Loaded: unknown. ")


def completed(system: System, datamart: str = CITY) -> dict[str, Any]:
    """What the job monitor shows of a job that has done its work, if it still shows it."""
    created = clock.timestamp(system.emulator.clock.now()).replace("Z", "+0000")
    return {"id": "10:x", "status": "completed", "objectId": datamart, "creationTime": created}


@pytest.mark.exhaustive  # guarded by: the job whose instance is lost
def test_an_orphaned_job_that_the_monitor_shows_as_completed_has_loaded_the_table(system: System) -> None:
    system.simulator.inject("get_execution", kind="evict session", skip=2)
    system.simulator.inject("get_job", status=200, json=completed(system))
    outcome = system.run(prompts=COUNTRIES, rerunIfReplacing=True)
    assert (outcome.status, system.posts()) == ("SUCCEEDED", 1), outcome.cause
    assert outcome.output["loaded"] == "yes"


def test_a_job_whose_instance_is_lost_is_looked_for_in_the_monitor(system: System) -> None:
    system.simulator.inject("get_execution", kind="evict instance", skip=2)
    system.simulator.inject("get_job", status=200, json=completed(system))
    outcome = system.run(prompts=COUNTRIES)
    assert (outcome.status, outcome.output["loaded"], system.loads()) == ("SUCCEEDED", "yes", 1)


def test_of_a_job_on_another_server_the_monitor_knows_nothing(system: System) -> None:
    system.simulator.inject("get_execution", kind="evict session")
    lost = first(system)
    assert lost.error == "SessionLost"
    doubt = system.leases()[LEASE]["uncertain"]
    run_table().change(LEASE, put={"uncertain": doubt | {"baseUrl": "https://old.example.com/MicroStrategyLibrary"}})
    assert system.run(prompts=COUNTRIES, onConflict="fail").error == "RunInProgress"
    assert system.posts() == 1


def test_a_later_attempt_finds_out_without_a_login_that_its_datamart_was_taken_meanwhile(system: System) -> None:
    """Its id is known by then."""
    run = ByHand(system)
    other = f"{run.arn}-other"  # Step Functions does not know it yet
    run.call("log_in", "describe_datamart", "log_out")
    run_table().change(LEASE, put={"owner": other, "attempt": 1, "since": clock.now()}, condition=FREE)
    with pytest.raises(RuntimeError, match=f"RunInProgress: another run of this datamart is under way .{other}"):
        system.invoke("log_in", {"executionArn": run.arn, "attempt": 2, "slotTaken": True})
    assert sum("auth/login" in step for step in system.steps()) == 1
    run.ends()
    release(run_table(), LEASE, LeaseHolder(other, 1))


def test_a_session_that_could_not_be_ended_is_ended_by_the_next_attempt(system: System) -> None:
    """The server is down when the first attempt is cleaned up, and busy before that."""
    busy = {"code": "ERR001", "iServerCode": -2147209054, "message": "Too many jobs."}
    system.simulator.inject("execute", status=500, json=busy)
    system.simulator.inject("log_out", status=503, body="<html>down</html>", times=3)
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    steps = [request["step"] for request in system.simulator.state()["requests"]]
    logins = [at for at, step in enumerate(steps) if step == "log_in"]
    assert steps[logins[1] - 1] == "log_out"
    assert len(logins) == 2
