"""Second step of the clean-up: end the session on the server and remove it from the run's item."""

from functions.aws_clients import in_init
from functions.handlers._decorators import cleanup_step
from functions.lifecycle import cleanup
from functions.lifecycle.step import Step, StepResult
from functions.microstrategy.http.tls import public_authorities

in_init(public_authorities)


@cleanup_step
def handler(step: Step) -> StepResult:
    """Log out, if there is a session; ended already counts as logged out (API.md 2.5)."""
    cleanup.log_out(step)
    return {}
