"""Definitions of datamarts: what a run will write, and changing it (API.md 5, rows 10 to 13; API.md 5.1)."""

from typing import Any

from local.simulator.catalogue import DatamartSpec
from local.simulator.metadata.schema import of_column
from local.simulator.request import Request
from local.simulator.response import Refusal, Response
from local.simulator.warehouse.table_name import has_placeholder

PROPERTIES = {
    "Create Table Post String": ("string", ""),
    "Insert SQLs": ("string", ""),
    "Maximum Execution Time": ("int32", "0"),
    "Maximum Rows": ("int32", "65536"),
    "Post SQLs": ("string", ""),
    "Pre SQLs": ("string", ""),
    "Table Descriptor": ("string", ""),
    "Table Option": ("string", ""),
    "Table Prefix": ("string", ""),
    "Table Qualifier": ("string", ""),
    "Table Space": ("string", ""),
    "Table Type": ("int32", "0"),
}
"""Type and default of every property of a datamart (API.md 5.1)."""


def get_definition(request: Request) -> Response:
    """GET /model/datamarts/{id}."""
    return Response(200, _described(request, _readable(request)))


def change_definition(request: Request) -> Response:
    """PUT /model/datamarts/{id}: a partial definition, a new version."""
    spec = _readable(request)
    return Response(200, _described(request, request.server.definitions.change(spec, *_parts(request))))


def new_definition(request: Request) -> Response:
    """POST /model/datamarts?sourceReportId=: a datamart of a report's template (row 12)."""
    information, options = _parts(request)
    if not information.get("name") or not information.get("destinationFolderId"):
        raise Refusal(400, "8004cb01", "information must have name and destinationFolderId.")
    source = request.server.definitions.spec(request.one("sourceReportId"))
    made = request.server.definitions.from_report(source, information, options)
    return Response(201, _described(request, made))


def applicable_properties(request: Request) -> Response:
    """GET /model/datamarts/{id}/applicableVldbProperties: the shape of one entry is ours, it is not documented."""
    _readable(request)
    found = {_key(name): {"name": name, "type": kind, "defaultValue": value} for name, (kind, value) in _ALL}
    return Response(200, {"propertyCount": len(found), "applicableProperties": found})


_ALL = tuple(PROPERTIES.items())


def _readable(request: Request) -> DatamartSpec:
    if request.server.scenario.definition_forbidden:
        raise Refusal(403, 14, "The user has no privilege to read the definition.", -2147213784)
    return request.server.definitions.datamart(request.ids["datamart"])


def _parts(request: Request) -> tuple[dict[str, Any], dict[str, Any]]:
    body = request.object()
    information, options = body.get("information") or {}, body.get("datamartOptions") or {}
    properties = options.get("datamartProperties", {}) if isinstance(options, dict) else None
    if not isinstance(information, dict) or not isinstance(properties, dict):
        raise Refusal(400, 6, "Invalid JSON")
    return information, options


def _key(name: str) -> str:
    return f"[DatamartProperties].[{name}]"


def _described(request: Request, spec: DatamartSpec) -> dict[str, Any]:
    described: dict[str, Any] = {
        "information": {
            "objectId": spec.id,
            "subType": "report_datamart",
            "name": spec.name,
            "versionId": request.server.definitions.version(spec),
            "acg": 255,
            "primaryLocale": "en-US",
            "destinationFolderId": spec.folder,
        },
        "sourceType": "normal",
        "dataSource": {"dataTemplate": {"units": _units(spec)}, "filter": {"text": "", "tree": {}}},
        "datamartOptions": _options(spec),
    }
    if request.flag("showAdvancedProperties"):
        described["advancedProperties"] = {"vldbProperties": {}}
    if request.one("showExpressionAs") == "tokens" or request.flag("showFilterTokens"):
        described["dataSource"]["filter"]["tokens"] = []
    return described


def _units(spec: DatamartSpec) -> list[dict[str, Any]]:
    attributes = [of_column(column).describe() for column in spec.attributes]
    metrics = [{"id": m.id, "name": m.name, "subType": "metric"} for m in map(of_column, spec.metrics)]
    return [*attributes, *([{"type": "metrics", "elements": metrics}] if metrics else [])]


def _options(spec: DatamartSpec) -> dict[str, Any]:
    source = {"objectId": "05AC49F849389A20A6C9C19A3105A69B", "subType": "db_role", "name": "Statistics"}
    return {
        "append": spec.append,
        "targetSource": source,
        "tableName": spec.table,
        "placeholderIncluded": has_placeholder(spec.table),
        "datamartProperties": {
            _key(name): {
                "name": name,
                "value": spec.properties.get(name, default),
                "type": kind,
                "resolvedLocation": "object" if name in spec.properties else "default",
            }
            for name, (kind, default) in _ALL
        },
    }
