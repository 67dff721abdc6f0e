"""Lets hypothesis look for a scenario that breaks a rule: the same ones each time, and the shortest is shown."""

from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def look_for_a_flaw(scenarios: Callable[[], RuleBasedStateMachine], examples: int, steps: int) -> None:
    """Try so many scenarios of at most so many steps; AssertionError for a broken rule."""
    run_state_machine_as_test(
        scenarios,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
