"""The main job: a datamart is executed and its table is there."""

from collections.abc import Callable
from typing import Any

import pytest

from local.simulator import catalogue
from tests.integration.conftest import CITY, TUTORIAL, Example, System
from tests.support.cases import exhaustive

COUNTRIES = [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}, {"name": "England"}]}]
NESTED_ANSWERS = [
    {"name": "Country of the city", "answers": [{"name": "USA"}]},
    {"name": "City in the country", "answers": [{"name": "Boston"}]},
    {"name": "Least amount 1", "answers": "0"},
]


def test_the_vendors_example_loads_only_usa_and_england(example: Example) -> None:
    assert example.outcome.status == "SUCCEEDED", example.outcome.cause
    assert {row["country"] for row in example.rows} == {"USA", "England"}
    assert example.state["loads"] == {CITY: 1}


def test_the_emulator_reads_the_history_that_the_api_returns(example: Example) -> None:
    assert example.outcome.history == example.history


def test_the_output_is_the_documented_one(example: Example) -> None:
    output: dict[str, Any] = example.outcome.output
    assert output["loaded"] == "yes"
    assert output["promptsAnswered"] == [{"name": "Elements of Country", "type": "ELEMENTS", "how": "answers"}]
    assert output["target"]["table"] == "DM_CITY"
    assert output["target"]["append"] is False
    assert output["saved"] is None
    assert output["finishedAt"] > output["startedAt"]
    assert output["durationSeconds"] > 0
    assert output["polls"] > 0
    assert set(output) == {
        *("loaded", "datamart", "project", "instanceId", "jobId", "startedAt", "finishedAt"),
        *("durationSeconds", "polls", "promptsAnswered", "target", "saved"),
    }


def test_names_are_turned_into_ids(example: Example) -> None:
    assert example.outcome.output["datamart"] == {"id": CITY, "name": "City"}
    assert example.outcome.output["project"] == {"id": TUTORIAL, "name": "MicroStrategy Tutorial"}


def test_a_datamart_without_prompts_is_loaded(system: System) -> None:
    outcome = system.run(datamart=catalogue.CATEGORY_SALES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert "GetPrompts" not in outcome.states
    assert system.loads(catalogue.CATEGORY_SALES) == 1


def test_a_folder_path_distinguishes_two_datamarts_of_one_name(system: System) -> None:
    reference = {"name": "Same Name", "path": "/Public Objects/Datamarts"}
    assert system.run(datamart=reference).status == "SUCCEEDED"


def test_nested_prompts_are_answered_round_after_round(system: System) -> None:
    outcome = system.run(datamart=catalogue.NESTED, prompts=NESTED_ANSWERS)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.states.count("AnswerPrompts") == 3
    assert {row["city"] for row in system.simulator.rows("DM_NESTED")} == {"Boston"}


@pytest.mark.exhaustive
def test_nested_prompts_may_go_ten_deep(new_system: Callable[..., System]) -> None:
    more = [{"name": f"Least amount {n}", "answers": "0"} for n in range(2, 9)]
    outcome = new_system("nested-ten-deep").run(datamart=catalogue.NESTED, prompts=[*NESTED_ANSWERS, *more])
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.states.count("AnswerPrompts") == 10


def test_two_runs_of_an_appending_datamart_add_their_rows_twice(system: System) -> None:
    system.run(datamart=catalogue.DAILY_SALES_APPEND)
    once = len(system.simulator.rows("DM_DAILY_SALES"))
    outcome = system.run(datamart=catalogue.DAILY_SALES_APPEND)
    assert outcome.output["target"]["append"] is True
    assert len(system.simulator.rows("DM_DAILY_SALES")) == 2 * once > 0


@pytest.mark.parametrize(
    "secret",
    [
        exhaustive({"loginMode": 1}),
        exhaustive({"loginMode": 16}),
        exhaustive({"loginMode": 8, "username": None, "password": None}),
        {"loginMode": 4096, "username": None, "password": None, "apiToken": "the simulator's"},
    ],
    ids=["standard", "LDAP", "guest", "API token"],
)
def test_every_login_mode_runs_the_datamart(system: System, secret: dict[str, Any]) -> None:
    if "apiToken" in secret:
        secret = secret | {"apiToken": system.simulator.api_token}
    system.connect(**secret)
    assert system.run(prompts=COUNTRIES).status == "SUCCEEDED"


@pytest.mark.parametrize(
    "scenario",
    [
        *("instance-id-changes-on-execute", "prompts-still-reported-open"),
        *map(
            exhaustive, ("accepted-202", "create-body-id-only")
        ),  # the client's tests: unit/microstrategy/test_calls.py
    ],
)
def test_every_variation_of_the_contract_is_understood(new_system: Callable[..., System], scenario: str) -> None:
    outcome = new_system(scenario).run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause


@pytest.mark.exhaustive  # guarded by: test_polling.py: the first night
def test_a_long_job_is_polled_ever_less_often(system: System) -> None:
    outcome = system.run(datamart=catalogue.SLOW_LOAD)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert outcome.output["durationSeconds"] > 300
    assert outcome.output["polls"] < 60
