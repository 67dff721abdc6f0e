"""What an attempt found out about a server that is down: may a later one find it up (DESIGN.md, "Again")?"""

from functions.library import ServerUnavailable
from functions.run.outcome import NOTHING_ORDERED
from functions.run.run import Run


def note_outage(run: Run, error: ServerUnavailable) -> None:
    """Keep in the attempt that the server was out of reach before anything was ordered, unless no waiting cures that.

    ``retryAfter``: seconds after which the server itself asked to come back, or None.
    """
    if error.may_pass and run.job in NOTHING_ORDERED:
        run.learn(outage={"retryAfter": error.retry_after})
