"""Retries within one call: a read that failed for a moment is sent again before its step notices.

The policy (count, backoff, jitter) is urllib3's ``Retry``. It is applied around the whole exchange and not inside
urllib3's pool, because only the parsed response tells a transient failure from a permanent one (API.md 8.3: 500 is
both), and because a body that breaks off is a failure too.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from functions.errors import ServerUnavailable
from functions.microstrategy.endpoints import Endpoint
from functions.microstrategy.error_mapping import is_not_ready

Result = TypeVar("Result")

MAX_RETRIES = 2
"""Per call. The first follows at once, the second after the backoff; the state machine retries for longer."""

MAX_PAUSE_SECONDS = 5.0
"""A server that asks for a longer pause (``Retry-After``) is left to the state machine, which waits without cost."""

_POLICY = Retry(total=MAX_RETRIES, backoff_factor=0.25, backoff_max=MAX_PAUSE_SECONDS, backoff_jitter=0.25)

_sleep: Callable[[float], None] = time.sleep


def use_sleep(sleep: Callable[[float], None]) -> None:
    """Pause by ``sleep`` (seconds) from here on: the emulator skips pauses on its own clock."""
    global _sleep
    _sleep = sleep


def with_retries(endpoint: Endpoint, exchange: Callable[[], Result], seconds_left: Callable[[], float]) -> Result:
    """Return what ``exchange`` returns, calling it again after transient failures where the endpoint allows it.

    Parameters
    ----------
    exchange
        Sends one HTTP request and judges its response.
    seconds_left
        Of the call's budget; no pause goes beyond it.

    Raises
    ------
    LibraryError
        That of the last exchange, with its whole response. Where the last ones had no response, that of the last
        response: it says more than "the connection was reset".
    """
    retry, last_response = _POLICY, None
    while True:
        try:
            return exchange()
        except ServerUnavailable as error:
            if not _may_retry(endpoint, error):
                raise
            last_response = error if error.http_status is not None else last_response
            try:
                retry = retry.increment(endpoint.method, endpoint.path, error=error)
            except MaxRetryError:
                raise (last_response or error) from None
            pause = max(retry.get_backoff_time(), error.retry_after or 0.0)
            if pause > MAX_PAUSE_SECONDS or pause >= seconds_left():
                raise (last_response or error) from None
        if pause:
            _sleep(pause)


def _may_retry(endpoint: Endpoint, error: ServerUnavailable) -> bool:
    """What timed out may still be running on the server: a retry would start it a second time."""
    is_transient = error.retry_safe and error.may_pass and not error.timed_out and not is_not_ready(error)
    return endpoint.may_retry_within_call and is_transient
