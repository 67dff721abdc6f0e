"""Second step of the clean-up: end the session on the server and forget it."""

from functions import clean_up
from functions.step import Answer, Step, cleanup_step


@cleanup_step
def handler(step: Step) -> Answer:
    """Log out, if there is a session; ended already counts as logged out (API.md 2.5)."""
    clean_up.log_out(step)
    return {}
