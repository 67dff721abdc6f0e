"""Intelligent cubes: published, and asked for their state (API.md 12)."""

from datetime import UTC, datetime
from typing import Any

from local.simulator.catalogue import DatamartSpec
from local.simulator.endpoints.sessions import USER_ID
from local.simulator.metadata.places import ancestors
from local.simulator.metadata.schema import of_column
from local.simulator.request import Request
from local.simulator.response import Refusal, Response

BYTES_PER_ROW = 64


def publish_cube(request: Request) -> Response:
    """POST /v2/cubes/{id}: a job is started that reads the cube's rows."""
    scenario = request.server.scenario
    if scenario.forbidden_follow_up == "publish":
        raise Refusal(403, 14, "The user has no privilege to publish Intelligent cubes.", -2147213784)
    job = request.server.cubes.publish(_cube(request), request.mine)
    number = {"jobId": int(job.id.partition(":")[0])}
    bodies: dict[str, dict[str, Any] | None] = {"job": {"id": job.id} | number, "number": number, "nothing": None}
    return Response(scenario.publish_status, bodies[scenario.publish_body])


def cube_status(request: Request) -> Response:
    """HEAD /cubes/{id}: the state is in a header."""
    return Response(200, None, [("X-MSTR-CubeStatus", str(request.server.cubes.status(_cube(request))))])


def cube_infos(request: Request) -> Response:
    """GET /cubes/?id=: what is known of cubes, and since when they have their data."""
    wanted = [each for listed in request.query.get("id", []) for each in listed.split(",") if each]
    if not wanted:
        raise Refusal(400, 5, "The parameter id is missing.")
    return Response(200, {"cubesInfos": [_info(request, request.server.definitions.cube(each)) for each in wanted]})


def cube_definition(request: Request) -> Response:
    """GET /v2/cubes/{id}: its attributes and metrics, as mstrio-py reads them."""
    cube = _cube(request)
    objects = {
        "attributes": [of_column(column).describe() for column in cube.attributes],
        "metrics": [of_column(column).describe() for column in cube.metrics],
    }
    return Response(200, {"id": cube.id, "name": cube.name, "definition": {"availableObjects": objects}})


def dataset(request: Request) -> Response:
    """GET /datasets/{id}: of Super Cubes, made of uploaded data, which mstrio-py looks for behind each cube."""
    raise Refusal(500, 1, f"{_cube(request).name} is not a Super Cube.")


def _cube(request: Request) -> DatamartSpec:
    return request.server.definitions.cube(request.ids["cube"])


def _info(request: Request, cube: DatamartSpec) -> dict[str, Any]:
    content = request.server.cubes.content(cube)
    updated = datetime.fromtimestamp(content.updated, UTC).strftime("%m/%d/%Y %H:%M:%S")
    return {
        "id": cube.id,
        "cubeName": cube.name,
        "ownerId": USER_ID,
        "path": "/" + "/".join(folder["name"] for folder in ancestors(cube.folder)[1:]) + f"/{cube.name}",
        "lastUpdateTime": updated if content.rows is not None else None,
        "serverMode": 1,
        "size": (content.rows or 0) * BYTES_PER_ROW // 1024,
        "status": request.server.cubes.status(cube),
    }
