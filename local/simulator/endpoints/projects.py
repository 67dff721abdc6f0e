"""Projects, and the node that they are loaded on (API.md 3)."""

from local.simulator.metadata.places import NODE, PROJECTS
from local.simulator.request import Request
from local.simulator.response import Refusal, Response


def list_projects(request: Request) -> Response:
    """GET /projects: those that are loaded and open to the user."""
    return Response(200, [p.describe() for p in PROJECTS if p.accessible and p.status >= 0])


def get_project(request: Request) -> Response:
    """GET /projects/{idOrName}: 500 ERR001 when it is not there, 403 ERR014 when it is closed to the user."""
    wanted = request.ids["reference"]
    project = next((p for p in PROJECTS if wanted in (p.id, p.name) and p.status >= 0), None)
    if project is None:
        raise Refusal(500, 1, "The project was not found.", -2147209151)
    if not project.accessible:
        raise Refusal(403, 14, "The user has no access to the project.", -2147214578)
    return Response(200, project.describe())


def monitored_projects(request: Request) -> Response:
    """GET /monitors/projects: all of them, unloaded ones too."""
    may_monitor(request)
    listed = request.page([p.describe() for p in PROJECTS], -1)
    return Response(200, {"projects": listed}, [("x-mstr-total-count", str(len(PROJECTS)))])


def nodes(request: Request) -> Response:
    """GET /monitors/iServer/nodes: one node; ``projects.id`` and ``name`` filter."""
    may_monitor(request)
    wanted = request.one("projects.id").upper()
    node = {
        "name": NODE,
        "address": "127.0.0.1",
        "ipAddress": "127.0.0.1",
        "serviceControl": False,
        "port": 34952,
        "status": "running",
        "load": len(request.server.jobs.running()),
        "default": True,
        "projects": [p.on_node() for p in PROJECTS if wanted in ("", p.id)],
    }
    return Response(200, {"nodes": [node] if request.one("name", NODE) == NODE else []})


def may_monitor(request: Request) -> None:
    """Raises Refusal 403 when the monitors are closed to the account."""
    if request.server.scenario.monitor_forbidden:
        raise Refusal(403, 14, "The user has no privilege to monitor the server.", -2147213784)
