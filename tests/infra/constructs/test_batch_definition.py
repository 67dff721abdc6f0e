"""What the state machine of batches does in its states, and the limits that hold for it."""

from typing import Any

import pytest

from functions.errors import OWN_ERRORS
from functions.limits import BATCH_LOOK_SECONDS, LONGEST_BATCH
from functions.runs.store.table import DAYS_KEPT, SECONDS_A_DAY
from functions.transient_errors import IN_A_HANDLER, RETRIED
from infra.constructs import asl
from infra.constructs.definition import BATCHES, function_of, longest_run, machine
from tests.infra.template import Template

DEFINITION = machine(BATCHES)
STATES = dict(asl.states(DEFINITION))
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}

MOST_EVENTS = 25_000


def catches(name: str) -> list[tuple[list[str], str]]:
    return [(catch["ErrorEquals"], catch["Next"]) for catch in TASKS[name]["Catch"]]


def test_every_task_calls_the_function_of_its_own_name() -> None:
    assert {name: function_of(state).name for name, state in TASKS.items()} == {name: name for name in TASKS}


def test_no_state_stands_for_an_item() -> None:
    assert set(STATES) == {*TASKS, "JudgeBatch", "BatchFailed", "BatchSucceeded"}
    assert set(TASKS) == {"PrepareBatch", "WaitForItems", "ConcludeBatch"}


def test_a_batch_that_is_refused_ends_at_once_and_every_other_failure_is_concluded() -> None:
    assert catches("PrepareBatch") == [(["InvalidRequest"], "BatchFailed"), (["States.ALL"], "ConcludeBatch")]
    assert catches("WaitForItems") == [(["States.Timeout"], "WaitForItems"), (["States.ALL"], "ConcludeBatch")]
    assert catches("ConcludeBatch") == [(["States.ALL"], "BatchFailed")]


@pytest.mark.parametrize("name", TASKS)
def test_what_passes_by_itself_is_retried_for_two_hours_and_an_error_of_ours_never(name: str) -> None:
    unavailable, service, own, other = TASKS[name]["Retry"]
    assert (unavailable["ErrorEquals"], service["ErrorEquals"]) == (list(RETRIED), list(IN_A_HANDLER))
    assert {unavailable["MaxAttempts"], service["MaxAttempts"]} == {240}
    assert (own["ErrorEquals"], own["MaxAttempts"]) == (list(OWN_ERRORS), 0)
    assert other["ErrorEquals"] == ["States.TaskFailed", *(["States.Timeout"] if name != "WaitForItems" else [])]
    assert all(retry.get("JitterStrategy") == "FULL" for retry in (unavailable, service, other))


@pytest.mark.parametrize("name", TASKS)
def test_lambda_ends_a_function_before_its_state_gives_it_up(template: Template, name: str) -> None:
    made: Any = template.one("AWS::Lambda::Function", name)
    assert made["Timeout"] + 10 <= TASKS[name]["TimeoutSeconds"]


def test_a_batch_looks_after_its_items_every_few_hours_for_longer_than_any_run_takes() -> None:
    assert TASKS["WaitForItems"]["TimeoutSeconds"] == BATCH_LOOK_SECONDS
    assert DEFINITION["TimeoutSeconds"] == LONGEST_BATCH > 2 * longest_run()


def test_a_batch_is_known_for_as_long_as_it_runs_and_its_history_has_room() -> None:
    assert LONGEST_BATCH < DAYS_KEPT * SECONDS_A_DAY
    looks = LONGEST_BATCH / BATCH_LOOK_SECONDS
    assert looks * (9 + 3 * 20) < MOST_EVENTS  # with twenty retries at each look
