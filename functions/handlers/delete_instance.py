"""First step of the clean-up: close the attempt, cancel a job that still goes, delete the instance."""

from functions.aws_clients import in_init
from functions.handlers._decorators import cleanup_step
from functions.lifecycle import cleanup
from functions.lifecycle.step import Step, StepResult
from functions.microstrategy.http.tls import public_authorities

in_init(public_authorities)


@cleanup_step
def handler(step: Step) -> StepResult:
    """Delete the attempt's instance, if any; one that does not exist any more counts as deleted (API.md 8.5)."""
    cleanup.delete_instance(step)
    return {}
