"""The limits of a function, of its state, of what waits for both, as they stand in the template, in one order."""

from typing import Any

import pytest

from functions.limits import CALL_SECONDS, LONGEST_LOG_IN, LONGEST_SESSION, LONGEST_STEP, SWEEP_GRACE
from infra.constructs.definition import function_of
from tests.infra.constructs.test_definition import TASKS
from tests.infra.template import Template

NOT_PEOPLE = sorted(set(TASKS) - {"AskPerson", "WaitInQueue"})
"""The states whose timeout is a number."""


def lambda_of(template: Template, state: str) -> Any:
    return template.one("AWS::Lambda::Function", function_of(TASKS[state]).name)


@pytest.mark.parametrize("state", NOT_PEOPLE)
def test_lambda_ends_a_function_before_its_state_gives_it_up(template: Template, state: str) -> None:
    assert lambda_of(template, state)["Timeout"] + 10 <= TASKS[state]["TimeoutSeconds"] <= LONGEST_STEP


def test_a_call_ends_before_lambda_would_end_its_function(template: Template) -> None:
    assert max(lambda_of(template, state)["Timeout"] for state in TASKS) > CALL_SECONDS


def test_nobody_else_logs_in_before_the_function_that_was_about_to_has_ended(template: Template) -> None:
    assert lambda_of(template, "LogIn")["Timeout"] < TASKS["LogIn"]["TimeoutSeconds"] <= LONGEST_LOG_IN


def test_the_second_clean_up_comes_when_the_last_step_of_the_execution_has_ended(template: Template) -> None:
    queue = template.one("AWS::SQS::Queue", "EndRunQueue")
    assert queue["VisibilityTimeout"] > LONGEST_STEP
    assert queue["VisibilityTimeout"] >= 2 * template.one("AWS::Lambda::Function", "EndRun")["Timeout"]


def test_the_queue_of_ends_repeats_for_longer_than_a_session_lives(template: Template) -> None:
    queue = template.one("AWS::SQS::Queue", "EndRunQueue")
    assert queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"] > LONGEST_SESSION


def test_the_sweep_leaves_an_end_alone_while_the_queue_delivers_it_for_the_first_times(template: Template) -> None:
    queue = template.one("AWS::SQS::Queue", "EndRunQueue")
    assert queue["VisibilityTimeout"] + template.one("AWS::Lambda::Function", "EndRun")["Timeout"] < SWEEP_GRACE
