"""Second step of the clean-up: end the session on the server and forget it."""

from functions.handlers._decorators import Answer, Step, cleanup_step
from functions.lifecycle import cleanup


@cleanup_step
def handler(step: Step) -> Answer:
    """Log out, if there is a session; ended already counts as logged out (API.md 2.5)."""
    cleanup.log_out(step)
    return {}
