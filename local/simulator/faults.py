"""Faults that are injected at a step: what the server does instead of answering, or besides."""

from dataclasses import dataclass, field
from typing import Any, Literal

from local.simulator.answer import Answer

Kind = Literal[
    "status", "reset before", "reset after", "stall", "gzip garbage", "truncate", "evict session", "evict instance"
]

KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]  # the names of the Literal


@dataclass
class Fault:
    """A fault at a step.

    Parameters
    ----------
    step
        The endpoint's name, such as ``create_instance``.
    kind
        ``status``: answer with ``status``, ``json`` or ``body`` and ``headers`` instead; ``reset before`` and ``reset
        after``: cut the connection before or after the request is processed; ``stall``: be silent for ``seconds``;
        ``gzip garbage``, ``truncate``: spoil the body; ``evict session``, ``evict instance``: lose them first.
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
    times: int = 1
    skip: int = 0

    def instead(self) -> Answer:
        """The answer of a ``status`` fault."""
        headers = list(self.headers.items())
        if self.json is not None:
            return Answer(self.status, self.json, headers)
        return Answer(self.status, None, [("Content-Type", "text/html"), *headers], raw=self.body.encode())

    def spoil(self, answer: Answer) -> Answer | None:
        """What is left of the real answer; None cuts the connection."""
        if self.kind == "reset after":
            return None
        if self.kind == "gzip garbage":
            return Answer(answer.status, None, [("Content-Encoding", "gzip")], raw=b"\x1f\x8bgarbage")
        if self.kind == "truncate":
            return Answer(answer.status, None, answer.headers, raw=answer.content()[: len(answer.content()) // 2])
        return answer


class Faults:
    """The faults that are still due."""

    def __init__(self) -> None:
        self._due: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Inject a fault. Raises ValueError for an unknown kind."""
        if fault.kind not in KINDS:
            raise ValueError(f'there is no fault "{fault.kind}"; there are: {", ".join(KINDS)}')
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
