"""One run of a datamart at a time, and no more runs of a connection than it may have (DESIGN.md)."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.run.record import run_table
from local.outcome import Outcome
from local.simulator import catalogue
from local.simulator.scenarios import scenario_named
from tests.integration.conftest import CITY, TUTORIAL, World

COUNTRIES = [{"name": "Elements of Country", "answers": "USA"}]
LEASE = f"lease/default/{TUTORIAL}/{CITY}"
SLOT = "slot/default/0"


@pytest.fixture
def two_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_CONCURRENT_RUNS", '{"default": 2}')


@pytest.fixture
def meanwhile(world: World) -> Iterator[Callable[..., list[Outcome]]]:
    """Lets another run go from its start to its end while the first one is about to enter a step."""
    ended: list[Outcome] = []
    before = world.twin.runtime.around

    def put(module: str, **request: Any) -> list[Outcome]:
        def around(name: str, event: dict[str, Any]) -> Any:
            if name == module and not ended:
                ended.append(Outcome("", "RUNNING"))
                ended[0] = world.run(**{"prompts": COUNTRIES} | request)
            return contextlib.nullcontext()

        world.twin.runtime.around = around
        return ended

    yield put
    world.twin.runtime.around = before


def first(world: World) -> Outcome:
    return world.run(prompts=COUNTRIES)


@pytest.mark.usefixtures("two_slots")
def test_a_second_run_that_shall_not_wait_ends_as_run_in_progress(world: World, meanwhile: Any) -> None:
    second = meanwhile("get_status", onConflict="fail")
    outcome = first(world)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert second[0].error == "RunInProgress"
    assert str(second[0].cause).startswith('Loaded: no. Datamart "City": another run of this datamart is under way')
    assert outcome.execution_arn in str(second[0].cause)
    assert world.loads() == 1


@pytest.mark.usefixtures("two_slots")
def test_a_second_run_may_be_skipped_which_is_no_failure(world: World, meanwhile: Any) -> None:
    second = meanwhile("get_status", onConflict="skip")
    assert first(world).status == "SUCCEEDED"
    assert second[0].status == "SUCCEEDED"
    assert (second[0].output["loaded"], second[0].output["skipped"]) == ("no", True)
    assert world.loads() == 1


@pytest.mark.usefixtures("two_slots")
def test_a_run_of_another_datamart_goes_on_beside_it(world: World, meanwhile: Any) -> None:
    second = meanwhile("get_status", datamart=catalogue.CATEGORY_SALES, prompts=[])
    outcome = world.twin.run({"project": TUTORIAL, "datamart": CITY, "prompts": COUNTRIES})
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert second[0].output["loaded"] == "yes"


def test_a_connection_has_one_run_at_a_time_unless_it_may_have_more(world: World, meanwhile: Any) -> None:
    second = meanwhile("get_status", datamart=catalogue.CATEGORY_SALES, prompts=[], timeoutMinutes=1)
    assert first(world).status == "SUCCEEDED"
    assert second[0].error == "RunTimedOut"
    assert "may run 1 datamart(s) at once (maxConcurrentRuns)" in str(second[0].cause)
    assert world.simulator.state()["loads"] == {CITY: 1}


@pytest.mark.usefixtures("two_slots")
def test_of_two_runs_that_start_together_one_waits_for_the_other(world: World) -> None:
    request = {"project": TUTORIAL, "datamart": CITY, "prompts": COUNTRIES}
    running = [world.twin.start(request), world.twin.start(request)]
    outcomes = [world.twin.wait(arn) for arn in running]
    assert [outcome.status for outcome in outcomes] == ["SUCCEEDED", "SUCCEEDED"], [o.cause for o in outcomes]
    jobs = sorted((o.output["startedAt"], o.output["finishedAt"]) for o in outcomes)
    assert world.loads() == 2
    assert jobs[0] != jobs[1]
    assert world.leases() == {}


def test_what_a_crashed_run_held_is_free_because_step_functions_says_that_it_ended(world: World) -> None:
    crashed = first(world).execution_arn
    for key in (LEASE, SLOT):
        run_table().change(key, put={"owner": crashed, "since": 1})
    assert world.run(prompts=COUNTRIES, onConflict="fail").status == "SUCCEEDED"
    assert world.loads() == 2


def test_a_run_that_does_not_know_its_jobs_fate_keeps_the_datamart_until_that_must_have_ended(
    new_world: Callable[..., World],
) -> None:
    world = new_world("get-before-post-0")
    world.simulator.inject("execute", kind="reset before")
    lost = first(world)
    assert lost.error == "OutcomeUnknown"
    refused = world.run(prompts=COUNTRIES, onConflict="fail")
    assert refused.error == "RunInProgress"
    assert f"datamart free-lease default/{TUTORIAL}/{CITY} --stage dev" in str(refused.cause)
    world.twin.clock.advance(86_400)
    assert world.run(prompts=COUNTRIES, onConflict="fail").status == "SUCCEEDED"


def test_the_job_monitor_may_show_that_an_earlier_runs_job_has_ended(world: World) -> None:
    world.simulator.inject("get_execution", kind="evict session")
    lost = first(world)
    assert (lost.error, lost.output) == ("SessionLost", None)
    assert world.leases()[LEASE]["uncertain"]["jobId"]
    assert world.run(prompts=COUNTRIES, onConflict="fail").status == "SUCCEEDED"


# -- loading again after a loss -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", ["evict session", "evict instance"])
def test_a_replacing_datamart_is_loaded_again_if_the_request_allows_it_and_the_lost_job_has_ended(
    world: World, lost: str
) -> None:
    world.simulator.inject("get_execution", kind=lost)
    outcome = world.run(prompts=COUNTRIES, rerunIfReplacing=True)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.states.count("Attempt") == 2
    assert world.loads() == 1


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        ({"rerunIfReplacing": False}, "the request does not allow it"),
        ({"datamart": catalogue.DAILY_SALES_APPEND, "prompts": []}, "it appends"),
    ],
    ids=["not allowed", "appending"],
)
def test_nothing_is_loaded_again_where_a_second_load_could_do_harm(
    world: World, request_: dict[str, Any], why: str
) -> None:
    world.simulator.inject("get_execution", kind="evict session")
    outcome = world.run(**{"prompts": COUNTRIES, "rerunIfReplacing": True} | request_)
    assert outcome.error == "SessionLost", why
    assert str(outcome.cause).startswith("Loaded: unknown. ")
    assert world.posts() == 1


def test_nothing_is_loaded_again_while_the_lost_job_may_go_on(new_world: Callable[..., World]) -> None:
    world = new_world(scenario_named("monitor-forbidden"))
    world.simulator.inject("get_execution", kind="evict session")
    outcome = world.run(prompts=COUNTRIES, rerunIfReplacing=True)
    assert outcome.error == "SessionLost"
    assert "cannot be known" in str(outcome.cause)
    assert world.posts() == 1
