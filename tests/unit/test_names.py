"""Names of resources and executions are read back as they were made."""

import re

import pytest

from functions import names
from functions.requests.execution_input import SCHEMA
from functions.triggers import trigger_event

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:"


@pytest.mark.parametrize("stage", ["dev", "a", "eu-prod-2"])
def test_the_stage_of_an_execution_is_that_of_its_state_machine(stage: str) -> None:
    arn = names.execution_arn(MACHINE + names.machine_name(stage), "city-1")
    assert names.stage_of(arn) == stage
    found = names.EXECUTION_ARN.fullmatch(arn)
    assert found is not None
    assert found.groupdict() == {"region": "eu-west-1", "stage": stage, "name": "city-1"}


@pytest.mark.parametrize("machine", ["other-dev", "datamart-runner"])
def test_an_execution_of_another_state_machine_is_no_run(machine: str) -> None:
    assert names.EXECUTION_ARN.fullmatch(names.execution_arn(MACHINE + machine, "city-1")) is None


@pytest.mark.parametrize("job", ["a", "city_nightly-2", "x" * 40, "x" * 60])
def test_a_name_that_the_starter_makes_is_recognised(job: str) -> None:
    name = trigger_event.execution_name(job, "an event")
    assert re.fullmatch(names.EXECUTION_NAME, name)
    assert len(name) <= 80


def test_an_execution_input_takes_the_longest_name_of_a_job() -> None:
    assert SCHEMA.rules["properties"]["job"]["maxLength"] == names.LONGEST_JOB_NAME
