"""The datamart as a report, as mstrio-py's Report drives it: an instance that reads and writes no table (API.md 10).

The vendor's SDK accepts a datamart as a Report, so that its prompts can be read and answered. What it asks for on the
way is not part of API.md 2 to 7; the grid is as small as the SDK allows.
"""

import sqlite3
from typing import Any

from local.simulator.iserver.instance import Instance
from local.simulator.metadata.schema import of_column
from local.simulator.request import Request
from local.simulator.response import Refusal, Response

READY, PROMPTS = 1, 2


def get_report(request: Request) -> Response:
    """GET /v2/reports/{id}."""
    spec = request.server.definitions.spec(request.ids["datamart"])
    objects: dict[str, list[Any]] = {"attributes": [], "metrics": [], "consolidations": [], "customGroups": []}
    definition = {"grid": _grid(spec.attributes, spec.metrics, []), "availableObjects": objects}
    return Response(200, {"id": spec.id, "name": spec.name, "definition": definition})


def create_report_instance(request: Request) -> Response:
    """POST /v2/reports/{id}/instances: the data at once, or status 2 when prompts are open."""
    spec = request.server.definitions.spec(request.ids["datamart"])
    defaults = request.server.definitions.default_answers(spec)
    instance = request.server.instances.create(request.mine, spec, defaults)
    job = request.server.jobs.select(instance)
    if request.headers.get("Prefer") == "respond-async":
        return Response(202, {"instanceId": instance.id, "status": job.status})
    return _data_or_prompts(request, instance)


def get_report_instance(request: Request) -> Response:
    """GET and PUT /v2/reports/{id}/instances/{iid}: it waits for the data, as the synchronous calls of reports do."""
    return _data_or_prompts(request, request.server.instances.find(request.mine, request.ids["instance"]))


def _data_or_prompts(request: Request, instance: Instance) -> Response:
    if instance.open_prompts():
        return Response(200, {"instanceId": instance.id, "status": PROMPTS})
    return _data(request, instance)


def report_sql(request: Request) -> Response:
    """GET /v2/reports/{id}/instances/{iid}/sqlView."""
    instance = request.server.instances.find(request.mine, request.ids["instance"])
    return Response(200, {"sqlStatement": instance.query().readable()})


def page_by_elements(request: Request) -> Response:
    """GET /v2/reports/{id}/instances/{iid}/pageBy/elements: no report here is paged."""
    request.server.instances.find(request.mine, request.ids["instance"])
    return Response(200, {"pageBy": [], "validPageByElements": {"paging": {"total": 0}, "items": []}})


def _data(request: Request, instance: Instance) -> Response:
    query = instance.query()
    try:
        rows = request.server.warehouse.select(query)
    except sqlite3.Error as problem:
        raise Refusal(500, 2, str(problem), -2147212544) from None
    shown = request.page(rows, 1000)
    width = len(query.attributes)
    elements = [list(dict.fromkeys(row[column] for row in rows)) for column in range(width)]
    headers = [[elements[column].index(row[column]) for column in range(width)] for row in shown]
    data = {
        "currentPageBy": [],
        "paging": {
            "total": len(rows),
            "current": len(shown),
            "offset": request.number("offset", 0),
            "limit": request.number("limit", 1000),
        },
        "headers": {"rows": headers, "columns": [[index] for index in range(len(query.metrics))]},
        "metricValues": {"raw": [list(row[width:]) for row in shown]},
    }
    grid = _grid(query.attributes, query.metrics, elements)
    body = {"id": instance.spec.id, "name": instance.spec.name, "instanceId": instance.id, "status": READY}
    return Response(200, body | {"definition": {"grid": grid, "availableObjects": {}}, "data": data})


def _grid(attributes: tuple[str, ...], metrics: tuple[str, ...], elements: list[list[Any]]) -> dict[str, Any]:
    return {
        "crossTab": False,
        "subtotals": {"defined": False, "visible": False},
        "pageBy": [],
        "metricsPosition": {"axis": "columns", "index": 0},
        "rows": [
            of_column(column).describe()
            | {"elements": [{"formValues": [value]} for value in (elements[index] if elements else [])]}
            for index, column in enumerate(attributes)
        ],
        "columns": [
            {
                "name": "Metrics",
                "type": "templateMetrics",
                "elements": [of_column(column).describe() for column in metrics],
            }
        ],
    }
