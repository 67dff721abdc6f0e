"""The server's events: listed, read, triggered (API.md 12)."""

from typing import Any

from local.simulator.catalogue import EVENTS, EventSpec
from local.simulator.request import Request
from local.simulator.response import Refusal, Response


def list_events(request: Request) -> Response:
    """GET /events: all of them."""
    _may_see(request)
    listed = [_described(event) for event in EVENTS]
    return Response(200, listed if request.server.scenario.bare_events else {"events": listed})


def get_event(request: Request) -> Response:
    """GET /events/{id}."""
    _may_see(request)
    return Response(200, _described(request.server.events.find(request.ids["event"])))


def trigger_event(request: Request) -> Response:
    """POST /events/{id}/trigger: every call starts everything again that is bound to it."""
    if request.server.scenario.forbidden_follow_up in ("events", "trigger"):
        raise Refusal(403, 14, "The user has no privilege to trigger events.", -2147213784)
    request.server.events.trigger(request.server.events.find(request.ids["event"]))
    return Response(204)


def _may_see(request: Request) -> None:
    if request.server.scenario.forbidden_follow_up == "events":
        raise Refusal(403, 14, "The user has no privilege to see events.", -2147213784)


def _described(event: EventSpec) -> dict[str, Any]:
    return {"id": event.id, "name": event.name, "description": "", "acg": 255}
