"""The process's connections: shared, remembering no cookie, and knowing whether a request has left."""

import hashlib
import logging
import tempfile
import threading
from functools import cache
from http.client import HTTPConnection
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection as PlainConnection
from urllib3.connection import HTTPSConnection as TLSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import Retry

logging.getLogger("urllib3.connection").setLevel(logging.ERROR)
"""Of an answer with a header that is none it would warn, and quote all headers after it: cookies, the token."""


class Abandoned(Exception):
    """The caller has given the call up: nothing of it may leave any more."""


class Passage:
    """Whether one call's request has left, and whether it still may.

    Both are decided under one lock. A thread that is held up (a slow resolver, a slow handshake, a Lambda frozen and
    thawed) would otherwise send a request whose caller was told that it never left, and who has sent it again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = False
        self._closed = False

    def leave(self) -> None:
        """Something is about to be sent. Raises Abandoned once the passage is closed."""
        with self._lock:
            if self._closed:
                raise Abandoned
            self._left = True

    def close(self) -> bool:
        """Let nothing leave from now on; whether anything has left until now."""
        with self._lock:
            self._closed = True
            return self._left


_THREAD = threading.local()


def go_through(passage: Passage) -> None:
    """Whatever this thread sends from now on, it sends through ``passage``."""
    _THREAD.passage = passage


class _Marking(HTTPConnection):
    """Asks the passage before the first byte leaves an open connection: until then it provably never left.

    What is sent while connecting does not count: that is the CONNECT to a proxy, and nothing of the request.
    """

    _connecting = False

    def connect(self) -> None:
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        passage: Passage | None = getattr(_THREAD, "passage", None)
        if passage is not None and not self._connecting:
            passage.leave()
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
def pool() -> requests.Session:
    """The connections; ``trust_env`` is off: no proxy, no .netrc and no authority of the environment's."""
    session = requests.Session()
    session.trust_env = False
    session.headers.clear()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", _Adapter())
    session.mount("http://", _Adapter())
    return session


@cache
def ca_file(pem: str) -> str:
    """A file with the authorities' certificates: the TLS library reads them from files only."""
    path = Path(tempfile.gettempdir()) / f"ca-{hashlib.sha256(pem.encode()).hexdigest()[:32]}.pem"
    path.write_text(pem, "utf-8")
    return str(path)
