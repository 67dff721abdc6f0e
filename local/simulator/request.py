"""A call as the endpoints see it."""

import json
from dataclasses import dataclass, field
from typing import Any

from local.simulator.iserver.server import IntelligenceServer
from local.simulator.iserver.session import Session, WebSession
from local.simulator.response import Refusal

CONTEXT = "/MicroStrategyLibrary"


@dataclass
class Request:
    """One call: its parts, and the session that it was found to be in."""

    server: IntelligenceServer
    ids: dict[str, str]
    query: dict[str, list[str]]
    headers: Any
    content: bytes
    cookies: dict[str, str] = field(default_factory=dict)
    web: WebSession | None = None

    @property
    def mine(self) -> Session:
        """The session; the routing table says which endpoints have one."""
        if self.web is None:
            raise Refusal(401, 9, "No session.")
        return self.web.session

    @property
    def project(self) -> str | None:
        """Id of the project."""
        found: str | None = self.headers.get("X-MSTR-ProjectID")
        return found.upper() if found else None

    @property
    def ms_instance(self) -> str | None:
        """The Modeling service's instance (API.md 1.2)."""
        found: str | None = self.headers.get("X-MSTR-MS-Instance")
        return found or None

    def json(self) -> Any:
        """The body. Raises Refusal 400 ERR006 when it is not JSON."""
        if not self.content.strip():
            return {}
        try:
            return json.loads(self.content)
        except ValueError:
            raise Refusal(400, 6, "Invalid JSON") from None

    def object(self) -> dict[str, Any]:
        """The body, which must be an object. Raises Refusal 400."""
        body = self.json()
        if not isinstance(body, dict):
            raise Refusal(400, 6, "Invalid JSON")
        return body

    def one(self, name: str, otherwise: str = "") -> str:
        """A query parameter."""
        return self.query.get(name, [otherwise])[0]

    def flag(self, name: str) -> bool:
        """A query parameter that is a truth value, in any case: mstrio writes False."""
        return self.one(name).lower() == "true"

    def number(self, name: str, otherwise: int) -> int:
        """A query parameter that is a number. Raises Refusal 400."""
        try:
            return int(self.one(name, str(otherwise)))
        except ValueError:
            raise Refusal(400, 6, f"The parameter {name} is not a number.") from None

    def page(self, items: list[Any], limit: int) -> list[Any]:
        """The part of a list that ``offset`` and ``limit`` ask for; -1 is all the rest."""
        offset, limit = max(0, self.number("offset", 0)), self.number("limit", limit)
        return items[offset:] if limit < 0 else items[offset : offset + limit]
