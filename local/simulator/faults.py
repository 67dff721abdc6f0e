"""Faults that are injected at a step: what the server does instead of responding, or besides."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from local.simulator.response import HeadPoint, Response, Written

Kind = Literal[
    "status",
    "status after",
    "echo",
    "reset before",
    "reset after",
    "break off",
    "break head",
    "twice",
    "stall",
    "gzip garbage",
    "truncate",
    "wrong json",
    "wrong type",
    "no cookies",
    "wrong cookies",
    "new cookies",
    "evict session",
    "evict instance",
]

KINDS: tuple[Kind, ...] = get_args(Kind)
HEAD_POINTS: tuple[HeadPoint, ...] = get_args(HeadPoint)


@dataclass
class Fault:
    """A fault at a step.

    Parameters
    ----------
    step
        The endpoint's name, such as ``create_instance``.
    kind
        ``status``: respond with ``status``, ``json`` or ``body`` and ``headers`` instead; ``status after``: the same
        once the request was processed, as a gateway does; ``echo``: with ``status`` and a page that quotes the whole
        request, its secrets included; ``reset before`` and ``reset after``: cut the connection
        before or after it is processed; ``break off``: cut it in the middle of the response's body; ``break head``: in
        its head, at ``point``; ``twice``: write the response twice; ``stall``: be silent for ``seconds``, then process
        it; ``gzip garbage``, ``truncate``: spoil the body; ``wrong json``: a list for an object or the other way round;
        ``wrong type``: JSON as text/html; ``no cookies``, ``wrong cookies``: a proxy changes those of the
        request; ``new cookies``: the session's are changed with the response; ``evict session``, ``evict instance``:
        lose them first.
    times
        How many requests it hits.
    skip
        How many requests pass before.
    """

    step: str
    kind: Kind = "status"
    status: int = 500
    json: Any = None
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    point: HeadPoint = "half a value"
    times: int = 1
    skip: int = 0

    def instead(self) -> Response:
        """The response of a ``status`` fault."""
        headers = list(self.headers.items())
        if self.json is not None:
            return Response(self.status, self.json, headers)
        return Response(self.status, None, [("Content-Type", "text/html"), *headers], raw=self.body.encode())

    def echo(self, headers: Any, content: bytes) -> Response:
        """The response of an ``echo`` fault."""
        quoted = "\n".join(f"{name}: {value}" for name, value in headers.items())
        page = f"<html><body>Bad request: {quoted}\n\n{content.decode('utf-8', 'replace')}</body></html>"
        return Response(self.status, None, [("Content-Type", "text/html; charset=utf-8")], raw=page.encode())

    def spoil(self, answer: Response) -> Response | None:
        """What is left of the real response; None cuts the connection."""
        if self.kind == "reset after":
            return None
        if self.kind == "status after":
            return self.instead()
        if self.kind == "break head":
            return replace(answer, written=self.point)
        if self.kind in WRITTEN:
            return replace(answer, written=WRITTEN[self.kind])
        if self.kind == "wrong json":
            wrong = [] if isinstance(answer.body, dict) else {"unexpected": True}
            return Response(200 if answer.status == 204 else answer.status, wrong, answer.headers)
        if self.kind == "wrong type":
            return replace(answer, headers=[*answer.headers, ("Content-Type", "text/html; charset=utf-8")])
        if self.kind == "gzip garbage":
            return Response(answer.status, None, [("Content-Encoding", "gzip")], raw=b"\x1f\x8bgarbage")
        if self.kind == "truncate":
            return Response(answer.status, None, answer.headers, raw=answer.content()[: len(answer.content()) // 2])
        return answer

    def cookies(self, sent: Mapping[str, str]) -> dict[str, str]:
        """The cookies that arrive."""
        if self.kind == "no cookies":
            return {}
        return {name: f"{value}x" if self.kind == "wrong cookies" else value for name, value in sent.items()}


WRITTEN: dict[Kind, Written] = {"break off": "half the body", "twice": "twice"}
"""Faults in the writing of the response."""


class Faults:
    """The faults that are still due."""

    def __init__(self) -> None:
        self._due: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Inject a fault. Raises ValueError for an unknown kind or point."""
        for name, there in ((fault.kind, KINDS), (fault.point, HEAD_POINTS)):
            if name not in there:
                raise ValueError(f'there is no fault "{name}"; there are: {", ".join(there)}')
        self._due.append(fault)

    @property
    def due(self) -> list[Fault]:
        """Those that have not hit all the requests that they are for."""
        return list(self._due)

    def take(self, step: str) -> Fault | None:
        """The fault that hits this request, if any."""
        for fault in self._due:
            if fault.step != step:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._due.remove(fault)
            return fault
        return None
