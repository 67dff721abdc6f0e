"""Whatever timeout is raised, everything that waits for the end of a function waits longer."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from functions import limits

RAISED = 850


def with_timeout(function: str, seconds: int) -> Any:
    """The module as it would be with another timeout of a function."""
    source = Path(limits.__file__).read_text("utf-8")
    written = f'"{function}": {limits.TIMEOUTS[function]}'
    assert source.count(written) == 1
    changed = ModuleType("limits")
    exec(source.replace(written, f'"{function}": {seconds}'), changed.__dict__)  # noqa: S102 - our own module
    return changed


@pytest.mark.parametrize("function", limits.STEP_TIMEOUTS)
def test_the_clean_up_waits_for_a_step_with_a_longer_timeout(function: str) -> None:
    raised = with_timeout(function, RAISED)
    assert RAISED < raised.state_timeout(function) <= raised.LONGEST_STEP < raised.END_VISIBILITY < raised.SWEEP_GRACE
    assert raised.END_VISIBILITY * raised.END_DELIVERIES > raised.LONGEST_SESSION


def test_a_login_with_a_longer_timeout_keeps_others_from_logging_in_for_longer() -> None:
    assert with_timeout("log_in", RAISED).LONGEST_LOG_IN > RAISED


def test_an_end_that_takes_longer_to_process_is_not_delivered_twice_at_once() -> None:
    assert with_timeout("end_run", RAISED).END_VISIBILITY > RAISED


@pytest.mark.parametrize("function", ["end_run", "sweep"])
def test_no_invocation_takes_over_the_notification_of_an_end_from_a_function_that_still_runs(function: str) -> None:
    assert with_timeout(function, RAISED).CLAIM_SECONDS > RAISED


def test_no_invocation_takes_over_the_notification_of_late_loads_from_a_function_that_still_runs() -> None:
    assert with_timeout("expect_load", RAISED).LATE_CLAIM_SECONDS > RAISED


def test_a_claim_on_the_notification_of_late_loads_is_stale_when_lambda_repeats_the_invocation() -> None:
    assert limits.LATE_CLAIM_SECONDS < limits.FIRST_ASYNC_RETRY
