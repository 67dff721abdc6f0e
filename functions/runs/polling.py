"""How long to wait before the next look at a job's status."""

import math

SHORTEST = 1
LONGEST = 60


def wait_seconds(elapsed: float, retry_after: float | None = None, remaining: float | None = None) -> int:
    """Seconds to wait: a tenth of the time that the job has already run.

    So a job is found finished at most a tenth of its own duration late, and a long one costs few calls. A pure
    function, so that a policy which learns from earlier runs can take its place.

    Parameters
    ----------
    elapsed
        Seconds since the job was started.
    retry_after
        Seconds that the server asked for (``Retry-After``), or None. It may lengthen the wait, not shorten it: an
        execution's history holds 25,000 events, which a look every second would use up within the hour.
    remaining
        Seconds until the run's deadline, or None: there is no use in sleeping past it.

    Returns
    -------
    Whole seconds from 1 to 60: Step Functions refuses a fraction in a Wait state.
    """
    wanted = max(math.floor(elapsed / 10), math.ceil(retry_after or 0))
    if remaining is not None:
        wanted = min(wanted, math.ceil(remaining))
    return max(SHORTEST, min(LONGEST, wanted))
