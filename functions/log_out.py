"""Second step of the clean-up: end the session on the server, forget it, and let other runs go on."""

from functions import clean_up
from functions.run.admission import give_back
from functions.run.record import run_table
from functions.step import Answer, Step, cleanup_step


@cleanup_step
def handler(step: Step) -> Answer:
    """Log out, if there is a session; ended already counts as logged out (contract 2.5)."""
    try:
        clean_up.log_out(step)
    finally:
        give_back(run_table(), step.run)
    return {}
