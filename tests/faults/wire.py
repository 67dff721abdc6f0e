"""The client's end of the wire: counts requests, refuses connections, lets something happen before or after one."""

import contextlib
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from functions.microstrategy import endpoints
from functions.microstrategy.endpoints import Endpoint
from functions.microstrategy.http.connection_pool import pool
from local.clock import Clock
from local.simulator.library import API
from local.simulator.routes import find

SHORT = 0.2
"""Seconds that a server may be silent in a case with a stall, and half of what it is silent for."""

PATIENCE = 5.0
"""Real seconds in which the server must have read what was sent to it."""


def step_of(method: str, url: str) -> str:
    """The name of a request's endpoint, as the simulator has it."""
    route, _ = find(method, urlsplit(url).path.removeprefix(API))
    return route.step if route else "unknown"


class Wire:
    """Taps the client's pool of connections."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.reset(lambda: 0)

    def reset(self, arrived: Callable[[], int]) -> None:
        """Forget everything; ``arrived`` tells how many requests the server has dealt with."""
        self._arrived = arrived
        self._seen: Counter[str] = Counter()
        self._left = 0
        self.sent: list[str] = []
        self.refused_from: tuple[str, int, int] | None = None
        self.before: dict[str, Callable[[], None]] = {}
        self.after: dict[str, Callable[[], None]] = {}

    @contextlib.contextmanager
    def tapped(self) -> Iterator[None]:
        adapter = _adapter()
        adapter.send = self._send  # type: ignore[method-assign]  # the one place through which every request goes
        try:
            yield
        finally:
            del adapter.send

    @property
    def waits(self) -> bool:
        """Whether a connection is to be refused that was never made."""
        return self.refused_from is not None and self._seen[self.refused_from[0]] < self.refused_from[1]

    def settle(self) -> None:
        """Wait until the server has dealt with everything that was sent."""
        ends = time.monotonic() + PATIENCE
        while self._arrived() < self._left and time.monotonic() < ends:
            time.sleep(0.01)

    def _send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        step = step_of(str(request.method), str(request.url))
        self._seen[step] += 1
        place = f"{step}#{self._seen[step]}"
        self.sent.append(place)
        self.before.pop(place, _nothing)()
        if self._refuses(step, self._seen[step]):
            with socket.socket() as closed:  # bound and not listening: the kernel refuses
                closed.bind(("127.0.0.1", 0))
                request.url = str(request.url).replace(urlsplit(str(request.url)).netloc, _address(closed), 1)
                return _really_send(request, **how)
        self._left += 1
        try:
            response = _really_send(request, **how)
        except requests.RequestException as error:
            if isinstance(error, requests.Timeout):
                self._clock.advance(30)
            self.settle()  # the server goes on with a request whose client has given up
            self.after.pop(place, _nothing)()
            raise
        self.after.pop(place, _nothing)()
        return response

    def _refuses(self, step: str, number: int) -> bool:
        if self.refused_from is None or self.refused_from[0] != step:
            return False
        _, first, times = self.refused_from
        return first <= number < first + times


def _adapter() -> HTTPAdapter:
    """That of the client, for the simulator's address."""
    adapter = pool(None).get_adapter("http://127.0.0.1")  # without authorities of its own, as the client asks for it
    assert isinstance(adapter, HTTPAdapter)
    return adapter


def _really_send(request: requests.PreparedRequest, **how: Any) -> requests.Response:
    adapter = _adapter()
    return type(adapter).send(adapter, request, **how)


def _nothing() -> None:
    pass


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()
    return f"{host}:{port}"


@contextlib.contextmanager
def impatient() -> Iterator[None]:
    """Every endpoint's server may be silent for SHORT seconds only: a stall then takes no time."""
    every = [value for value in vars(endpoints).values() if isinstance(value, Endpoint)]
    before = [endpoint.read_timeout for endpoint in every]
    for endpoint in every:
        object.__setattr__(endpoint, "read_timeout", SHORT)
    try:
        yield
    finally:
        for endpoint, seconds in zip(every, before, strict=True):
            object.__setattr__(endpoint, "read_timeout", seconds)
