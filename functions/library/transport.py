"""One HTTP call: bounded in time and size, following nobody elsewhere, remembering nothing.

The pooled connections of the process are shared; token and cookies are given for each request, so that no run can
ever send another run's.
"""

import json
import queue
import threading
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from functions.library.connection_errors import Reason, reason_of
from functions.library.connections import Passage, go_through, pool
from functions.library.cookies import Jar
from functions.library.decoding import decoded
from functions.library.endpoints import CONNECT_TIMEOUT, Endpoint, Repeat
from functions.library.errors import DatamartFailed, Delivery, LibraryError, ServerUnavailable
from functions.library.hiding import Hide
from functions.library.models import Server

LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes of an answer, decompressed; the largest prompt definitions known are a few megabytes."""

LONGEST_HOST = 253
"""Characters that the name of a host can have."""

_CHUNK = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Reply:
    """An answer, read to its end."""

    status: int
    headers: CaseInsensitiveDict[str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text, whatever its bytes are."""
        return self.content.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """The decoded body, or None if there is none or it is no JSON."""
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
    hide: Hide


def call(
    server: Server,
    endpoint: Endpoint,
    url: str,
    *,
    headers: dict[str, str],
    jar: Jar,
    body: Any = None,
    budget: float,
    hide: Hide,
) -> Reply:
    """Make one call.

    Parameters
    ----------
    url
        Absolute, on ``server``.
    headers
        All of the request's own headers, the token among them, the cookies not.
    jar
        The cookies that go along; what the answer sets is merged into it.
    body
        Sent as JSON unless None.
    budget
        Seconds for the whole call. A read timeout alone is per read, and a server that drips would outlive it, so
        the call runs in a thread of its own that is abandoned when the time is up, and can send nothing from then on.
    hide
        Takes the secrets out of what an error quotes.

    Raises
    ------
    ServerUnavailable
        No answer; ``delivery`` says whether the request may have arrived.
    DatamartFailed
        A redirect to somewhere else, or an answer that is too large.
    """
    request = _Request(server, endpoint, headers, jar, _encode(body), time.monotonic() + budget, hide)
    answer: queue.SimpleQueue[Reply | BaseException] = queue.SimpleQueue()
    passage = Passage()

    def work() -> None:
        go_through(passage)
        try:
            answer.put(_follow(request, url))
        except BaseException as error:  # handed over to the caller's thread, whatever it is
            answer.put(error)

    threading.Thread(target=work, daemon=True, name=f"call {endpoint.step}").start()
    outcome: Reply | BaseException | None = None
    try:
        outcome = answer.get(timeout=budget)
    except queue.Empty:
        pass
    finally:  # also when a person's Ctrl-C ends the waiting
        left = passage.close()
    if isinstance(outcome, Reply):
        return outcome
    if outcome is None:
        raise _no_answer(endpoint, Reason(f"no complete answer within {budget:.3g} s"), left)
    if isinstance(outcome, LibraryError):
        raise outcome
    if isinstance(outcome, Exception):  # of whatever kind: a chunk of negative length, for one, is an OverflowError
        raise _no_answer(endpoint, reason_of(outcome), left) from None
    raise outcome


def _follow(request: _Request, url: str) -> Reply:
    reply = _once(request, url)
    if reply.status not in _REDIRECTS:
        return reply
    here, there = urlsplit(url), _target(url, reply)
    if request.endpoint.method == "GET" and (here.scheme, here.netloc) == (there.scheme, there.netloc):
        reply = _once(request, there.geturl())
        if reply.status not in _REDIRECTS:
            return reply
    host = request.hide(there.netloc.rpartition("@")[2])[:LONGEST_HOST]  # the host as it was written, to find secrets
    raise DatamartFailed(
        f"the server sends the call elsewhere ({host or 'no host'}), which is not followed; "
        "if the Library has moved, correct baseUrl in the connection's secret",
        step=request.endpoint.step,
        http_status=reply.status,
    )


def _target(url: str, reply: Reply) -> SplitResult:
    """Where a redirect leads; nowhere, if that is no address."""
    try:
        return urlsplit(urljoin(url, reply.headers.get("Location", "")))
    except ValueError:
        return urlsplit("")


def _once(request: _Request, url: str) -> Reply:
    """One request and its answer; what the answer sets is in the jar before a redirect is followed."""
    server, endpoint = request.server, request.endpoint
    headers = request.headers | request.jar.header(endpoint.method, url)
    read_timeout = max(0.1, min(endpoint.read_timeout, request.deadline - time.monotonic()))
    session = pool(server.ca_bundle)
    if endpoint.repeat is not Repeat.ALWAYS:
        session.close()  # only what is kept: a connection that died while it was idle would leave this call in doubt
    # Not by session.send: of a redirect, though not followed, it reads the body to its end and goes by its address.
    response = session.get_adapter(url).send(
        session.prepare_request(requests.Request(endpoint.method, url, headers=headers, data=request.content)),
        timeout=(min(CONNECT_TIMEOUT, read_timeout), read_timeout),
        stream=True,
        proxies={"http": server.proxy, "https": server.proxy} if server.proxy else {},
    )
    with response:
        request.jar.take(response)
        return Reply(response.status_code, response.headers, _read(response, endpoint, request.deadline))


def _read(response: requests.Response, endpoint: Endpoint, deadline: float) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise DatamartFailed(
                f"the answer is larger than {LARGEST_ANSWER // 2**20} MB",
                step=endpoint.step,
                http_status=response.status_code,
            )
        if time.monotonic() > deadline:
            raise requests.Timeout("the answer did not end in time")
    return bytes(content)


def _no_answer(endpoint: Endpoint, reason: Reason, left: bool) -> ServerUnavailable:
    delivery: Delivery = "unknown" if left else "not sent"
    return ServerUnavailable(
        f"the Library server gave no answer: {reason.sentence}",
        step=endpoint.step,
        delivery=delivery,
        retry_safe=not left or endpoint.repeat is not Repeat.IF_NOT_SENT,
        may_pass=reason.may_pass,
    )


def _encode(body: Any) -> bytes | None:
    return None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
