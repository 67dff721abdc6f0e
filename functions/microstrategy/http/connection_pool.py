"""The process's connections: shared, remembering no cookie, and knowing whether a request has left."""

import contextlib
import logging
import os
import socket
import threading
from functools import lru_cache
from http.client import HTTPConnection
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection as PlainConnection
from urllib3.connection import HTTPSConnection as TLSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import Retry

from functions.microstrategy.http.tls import context_for

logging.getLogger("urllib3.connection").setLevel(logging.ERROR)
"""urllib3 warns about a malformed header and quotes all headers after it: cookies, the token."""


_BUNDLES_KEPT = 8
"""Pools; a process sees one for each connection whose secret has a ``caBundle``."""


class Abandoned(Exception):
    """The caller has cancelled the call: no byte of it may be sent any more."""


class SendGuard:
    """Whether one call's request has left, and whether it still may.

    Both are decided under one lock. A thread that is held up (a slow resolver, a slow handshake, a Lambda frozen and
    thawed) would otherwise send a request that the caller was told was never sent, and has sent again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = False
        self._closed = False
        self._socket: socket.socket | None = None

    def is_on(self, number: int) -> None:
        """The call goes on over the socket with this file number. Raises Abandoned once the guard is closed.

        Kept is a duplicate of the plain socket: shutting it down ends the connection whatever TLS is wrapped around
        it, without a change to objects that the call's thread is reading from.
        """
        with self._lock:
            if self._closed:
                raise Abandoned
            if self._socket is None:
                self._socket = socket.socket(fileno=os.dup(number))

    def leave(self) -> None:
        """Something is about to be sent. Raises Abandoned once the guard is closed."""
        with self._lock:
            if self._closed:
                raise Abandoned
            self._left = True

    def close(self) -> bool:
        """Let nothing leave from now on; whether anything has left until now."""
        with self._lock:
            self._closed = True
            if self._socket is not None:
                self._socket.close()
            return self._left

    def abandon(self) -> bool:
        """Shut the socket down and close: the call's thread must not read what the server goes on sending.

        A read timeout is per read: a thread that reads a drip, or an endless ``100 Continue``, would never end.
        """
        with self._lock, contextlib.suppress(OSError):  # the server was first
            self._closed = True
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
        return self.close()


_THREAD = threading.local()


def go_through(guard: SendGuard) -> None:
    """Whatever this thread sends from now on, it sends through ``guard``."""
    _THREAD.guard = guard


class _Marking(HTTPConnection):
    """Asks the guard before the first byte leaves an open connection: until then it provably never left.

    What is sent while connecting does not count: that is the CONNECT to a proxy, no byte of the request.
    """

    _connecting = False

    def connect(self) -> None:
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False

    def _new_conn(self) -> socket.socket:
        """Tell the guard of the socket before TLS is negotiated: a handshake can drip as well as a response."""
        made: socket.socket = super()._new_conn()  # type: ignore[misc]  # of urllib3's class, which comes next
        guard = _guard()
        if guard is not None:
            guard.is_on(made.fileno())
        return made

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        guard = _guard()
        if guard is not None and not self._connecting:
            guard.is_on(self.sock.fileno())  # a kept connection was made by another call
            guard.leave()
        super().send(data)


def _guard() -> SendGuard | None:
    """That of the call which this thread makes."""
    found: SendGuard | None = getattr(_THREAD, "guard", None)
    return found


class _MarkingPlain(_Marking, PlainConnection):
    pass


class _MarkingTLS(_Marking, TLSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _MarkingPlain


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _MarkingTLS


class _Adapter(HTTPAdapter):
    """Connections that mark what was sent, and nothing that is repeated on its own.

    Parameters
    ----------
    ca_bundle
        PEM text of the authorities that TLS trusts, or None (:func:`functions.microstrategy.http.tls.context_for`).
    """

    def __init__(self, ca_bundle: str | None) -> None:
        self._ca_bundle = ca_bundle
        super().__init__(pool_maxsize=50, max_retries=Retry(0, read=False, redirect=False))

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TLSPool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        if proxy.lower().startswith("https:"):
            kwargs["proxy_ssl_context"] = context_for(self._ca_bundle)
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TLSPool}
        return manager

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, options = super().build_connection_pool_key_attributes(request, True, None)
        if host["scheme"] == "https":
            options["ssl_context"] = context_for(self._ca_bundle)
        return host, options

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Add nothing to the context: for every new connection requests would read the public authorities into it."""


@lru_cache(_BUNDLES_KEPT)
def pool(ca_bundle: str | None) -> requests.Session:
    """The connections that trust ``ca_bundle``; ``trust_env`` is off: no proxy, no .netrc, no authority of its own."""
    session = requests.Session()
    session.trust_env = False
    session.headers.clear()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", _Adapter(ca_bundle))
    session.mount("http://", _Adapter(ca_bundle))
    return session
