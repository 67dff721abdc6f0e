"""What follows a load: events and cubes, in their order, after the load and before the session ends (API.md 12)."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from local.outcome import Outcome
from local.simulator import SCENARIOS, catalogue
from local.synth import ROOT
from tests.integration.conftest import System
from tests.support.cases import exhaustive, one_of

SALES, ROWS = catalogue.CATEGORY_SALES, 4
EVENT = {"triggerEvent": "Load done"}
CUBE = {"publishCube": "Category Cube"}
OTHER_CUBE = {"publishCube": "/Public Objects/Cubes/Daily Cube"}


def run(system: System, *then: dict[str, str], **request: Any) -> Outcome:
    """Load "Category Sales", and then what follows."""
    return system.run(datamart=SALES, then=list(then), **request)


def told(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Kind, name and outcome of each follow-up, as the output says them."""
    return [(one["kind"], one["name"], one["outcome"]) for one in outcome.output["followUps"]]


def triggered(system: System) -> list[str]:
    return [event["name"] for event in system.simulator.state()["events"]]


def published(system: System) -> list[tuple[str, str, int | None]]:
    """Each publication of the server: its cube, how it ended, and the rows that its cube has by now."""
    return [(one["cubeId"], one["outcome"], one["rows"]) for one in system.simulator.state()["publications"]]


def order(system: System, *steps: str) -> list[str]:
    """Those of the steps, in the order of their first HTTP request."""
    made = [request["step"] for request in system.simulator.state()["requests"]]
    return sorted(steps, key=made.index)


def test_an_event_is_triggered_once_after_the_load_and_before_the_logout(system: System) -> None:
    outcome = run(system, EVENT)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert triggered(system) == ["Load done"]
    assert told(outcome) == [("triggerEvent", "Load done", "done")]
    (load,), (event,) = system.simulator.state()["written"], system.simulator.state()["events"]
    assert event["at"] >= load["at"]
    assert system.posts("/trigger") == 1
    assert order(system, "execute", "trigger_event", "delete_instance", "log_out") == [
        *("execute", "trigger_event", "delete_instance", "log_out"),
    ]


def test_a_cube_is_published_after_the_load_and_the_run_waits_until_it_is_ready(system: System) -> None:
    outcome = run(system, CUBE)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert published(system) == [(catalogue.CATEGORY_CUBE, "published", ROWS)], "it has the rows of this load"
    assert told(outcome) == [("publishCube", "Category Cube", "done")]
    (follow_up,) = outcome.output["followUps"]
    assert outcome.output["finishedAt"] <= follow_up["startedAt"] < follow_up["finishedAt"]


def test_follow_ups_are_done_in_their_order(system: System) -> None:
    outcome = run(system, CUBE, EVENT)
    assert outcome.status == "SUCCEEDED", outcome.cause
    cube, event = outcome.output["followUps"]
    assert cube["finishedAt"] <= event["startedAt"]
    (publication,), (trigger,) = (system.simulator.state()[kind] for kind in ("publications", "events"))
    assert publication["at"] < trigger["at"]
    assert system.events()[-1]["detail"]["followUps"] == outcome.output["followUps"]


def test_follow_ups_may_be_the_same_twice(system: System) -> None:
    outcome = run(system, EVENT, CUBE, CUBE, EVENT)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert triggered(system) == ["Load done", "Load done"]
    assert published(system) == [(catalogue.CATEGORY_CUBE, "published", ROWS)] * 2
    assert [outcome for _, _, outcome in told(outcome)] == ["done"] * 4


@pytest.mark.parametrize("second", ["joined", "refused", exhaustive("queued")])
def test_a_publication_that_somebody_else_began_is_waited_for_and_is_not_ours(
    new_system: Callable[..., System], second: Any
) -> None:
    """It may have read the table before the load had ended; here it is an event that has begun it."""
    system = new_system(replace(SCENARIOS["default"], second_publication=second))
    then = [{"triggerEvent": "Cubes due"}, {"publishCube": "Daily Cube"}]
    outcome = system.run(datamart="Daily Sales", then=then)
    assert outcome.status == "SUCCEEDED", outcome.cause
    ours = [each for each in published(system) if each[0] == catalogue.DAILY_CUBE]
    assert ours == [(catalogue.DAILY_CUBE, "published", 300)] * 2
    assert system.posts(catalogue.DAILY_CUBE) == 1


def test_follow_ups_come_after_saving(system: System) -> None:
    outcome = run(system, EVENT, save={"promptOptions": {}})
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert order(system, "trigger_event", "save") == ["save", "trigger_event"]


