"""Finding a datamart and what its prompts are about: quick and full search, and an object by its id (API.md 4)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local.simulator.catalogue import DatamartSpec
from local.simulator.endpoints.sessions import USER_ID
from local.simulator.metadata.places import FOLDER_METRICS, FOLDER_SCHEMA, FOLDERS, PROJECTS, Folder, ancestors
from local.simulator.metadata.schema import BY_ID, SchemaObject
from local.simulator.request import Request
from local.simulator.response import Refusal, Response

REPORT, FOLDER, PROJECT = 3, 8, 32
FOLDER_SUBTYPE = 2048
SCHEMA = {"attribute": (12, 3072, FOLDER_SCHEMA), "metric": (4, 1024, FOLDER_METRICS)}
"""Type, subtype and folder of a schema object."""

CREATED = "2023-02-09T06:16:42.000+0000"
SEARCH_FIELDS = ("name", "pattern", "type", "root")

Found = DatamartSpec | Folder | SchemaObject

_PATTERNS: dict[int, Callable[[str, str], bool]] = {
    0: lambda name, text: any(word in name for word in text.split()) if text else True,
    1: lambda name, text: name.startswith(text),
    2: lambda name, text: name == text,
    3: lambda name, text: name.startswith(text),
    4: lambda name, text: text in name,
    5: lambda name, text: name.endswith(text),
}


def quick_search(request: Request) -> Response:
    """GET /searches/results: by an index that may be behind (API.md 4.2)."""
    found = _found(request, indexed_only=True)
    listed = [_described(request, one, request.flag("getAncestors")) for one in request.page(found, -1)]
    return Response(200, {"totalItems": len(found), "result": listed}, [("x-mstr-total-count", str(len(found)))])


def start_search(request: Request) -> Response:
    """POST /metadataSearches/results, with a query or (v2) a body: the search's id carries the query itself."""
    for field, value in request.object().items():
        if isinstance(value, (str, int)):
            request.query[field] = [str(value)]
        elif isinstance(value, list):
            request.query[field] = [str(item) for item in value]
    search = json.dumps({k: v for k, v in request.query.items() if k in SEARCH_FIELDS})
    return Response(200, {"id": search.encode().hex(), "totalItems": len(_found(request))})


def search_results(request: Request) -> Response:
    """GET /metadataSearches/results: a bare array (API.md 4.3)."""
    try:
        search = json.loads(bytes.fromhex(request.one("searchId")))
    except ValueError:
        raise Refusal(400, 6, "Unknown search.") from None
    if not isinstance(search, dict):
        raise Refusal(400, 6, "Unknown search.")
    request.query = {**search, **{k: v for k, v in request.query.items() if k in ("offset", "limit")}}
    found = _found(request)
    listed = [_described(request, one, True) for one in request.page(found, -1)]
    return Response(200, listed, [("x-mstr-total-count", str(len(found)))])


def get_object(request: Request) -> Response:
    """GET /objects/{id}?type=: a report, a folder or a project; a missing one is 500 ERR001 (API.md 4.4)."""
    wanted, kind = request.ids["object"].upper(), request.number("type", REPORT)
    if other := _other_object(wanted, kind):
        return Response(200, other)
    try:
        spec = request.server.definitions.spec(wanted)
    except Refusal:
        spec = None
    if spec is None or kind != REPORT:
        raise Refusal(500, 1, "The object was not found.", -2147216373)
    return Response(200, _object(request, spec, True) | {"acl": [], "description": ""})


def _other_object(wanted: str, kind: int) -> dict[str, Any] | None:
    """A folder or a project; a project's own object needs no call in it, but the header is sent all the same."""
    if kind == FOLDER and wanted in FOLDERS:
        return _folder(FOLDERS[wanted], True)
    project = next((p for p in PROJECTS if kind == PROJECT and p.id == wanted and p.accessible), None)
    return _unchanged(wanted, kind, project.name, 8192) if project else None


def _unchanged(object_id: str, kind: int, name: str, subtype: int) -> dict[str, Any]:
    """What was never changed since it was made."""
    described = {"id": object_id, "name": name, "type": kind, "subtype": subtype, "extType": 0}
    described |= {"dateCreated": CREATED, "dateModified": CREATED}
    return described | {"acg": 255, "owner": {"id": USER_ID, "name": "Administrator"}}


def _folder(folder: Folder, with_ancestors: bool) -> dict[str, Any]:
    """A folder; it is not among its own ancestors, whose levels count from the one that it is in."""
    way = [above | {"level": above["level"] - 1} for above in ancestors(folder.id)[:-1]]
    return _unchanged(folder.id, FOLDER, folder.name, FOLDER_SUBTYPE) | ({"ancestors": way} if with_ancestors else {})


def _schema_object(found: SchemaObject, with_ancestors: bool) -> dict[str, Any]:
    kind, subtype, folder = SCHEMA[found.type]
    described = _unchanged(found.id, kind, found.name, subtype)
    return described | ({"ancestors": ancestors(folder)} if with_ancestors else {})


def _described(request: Request, found: Found, with_ancestors: bool) -> dict[str, Any]:
    if isinstance(found, Folder):
        return _folder(found, with_ancestors)
    if isinstance(found, SchemaObject):
        return _schema_object(found, with_ancestors)
    return _object(request, found, with_ancestors)


def _object(request: Request, spec: DatamartSpec, with_ancestors: bool) -> dict[str, Any]:
    definitions = request.server.definitions
    modified = datetime.fromtimestamp(definitions.modified(spec), UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    found = {"id": spec.id, "name": spec.name, "type": REPORT, "subtype": spec.subtype, "extType": 0}
    found |= {"dateCreated": CREATED, "dateModified": modified, "version": definitions.version(spec)}
    found |= {"acg": 255, "owner": {"id": USER_ID, "name": "Administrator"}}
    return found | ({"ancestors": ancestors(spec.folder)} if with_ancestors else {})


def _found(request: Request, indexed_only: bool = False) -> list[Found]:
    """What a search finds; names compare case-insensitively, ``type`` may be a subtype (API.md 4.2).

    Folders, attributes and metrics are found where ``type`` asks for them; without a type there are only reports.
    """
    fits = _PATTERNS.get(request.number("pattern", 4), _PATTERNS[4])
    text = request.one("name").casefold()
    types = {int(value) for value in request.query.get("type", []) if value.isdecimal()}
    root = request.one("root").upper()
    if request.one("certifiedStatus") == "CERTIFIED_ONLY":
        return []  # nothing in this project is certified
    reports = [s for s in request.server.definitions.all(indexed_only) if not types or types & {REPORT, s.subtype}]
    folders = FOLDERS.values() if types & {FOLDER, FOLDER_SUBTYPE} else ()
    schema = [one for one in BY_ID.values() if types & set(SCHEMA[one.type][:2])]
    listed: list[Found] = [*reports, *folders, *schema]
    return [
        one
        for one in listed
        if fits(one.name.casefold(), text) and (not root or any(above["id"] == root for above in _above(one)))
    ]


def _above(one: Found) -> list[dict[str, Any]]:
    """The folders that something is in."""
    if isinstance(one, Folder):
        return ancestors(one.id)[:-1]
    return ancestors(SCHEMA[one.type][2] if isinstance(one, SchemaObject) else one.folder)
