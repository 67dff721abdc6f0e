"""One HTTP call: bounded in time and size, following nobody elsewhere, remembering nothing.

The pooled connections of the process are shared; token and cookies are given for each request, so that no run can
ever send another run's.
"""

import hashlib
import json
import queue
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection as PlainConnection
from urllib3.connection import HTTPSConnection as TLSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import Retry

from functions.library.endpoints import CONNECT_TIMEOUT, Endpoint, Repeat
from functions.library.errors import DatamartFailed, Delivery, LibraryError, ServerUnavailable
from functions.library.models import Server

LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes of an answer, decompressed; the largest prompt definitions known are a few megabytes."""

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Reply:
    """An answer, read to its end. ``raw`` is what the cookies are taken from."""

    status: int
    headers: CaseInsensitiveDict[str]
    content: bytes
    raw: requests.Response

    @property
    def text(self) -> str:
        """The body as text, whatever its bytes are."""
        return self.content.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The decoded body, or None if there is none or it is no JSON."""
        try:
            return json.loads(self.content) if self.content.strip() else None
        except (ValueError, RecursionError):
            return None


def call(
    server: Server,
    endpoint: Endpoint,
    url: str,
    *,
    headers: dict[str, str],
    body: Any = None,
    budget: float,
) -> Reply:
    """Make one call.

    Parameters
    ----------
    url
        Absolute, on ``server``.
    headers
        All of the request's own headers, token and cookies among them.
    body
        Sent as JSON unless None.
    budget
        Seconds for the whole call. A read timeout alone is per read, and a server that drips would outlive it, so
        the call runs in a thread of its own that is abandoned when the time is up.

    Raises
    ------
    ServerUnavailable
        No answer; ``delivery`` says whether the request may have arrived.
    DatamartFailed
        A redirect to somewhere else, or an answer that is too large.
    """
    request = requests.Request(endpoint.method, url, headers=headers, data=_encode(body))
    answer: queue.SimpleQueue[Reply | BaseException] = queue.SimpleQueue()
    sent = threading.Event()

    def work() -> None:
        try:
            answer.put(_follow(server, endpoint, request, sent, time.monotonic() + budget))
        except BaseException as error:  # handed over to the caller's thread, whatever it is
            answer.put(error)

    threading.Thread(target=work, daemon=True, name=f"call {endpoint.step}").start()
    try:
        outcome = answer.get(timeout=budget)
    except queue.Empty:
        raise _no_answer(endpoint, f"no complete answer within {budget:.0f} s", sent.is_set()) from None
    if isinstance(outcome, Reply):
        return outcome
    if isinstance(outcome, LibraryError):
        raise outcome
    if isinstance(outcome, (requests.RequestException, OSError, ValueError)):
        raise _no_answer(endpoint, _plain(outcome), sent.is_set()) from None
    raise outcome


def _follow(
    server: Server, endpoint: Endpoint, request: requests.Request, sent: threading.Event, deadline: float
) -> Reply:
    reply = _once(server, endpoint, request, sent, deadline)
    if reply.status not in (301, 302, 303, 307, 308):
        return reply
    target = urljoin(request.url or "", reply.headers.get("Location", ""))
    here, there = urlsplit(request.url or ""), urlsplit(target)
    if endpoint.method == "GET" and (here.scheme, here.netloc) == (there.scheme, there.netloc):
        request.url = target
        reply = _once(server, endpoint, request, sent, deadline)
        if reply.status not in (301, 302, 303, 307, 308):
            return reply
    raise DatamartFailed(
        f"the server sends the call elsewhere ({there.hostname or 'no host'}), which is not followed; "
        "if the Library has moved, correct baseUrl in the connection's secret",
        step=endpoint.step,
        http_status=reply.status,
    )


def _once(
    server: Server, endpoint: Endpoint, request: requests.Request, sent: threading.Event, deadline: float
) -> Reply:
    session = _pool()
    _SENT.event = sent
    read_timeout = max(0.1, min(endpoint.read_timeout, deadline - time.monotonic()))
    response = session.send(
        session.prepare_request(request),
        timeout=(min(CONNECT_TIMEOUT, read_timeout), read_timeout),
        allow_redirects=False,
        stream=True,
        verify=_ca_file(server.ca_bundle) if server.ca_bundle else True,
        proxies={"http": server.proxy, "https": server.proxy} if server.proxy else {},
    )
    with response:
        return Reply(response.status_code, response.headers, _read(response, endpoint, deadline), response)


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


def _no_answer(endpoint: Endpoint, reason: str, sent: bool) -> ServerUnavailable:
    delivery: Delivery = "unknown" if sent else "not sent"
    return ServerUnavailable(
        f"the Library server gave no answer: {reason}",
        step=endpoint.step,
        delivery=delivery,
        retry_safe=not sent or endpoint.repeat is not Repeat.IF_NOT_SENT,
    )


_REASONS = (
    ("NameResolutionError", "its name cannot be resolved"),
    ("certificate verify failed", "its certificate is not trusted (give the authority's in caBundle)"),
    ("SSL", "TLS failed"),
    ("ProxyError", "the proxy cannot be reached"),
    ("Connection refused", "the connection was refused"),
    ("ConnectTimeout", "the connection could not be made in time"),
    ("Read timed out", "it was silent for too long"),
    ("did not end in time", "it was too slow"),
    ("reset", "the connection was reset"),
    ("without response", "the connection was closed"),
    ("IncompleteRead", "the answer broke off"),
    ("decod", "the answer cannot be decompressed"),
)
"""Words of the HTTP libraries, and what they mean to a person; their own texts quote addresses and headers."""


def _plain(error: BaseException) -> str:
    text = f"{type(error).__name__} {error!r}"
    return next((plain for word, plain in _REASONS if word in text), type(error).__name__)


def _encode(body: Any) -> bytes | None:
    return None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")


# -- the process's connections --------------------------------------------------------------------------------------

_SENT = threading.local()


class _Marking(HTTPConnection):
    """Marks the call as sent before its first byte leaves an open connection: until then it provably never left."""

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        event: threading.Event | None = getattr(_SENT, "event", None)
        if event is not None:
            event.set()
        super().send(data)


class _MarkingPlain(_Marking, PlainConnection):
    pass


class _MarkingTLS(_Marking, TLSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _MarkingPlain


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _MarkingTLS


class _Adapter(HTTPAdapter):
    """Connections that mark what was sent, and nothing that is repeated on its own."""

    def __init__(self) -> None:
        super().__init__(pool_maxsize=50, max_retries=Retry(0, read=False, redirect=False))

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TLSPool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TLSPool}
        return manager


@cache
def _pool() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.headers.clear()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", _Adapter())
    session.mount("http://", _Adapter())
    return session


@cache
def _ca_file(pem: str) -> str:
    """A file with the authorities' certificates: the TLS library reads them from files only."""
    path = Path(tempfile.gettempdir()) / f"ca-{hashlib.sha256(pem.encode()).hexdigest()[:32]}.pem"
    path.write_text(pem, "utf-8")
    return str(path)
