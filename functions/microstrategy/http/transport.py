"""One HTTP exchange: bounded in time and size, following no redirect, remembering nothing.

The pooled connections of the process are shared; token and cookies are given for each request, so that no run can
ever send another run's.
"""

import json
import queue
import threading
import time
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from functions.errors import DatamartFailed, Delivery, LibraryError, ServerUnavailable
from functions.microstrategy.endpoints import CONNECT_TIMEOUT, Endpoint, Repeat
from functions.microstrategy.http.connection_errors import Reason, reason_of
from functions.microstrategy.http.connection_pool import SendGuard, go_through, pool
from functions.microstrategy.http.cookies import Jar
from functions.microstrategy.http.json_decoding import MAX_VALUES, count_values, decoded
from functions.microstrategy.models import Server

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Reply:
    """A response, read to its end."""

    status: int
    headers: CaseInsensitiveDict[str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text, whatever its bytes are."""
        return self.content.decode("utf-8", "replace")

    @property
    def is_redirect(self) -> bool:
        """Whether it is a redirect: always an intermediary's, never the Library's."""
        return 300 <= self.status < 400

    @cached_property
    def json(self) -> Any:
        """The decoded body, or None if it is empty or not JSON."""
        return decoded(self.content)

    @property
    def retry_after(self) -> float | None:
        """Seconds; a server may also give a date (RFC 9110, 10.2.3), measured against its own Date header."""
        value = self.headers.get("Retry-After", "").strip()
        if value.isascii() and value.isdigit():
            return float(value[:9])
        try:
            wanted = parsedate_to_datetime(value)
            return max(0.0, (wanted - parsedate_to_datetime(self.headers["Date"])).total_seconds())
        except (ValueError, TypeError, KeyError, OverflowError):
            return None


@dataclass(frozen=True)
class _Request:
    """One call, as its thread needs it."""

    server: Server
    endpoint: Endpoint
    headers: dict[str, str]
    jar: Jar
    content: bytes | None
    deadline: float


def call(
    server: Server,
    endpoint: Endpoint,
    url: str,
    *,
    headers: dict[str, str],
    jar: Jar,
    body: Any = None,
    budget: float,
) -> Reply:
    """Make one call.

    Parameters
    ----------
    url
        Absolute, on ``server``.
    headers
        All of the request's own headers, the token among them, the cookies not.
    jar
        The cookies that go along; what the response sets is merged into it, unless it is a redirect.
    body
        Sent as JSON unless None.
    budget
        Seconds for the whole call. A read timeout alone is per read, and a server that drips would outlive it, so
        the call runs in a thread of its own that is abandoned when the time is up: its socket is shut down, and it
        can send nothing from then on.

    Raises
    ------
    ServerUnavailable
        No response; ``delivery`` says whether the request may have arrived.
    DatamartFailed
        The response is too large.
    """
    request = _Request(server, endpoint, headers, jar, _encode(body), time.monotonic() + budget)
    result: queue.SimpleQueue[Reply | BaseException] = queue.SimpleQueue()
    guard = SendGuard()

    def work() -> None:
        go_through(guard)
        try:
            result.put(_exchange(request, url))
        except BaseException as error:  # handed over to the caller's thread, whatever it is
            result.put(error)

    threading.Thread(target=work, daemon=True, name=f"call {endpoint.step}").start()
    outcome: Reply | BaseException | None = None
    try:
        outcome = result.get(timeout=budget)
    except queue.Empty:
        pass
    finally:  # also when a person's Ctrl-C ends the waiting
        left = guard.abandon() if outcome is None else guard.close()
    if isinstance(outcome, Reply):
        return outcome
    if outcome is None:
        raise _no_response(endpoint, Reason(f"no complete response within {budget:.3g} s", timed_out=True), left)
    if isinstance(outcome, LibraryError):
        raise outcome
    if isinstance(outcome, Exception):  # of whatever kind: a chunk of negative length, for one, is an OverflowError
        raise _no_response(endpoint, reason_of(outcome), left) from None
    raise outcome


def _exchange(request: _Request, url: str) -> Reply:
    """One request and its response. The body of a redirect is not read, and its cookies are not kept."""
    server, endpoint = request.server, request.endpoint
    headers = request.headers | request.jar.header(endpoint.method, url)
    read_timeout = max(0.1, min(endpoint.read_timeout, request.deadline - time.monotonic()))
    session = pool(server.ca_bundle)
    if endpoint.repeat is not Repeat.ALWAYS:
        session.close()  # closes idle connections: one that died meanwhile would leave this call's outcome unknown
    # Not by session.send: of a redirect, though not followed, it reads the body without a limit.
    response = session.get_adapter(url).send(
        session.prepare_request(requests.Request(endpoint.method, url, headers=headers, data=request.content)),
        timeout=(min(CONNECT_TIMEOUT, read_timeout), read_timeout),
        stream=True,
        proxies={"http": server.proxy, "https": server.proxy} if server.proxy else {},
    )
    with response:
        reply = Reply(response.status_code, response.headers, b"")
        if reply.is_redirect:
            return reply
        request.jar.take(response)
        return replace(reply, content=_read(response, endpoint, request.deadline))


def _read(response: requests.Response, endpoint: Endpoint, deadline: float) -> bytes:
    """The body, bounded by what the function that decodes it has memory for."""
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > endpoint.max_response_bytes:
            if content.lstrip().startswith(b"<"):
                return bytes(content[:_CHUNK])  # an intermediary's page: its beginning says whose
            raise _too_large(response, endpoint, f"{endpoint.max_response_bytes // 2**20} MB")
        if time.monotonic() > deadline:
            raise requests.Timeout("the response did not end in time")
    found = bytes(content)
    if count_values(found) > MAX_VALUES:
        raise _too_large(response, endpoint, f"{MAX_VALUES:,} JSON values")
    return found


def _too_large(response: requests.Response, endpoint: Endpoint, limit: str) -> DatamartFailed:
    return DatamartFailed(
        f"the response is larger than {limit} and was not read", step=endpoint.step, http_status=response.status_code
    )


def _no_response(endpoint: Endpoint, reason: Reason, left: bool) -> ServerUnavailable:
    delivery: Delivery = "unknown" if left else "not sent"
    return ServerUnavailable(
        f"the Library server did not respond: {reason.sentence}",
        step=endpoint.step,
        delivery=delivery,
        retry_safe=not left or endpoint.repeat is not Repeat.IF_NOT_SENT,
        may_pass=reason.may_pass,
        timed_out=left and reason.timed_out,
    )


def _encode(body: Any) -> bytes | None:
    return None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
