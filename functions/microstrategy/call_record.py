"""What is kept of each HTTP request: for logs and for what ``datamart show`` prints. No IDs, no query, no secrets."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from functions.errors import LibraryError
from functions.microstrategy.endpoints import Endpoint


class CallRecord(NamedTuple):
    """One HTTP request.

    Parameters
    ----------
    method, path
        Of the endpoint; the path as the table of endpoints has it: ``/objects/{datamart}``.
    status
        HTTP status; None without a response.
    ms
        Milliseconds until the response was read, or the request was given up.
    retry
        0 for the first request of a call, 1 for its first retry.
    error
        Name of the error that the request failed with.
    """

    method: str
    path: str
    status: int | None
    ms: int
    retry: int = 0
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The fields by their names, without ``retry`` of a first request and ``error`` of one that succeeded."""
        return {name: value for name, value in self._asdict().items() if value or name in ("status", "ms")}


class Timed:
    """The request that is under way; ``status`` is that of its response once there is one."""

    status: int | None = None


@contextmanager
def recorded(calls: list[CallRecord], endpoint: Endpoint, retry: int) -> Iterator[Timed]:
    """Add the request that is sent within to ``calls``, also one that fails.

    One that was never tried, because an ID is malformed or no time is left, leaves no record.
    """
    timed, began = Timed(), time.monotonic()

    def record(status: int | None, error: str | None) -> None:
        ms = round(1_000 * (time.monotonic() - began))
        calls.append(CallRecord(endpoint.method, endpoint.path, status, ms, retry, error))

    try:
        yield timed
    except LibraryError as error:
        if error.http_status is not None or error.delivery != "answered":
            record(error.http_status, error.name)
        raise
    record(timed.status, None)
