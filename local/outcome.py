"""How an execution ended, wherever it ran, and what is called for the states on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

OnState = Callable[[str, float], None]
"""Called for every state that an execution enters, with its time (seconds since the epoch)."""


@dataclass(frozen=True)
class Outcome:
    """How an execution ended; ``states`` are the names in the order entered, ``history`` its events."""

    execution_arn: str
    status: str
    error: str | None = None
    cause: str | None = None
    output: Any = None
    states: list[str] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The one object that ``--json`` prints (DESIGN.md "Interfaces")."""
        return {
            "status": self.status,
            "error": self.error,
            "cause": self.cause,
            "output": self.output,
            "states": self.states,
        }
