"""How many slots a connection has. A module of its own: only functions that may use the variable are given it."""

import json
import os


def most_at_once(connection: str | None) -> int:
    """The connection's ``maxConcurrentRuns`` (environment variable ``MAX_CONCURRENT_RUNS``)."""
    limits: dict[str, int] = json.loads(os.environ["MAX_CONCURRENT_RUNS"])
    return limits[str(connection)]
