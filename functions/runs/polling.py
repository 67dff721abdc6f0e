"""How long to wait before the next look at a job's status: learns from how long the datamart's last runs took.

A pure function, so that a policy can be judged without a server (``tests/bench/polling``).
:mod:`functions.runs.forecast` predicts how long the job takes; :mod:`functions.runs.look_times` chooses the looks for
that.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

from functions.runs.forecast import Forecast
from functions.runs.look_times import next_look

SHORTEST = 1
"""Seconds of the shortest wait: a Wait state takes whole seconds."""

LONGEST = 600
"""Seconds of the longest wait, where the server's sessions live long enough."""

LONGEST_UNTOLD = 300
"""Seconds of the longest wait where the server does not tell its idle timeout."""

LOOK_COST = 0.002
"""What a look costs: as much as a delay of this share of the job's duration."""

MOST_DURATIONS = 20
"""How many of the datamart's last successful runs count."""

LOOKS_A_SECOND_MORE = 20
"""After each so many looks the shortest wait grows by a second: an execution's history holds 25,000 events.

A run of 24 hours so makes at most 1,900 looks, whatever the policy or a server's ``Retry-After`` ask for.
"""


def seconds_until_next_look(
    elapsed: float,
    looks: int,
    history: Sequence[float],
    *,
    retry_after: float | None = None,
    remaining: float | None = None,
    longest: int = LONGEST,
    look_cost: float = LOOK_COST,
) -> int:
    """Seconds to wait so that looks and the delay with which the job's end is seen together cost least.

    Minimises ``look_cost`` · E[looks] + E[delay / duration] (DESIGN.md "Polling").

    Parameters
    ----------
    elapsed
        Seconds since the execution request.
    looks
        Looks at the job's status so far.
    history
        Seconds that the datamart's last successful runs took, oldest first; of more than 20 the last count.
    retry_after
        Seconds that the server asked for (``Retry-After``), or None. It lengthens a wait, and never shortens it.
    remaining
        Seconds until the run's deadline, or None: there is no use in sleeping past it.
    longest
        Seconds of the longest wait: :func:`longest_wait`.
    look_cost
        What a look costs, above 0.

    Returns
    -------
    Whole seconds from 1 to ``longest``: Step Functions refuses a fraction in a Wait state.

    Raises
    ------
    ValueError
        A number is not finite, or a duration is negative.
    """
    _check(elapsed, retry_after or 0, remaining or 0, longest, look_cost, *history)
    if min(history, default=0) < 0:
        raise ValueError(f"negative duration {min(history)}: expected seconds from 0; leave it out of the history.")
    most = max(SHORTEST, int(longest))
    wanted = next_look(_forecast(tuple(history[-MOST_DURATIONS:])), max(0.0, elapsed), most, look_cost)
    wanted = max(wanted, math.ceil(retry_after or 0), looks // LOOKS_A_SECOND_MORE)
    if remaining is not None:
        wanted = min(wanted, math.ceil(remaining))
    return max(SHORTEST, min(most, wanted))


@lru_cache(maxsize=64)
def _forecast(history: tuple[float, ...]) -> Forecast:
    """All looks of a run have the same forecast, which takes a third of the time of a choice."""
    return Forecast.of(history)


def _check(*numbers: float) -> None:
    for number in numbers:
        if not math.isfinite(number):
            raise ValueError(f"{number} is not a number of seconds: expected a finite number; leave it out.")


def longest_wait(idle_timeout: float | None) -> int:
    """Seconds of the longest wait in a session that the server ends after ``idle_timeout`` seconds without a call.

    Half of it, so that one look may fail; None if the server did not tell it.
    """
    if idle_timeout is None or idle_timeout <= 0:
        return LONGEST_UNTOLD
    return max(SHORTEST, min(LONGEST, int(idle_timeout // 2)))


def with_duration(history: Sequence[float], seconds: float) -> tuple[float, ...]:
    """The history with one more run at its end."""
    return (*history, max(0.0, round(seconds, 1)))[-MOST_DURATIONS:]