def test_follow_ups_are_found_by_id_and_path_too(system: System) -> None:
    outcome = run(system, {"triggerEvent": catalogue.LOAD_DONE}, {"publishCube": catalogue.CATEGORY_CUBE}, OTHER_CUBE)
    assert outcome.error == "FollowUpFailed", "the last cube reads a table that nobody has loaded"
    assert [(one["name"], one["outcome"]) for one in system.events()[-1]["detail"]["followUps"]] == [
        ("Load done", "done"),
        ("Category Cube", "done"),
        ("Daily Cube", "failed"),
    ]


def test_a_run_without_follow_ups_asks_the_server_for_nothing_of_them(system: System) -> None:
    outcome = run(system)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert [path for path in system.steps() if "/cubes" in path or "/events" in path] == []


@pytest.mark.parametrize(
    "given", [json.loads((ROOT / "events" / "follow-ups.json").read_text("utf-8")), {"job": "sales-and-cube"}]
)
def test_the_samples_publish_a_cube_and_trigger_an_event(system: System, given: dict[str, Any]) -> None:
    outcome = system.run_input(given)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert told(outcome) == [("publishCube", "Category Cube", "done"), ("triggerEvent", "Load done", "done")]
    assert published(system) == [(catalogue.CATEGORY_CUBE, "published", ROWS)]


@pytest.mark.parametrize(
    ("misspelt", "said"),
    [
        ({"triggerEvent": "Laod done"}, 'no event "Laod done"; the nearest are Load done'),
        ({"publishCube": "Category Cubes"}, 'no cube "Category Cubes"; the nearest are Category Cube'),
        ({"publishCube": "/Public Objects/Datamarts/City Cube"}, 'no cube is "City Cube" in'),
        exhaustive(({"triggerEvent": "Same Event"}, "is not unique")),
        exhaustive(({"publishCube": "Same Cube"}, "2 cubes fit")),
        exhaustive(({"publishCube": SALES}, "is not an Intelligent cube")),
    ],
)
def test_a_misspelt_follow_up_ends_the_run_before_anything_is_executed(
    system: System, misspelt: dict[str, str], said: str
) -> None:
    outcome = run(system, EVENT, misspelt)
    assert outcome.error == "NotFound"
    assert outcome.cause.startswith("Loaded: no. ")
    assert said in outcome.cause
    assert system.posts() == system.posts("/instances") == 0
    assert (triggered(system), published(system)) == ([], [])


OPEN_BEHAVIOURS = (
    *("cube-shows-old-bits", "cube-fails-in-monitor", "cube-fails-unseen", "second-publication-refused"),
    *("publish-names-number", "publish-names-nothing", "publish-accepted-200", "events-without-envelope"),
    *("monitor-forbidden", "ended-job-500", "unknown-properties", "sticky-balancer"),
)
FEW = ("cube-shows-old-bits", "publish-names-nothing", "monitor-forbidden")


@pytest.mark.parametrize("name", [name if name in FEW else exhaustive(name) for name in OPEN_BEHAVIOURS])
def test_follow_ups_are_done_however_the_server_behaves(new_system: Callable[..., System], name: str) -> None:
    """Where API.md 12.2 leaves it open; the cube has data from before, so that "ready" alone proves nothing."""
    system = new_system(name)
    outcome = run(system, CUBE, EVENT, CUBE)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert published(system) == [(catalogue.CATEGORY_CUBE, "published", ROWS)] * 2
    assert triggered(system) == ["Load done"]


@pytest.mark.parametrize("changes", one_of({"monitor_forbidden": True}, {"publish_body": "nothing"}, {}))
def test_a_cube_that_shows_its_old_data_while_it_is_published_again_is_waited_for(
    new_system: Callable[..., System], changes: dict[str, Any]
) -> None:
    """The logout ends what is still being published, so a run that believed the old bits would lose it."""
    system = new_system(replace(SCENARIOS["cube-shows-old-bits"], slow_seconds=90.0, **changes))
    first = system.run(datamart=catalogue.SLOW_LOAD, then=[{"publishCube": "Slow Cube"}])
    again = system.run(datamart=catalogue.SLOW_LOAD, then=[{"publishCube": "Slow Cube"}])
    assert (first.status, again.status) == ("SUCCEEDED", "SUCCEEDED"), (first.cause, again.cause)
    assert [outcome for _, outcome, _ in published(system)] == ["published", "published"]
