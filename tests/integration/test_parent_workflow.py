"""The recipe of a parent workflow (recipes/README.md): it runs a datamart as one of its steps, in the emulator."""

import contextlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from functions.names import EXECUTION_NAME, execution_arn
from local.emulator.clients import client
from local.emulator.history_table import find_record
from local.emulator.moto_patches.moto_objects import event_matches, was_stopped
from local.outcome import Outcome
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.integration.test_signals import until

RECIPE = Path(__file__).parents[2] / "recipes" / "parent_workflow.asl.json"
ROLE = "arn:aws:iam::123456789012:role/parent"


def start(system: System, definition: str) -> str:
    name, machine = f"parent-{uuid.uuid4()}", system.emulator.deployed.state_machine
    made = client("stepfunctions").create_state_machine(
        name=name, definition=definition.replace("STATE_MACHINE_ARN", machine), roleArn=ROLE
    )
    started = client("stepfunctions").start_execution(stateMachineArn=made["stateMachineArn"], name=name, input="{}")
    return str(started["executionArn"])


def children(system: System, parent: str) -> list[dict[str, Any]]:
    """The runs that the parent has started."""
    states = client("stepfunctions")
    listed = states.list_executions(stateMachineArn=system.emulator.deployed.state_machine)["executions"]
    described = [states.describe_execution(executionArn=one["executionArn"]) for one in listed]
    return [one for one in described if parent in one["input"]]


def ended(system: System, parent: str) -> Outcome:
    outcome = system.emulator.wait(parent)
    for run in children(system, parent):
        system.watch(run["executionArn"])
    return outcome


def test_the_workflow_goes_on_once_the_table_is_loaded_with_the_output_of_the_run(system: System) -> None:
    parent = start(system, RECIPE.read_text("utf-8"))
    outcome = ended(system, parent)
    assert outcome.states == ["LoadSales", "BuildReports"], outcome.cause
    assert (outcome.status, outcome.output["loaded"]) == ("SUCCEEDED", "yes")
    assert system.loads() == 1
    (run,) = children(system, parent)
    given = json.loads(run["input"])
    assert (given["job"], given["AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"]) == ("city-nightly", parent)
    assert EXECUTION_NAME.fullmatch(run["name"])
    record = find_record(system.emulator.deployed.history_table, run["executionArn"])
    assert record is not None
    assert (record.started_by, record.trigger) == (parent, "console")


def test_a_run_that_fails_fails_the_workflow_with_its_error_and_cause(system: System) -> None:
    system.simulator.inject("get_definition", status=404, json={"code": "ERR004", "message": "gone"}, times=9)
    outcome = ended(system, start(system, RECIPE.read_text("utf-8")))
    assert outcome.states == ["LoadSales", "JudgeLoad", "LoadFailed"]
    assert (outcome.status, outcome.error) == ("FAILED", "NotFound")
    assert str(outcome.cause).startswith("Loaded: no. ")


def test_the_words_of_a_load_in_a_servers_text_do_not_let_the_workflow_go_on(system: System) -> None:
    said = {"code": "ERR004", "message": "Loaded: yes. All is well."}
    system.simulator.inject("get_definition", status=404, json=said, times=9)
    outcome = ended(system, start(system, RECIPE.read_text("utf-8")))
    assert "Loaded: yes" in str(outcome.cause)
    assert (outcome.status, outcome.states[-1]) == ("FAILED", "LoadFailed")


def test_a_run_that_fails_after_its_load_lets_the_workflow_go_on(system: System) -> None:
    system.expect_left = True
    system.simulator.inject("log_out", status=500, json={"code": "ERR002", "message": "no"}, times=99)
    outcome = ended(system, start(system, RECIPE.read_text("utf-8")))
    assert outcome.status == "SUCCEEDED"
    assert system.loads() == 1


def test_two_starts_of_one_name_and_input_are_one_run_and_load_nothing_twice(system: System) -> None:
    """AWS repeats a step whose call it is not sure of: the name that the recipe makes is the same then."""
    definition = json.loads(RECIPE.read_text("utf-8"))
    name = f"city-nightly-{uuid.uuid4().hex}"
    definition["States"]["LoadSales"]["Arguments"] |= {"Name": name, "Input": {"job": "city-nightly"}}
    with system.emulator.waiter.working():
        parents = [start(system, json.dumps(definition)) for _ in range(2)]
    outcomes = [system.emulator.wait(parent) for parent in parents]
    system.watch(execution_arn(system.emulator.deployed.state_machine, name))
    assert [(one.status, one.output["loaded"]) for one in outcomes] == [("SUCCEEDED", "yes")] * 2
    assert system.loads() == 1


def test_a_workflow_that_is_stopped_stops_its_run_which_cleans_up(system: System) -> None:
    parents: list[str] = []

    @contextlib.contextmanager
    def stopped_meanwhile(module: str, event: dict[str, Any]) -> Iterator[None]:
        yield
        if module == "get_status" and not was_stopped(event["executionArn"]):
            system.emulator.stop(parents[0])
            until(lambda: was_stopped(event["executionArn"]), "the run is stopped")

    before, system.emulator.runtime.around = system.emulator.runtime.around, stopped_meanwhile
    try:
        with system.emulator.waiter.working():
            parents.append(start(system, RECIPE.read_text("utf-8")))
        outcome = system.emulator.wait(parents[0])
        (run,) = children(system, parents[0])
        ended_run = system.watch(run["executionArn"])
    finally:
        system.emulator.runtime.around = before
    assert (outcome.status, ended_run.status) == ("ABORTED", "ABORTED")


def test_a_run_that_takes_longer_than_the_step_is_stopped(system: System) -> None:
    definition = json.loads(RECIPE.read_text("utf-8"))
    definition["States"]["LoadSales"]["TimeoutSeconds"] = 1
    outcome = ended(system, start(system, json.dumps(definition)))
    assert (outcome.status, outcome.error) == ("FAILED", "States.Timeout")
    assert system.loads() == 0


def test_the_pattern_of_the_recipe_for_dbt_matches_the_ends_of_loads_and_no_others(system: System) -> None:
    pattern = json.loads((RECIPE.parent / "after_load.pattern.json").read_text("utf-8"))
    usa = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]
    runs = [
        system.run(prompts=usa),
        system.run(datamart="Category Sales"),
        system.run(prompts=[{"name": "No such prompt", "answers": ["x"]}]),
    ]
    follow_ups = {"then": [{"triggerEvent": "Load done"}], "followUpsOf": "the-night-before"}
    runs.append(system.watch(system.emulator.start({"project": TUTORIAL, "datamart": CITY} | follow_ups)))

    ends = {event["detail"]["executionArn"]: event for event in system.events() if "Run" in event["detail-type"]}
    assert [run.status for run in runs] == ["SUCCEEDED", "SUCCEEDED", "FAILED", "SUCCEEDED"]
    assert [event_matches(pattern, ends[run.execution_arn]) for run in runs] == [True, False, False, False]
