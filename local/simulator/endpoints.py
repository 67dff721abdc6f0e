"""The API's endpoints: what each answers (contract sections 2 to 7)."""

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from local.simulator.answer import Answer, Refusal
from local.simulator.catalogue import FOLDERS, PROJECTS, DatamartSpec, Folder
from local.simulator.prompts import OpenPrompt
from local.simulator.server import IntelligenceServer, Session

CONTEXT = "/MicroStrategyLibrary"


@dataclass
class Request:
    """One call: its parts, and the session that it was found to be in."""

    server: IntelligenceServer
    ids: dict[str, str]
    query: dict[str, list[str]]
    headers: Any
    content: bytes
    session: Session | None = None

    @property
    def project(self) -> str | None:
        """Id of the project."""
        found: str | None = self.headers.get("X-MSTR-ProjectID")
        return found.upper() if found else None

    def json(self) -> Any:
        """The body. Raises Refusal 400 ERR006 when it is no JSON."""
        if not self.content.strip():
            return {}
        try:
            return json.loads(self.content)
        except ValueError:
            raise Refusal(400, 6, "Invalid JSON") from None

    def one(self, name: str, otherwise: str = "") -> str:
        """A query parameter."""
        return self.query.get(name, [otherwise])[0]

    def number(self, name: str, otherwise: int) -> int:
        """A query parameter that is a number. Raises Refusal 400."""
        try:
            return int(self.one(name, str(otherwise)))
        except ValueError:
            raise Refusal(400, 6, f"The parameter {name} is not a number.") from None

    @property
    def mine(self) -> Session:
        """The session; the routing table says which endpoints have one."""
        if self.session is None:
            raise Refusal(401, 9, "No session.")
        return self.session


# -- sessions (2) ---------------------------------------------------------------------------------------------------


def log_in(request: Request) -> Answer:
    """POST /auth/login, as JSON or as a form (1.5)."""
    if "form-urlencoded" in request.headers.get("Content-Type", ""):
        form = parse_qs(request.content.decode(), keep_blank_values=True)
        body: Any = {key: values[0] for key, values in form.items()}
    else:
        body = request.json()
    if not isinstance(body, dict):
        raise Refusal(400, 6, "Invalid JSON")
    try:
        mode = int(body.get("loginMode", 1))
    except (TypeError, ValueError):
        raise Refusal(400, 6, "Invalid loginMode") from None
    session = request.server.log_in(mode, str(body.get("username", "")), str(body.get("password", "")))
    cookies = [
        ("Set-Cookie", f"JSESSIONID={session.cookie}; Path={CONTEXT}; HttpOnly"),
        ("Set-Cookie", f"iSession={session.token}; Path={CONTEXT}"),
    ]
    return Answer(204, None, [("X-MSTR-AuthToken", session.token), *cookies])


def log_out(request: Request) -> Answer:
    """POST /auth/logout."""
    request.server.log_out(request.mine)
    return Answer(204)


def session_info(request: Request) -> Answer:
    """GET /sessions, GET /sessions/{project}: both reset the idle timers."""
    scenario = request.server.scenario
    body = {"locale": 1033, "maxSearch": 3, "workingSet": scenario.working_set, "timeout": int(scenario.idle_timeout)}
    who = {"id": "54F3D26011D2896560009A8E67019608", "fullName": request.mine.user, "initials": "U"}
    return Answer(200, body | (who if "project" in request.ids else {}))


def keep_alive(request: Request) -> Answer:
    """PUT /sessions."""
    return Answer(204)


def user_info(request: Request) -> Answer:
    """GET /sessions/userInfo."""
    return Answer(200, {"id": "54F3D26011D2896560009A8E67019608", "fullName": request.mine.user, "initials": "U"})


def privileges(request: Request) -> Answer:
    """GET /sessions/privileges."""
    return Answer(200, [{"id": "299", "name": "Web execute datamart report", "isUserLevelAllowed": True}])


def server_status(request: Request) -> Answer:
    """GET /status."""
    return Answer(200, {"iServerVersion": "11.6.1000.0101", "webVersion": "11.6.1000.0101", "deploymentType": "OTHER"})


def auth_modes(request: Request) -> Answer:
    """GET /config/authModes."""
    return Answer(200, {"modes": [1, 8, 16, 4096]})


# -- projects and objects (3, 4) ------------------------------------------------------------------------------------


def list_projects(request: Request) -> Answer:
    """GET /projects."""
    return Answer(200, list(PROJECTS))


def get_project(request: Request) -> Answer:
    """GET /projects/{idOrName}."""
    wanted = request.ids["reference"]
    for project in PROJECTS:
        if wanted in (project["id"], project["name"]):
            return Answer(200, project)
    raise Refusal(500, 1, "The project was not found.", -2147209151)


def _ancestors(folder_id: str) -> list[dict[str, Any]]:
    chain: list[Folder] = []
    folder: Folder | None = FOLDERS[folder_id]
    while folder is not None:
        chain.append(folder)
        folder = FOLDERS[folder.parent] if folder.parent else None
    listed = [{"id": f.id, "name": f.name, "level": level} for level, f in enumerate(chain, 1)]
    root = {"id": "D43364C684E34A5F9B2F9AD7108F7828", "name": "CASTOR_SERVER", "level": len(listed) + 1}
    return [root, *reversed(listed)]


def _object(spec: DatamartSpec, version: str, ancestors: bool) -> dict[str, Any]:
    dates = {"dateCreated": "2023-02-09T06:16:42.000+0000", "dateModified": "2026-11-01T06:16:42.000+0000"}
    common = {"id": spec.id, "name": spec.name, "type": 3, "subtype": spec.subtype, "extType": 0, "version": version}
    owner = {"acg": 255, "owner": {"id": "54F3D26011D2896560009A8E67019608", "name": "Administrator"}}
    return common | dates | owner | ({"ancestors": _ancestors(spec.folder)} if ancestors else {})


_PATTERNS: dict[int, Callable[[str, str], bool]] = {
    0: lambda name, text: any(word in name for word in text.split()),
    1: lambda name, text: name.startswith(text),
    2: lambda name, text: name == text,
    3: lambda name, text: name.startswith(text),
    4: lambda name, text: text in name,
    5: lambda name, text: name.endswith(text),
}


def _found(request: Request) -> list[DatamartSpec]:
    fits = _PATTERNS.get(request.number("pattern", 4), _PATTERNS[4])
    text = request.one("name").casefold()
    types = {int(value) for value in request.query.get("type", []) if value.isdigit()}
    root = request.one("root").upper()
    return [
        spec
        for spec in request.server.specs.values()
        if fits(spec.name.casefold(), text)
        and (not types or types & {3, spec.subtype})
        and (not root or any(folder["id"] == root for folder in _ancestors(spec.folder)))
    ]


def _page(request: Request, items: list[Any], limit: int) -> list[Any]:
    offset, limit = request.number("offset", 0), request.number("limit", limit)
    return items[offset:] if limit < 0 else items[offset : offset + limit]


def quick_search(request: Request) -> Answer:
    """GET /searches/results: names compare case-insensitively (4.2)."""
    found = _found(request)
    ancestors = request.one("getAncestors").lower() == "true"
    versions = request.server.versions
    listed = [_object(s, versions.get(s.id, ""), ancestors) for s in _page(request, found, -1)]
    return Answer(200, {"totalItems": len(found), "result": listed}, [("x-mstr-total-count", str(len(found)))])


def start_search(request: Request) -> Answer:
    """POST /metadataSearches/results: the search's id carries the query itself."""
    if request.content.strip():
        body = request.json()
        request.query |= {k: [str(v)] for k, v in body.items() if isinstance(v, (str, int))}
    search = json.dumps({k: v for k, v in request.query.items() if k in ("name", "pattern", "type", "root")})
    return Answer(200, {"id": search.encode().hex(), "totalItems": len(_found(request))})


def search_results(request: Request) -> Answer:
    """GET /metadataSearches/results."""
    try:
        search = json.loads(bytes.fromhex(request.one("searchId")))
    except ValueError:
        raise Refusal(400, 6, "Unknown search.") from None
    request.query = {**search, **{k: v for k, v in request.query.items() if k in ("offset", "limit")}}
    found = _found(request)
    versions = request.server.versions
    listed = [_object(s, versions.get(s.id, ""), True) for s in _page(request, found, -1)]
    return Answer(200, listed, [("x-mstr-total-count", str(len(found)))])


def get_object(request: Request) -> Answer:
    """GET /objects/{id}?type=3: a missing one is 500 ERR001 (4.4)."""
    spec = request.server.specs.get(request.ids["object"].upper())
    if spec is None:
        raise Refusal(500, 1, "The object was not found.", -2147216373)
    return Answer(200, _object(spec, request.server.versions[spec.id], True))


# -- definitions (5.1) ----------------------------------------------------------------------------------------------


def get_definition(request: Request) -> Answer:
    """GET /model/datamarts/{id}."""
    if request.server.scenario.definition_forbidden:
        raise Refusal(403, 14, "The user has no privilege to read the definition.", -2147213784)
    spec = request.server.spec(request.ids["datamart"])
    properties = {"Maximum Rows": "65536", "Maximum Execution Time": "0", "Table Prefix": ""} | spec.properties
    return Answer(
        200,
        {
            "information": {
                "objectId": spec.id,
                "subType": "report_datamart",
                "name": spec.name,
                "versionId": request.server.versions[spec.id],
                "acg": 255,
                "primaryLocale": "en-US",
                "destinationFolderId": spec.folder,
            },
            "sourceType": "normal",
            "dataSource": {"dataTemplate": {"units": []}, "filter": {"text": "", "tree": {}}},
            "datamartOptions": {
                "append": spec.append,
                "targetSource": {
                    "objectId": "05AC49F849389A20A6C9C19A3105A69B",
                    "subType": "db_role",
                    "name": "Statistics",
                },
                "tableName": spec.table,
                "placeholderIncluded": False,
                "datamartProperties": {
                    f"[DatamartProperties].[{name}]": {
                        "name": name,
                        "value": value,
                        "type": "int32" if name.startswith("Maximum") else "string",
                        "resolvedLocation": "object" if name in spec.properties else "default",
                    }
                    for name, value in properties.items()
                },
            },
        },
    )


# -- instances and execution (5) ------------------------------------------------------------------------------------


def create_instance(request: Request) -> Answer:
    """POST /model/datamarts/{id}/instances: gzip of {} in 22 bytes, as the vendor's sample (5, note a)."""
    spec = request.server.spec(request.ids["datamart"])
    if spec.subtype != 772:
        raise Refusal(400, 1, "The report is no datamart.", -2147205451)
    instance = request.server.create(request.mine, spec)
    if not request.server.scenario.create_header:
        return Answer(201, {"id": instance.id})
    headers = [("x-mstr-ms-instance", instance.id), ("Content-Encoding", "gzip")]
    return Answer(201, None, headers, raw=gzip.compress(b"{}", mtime=0))


def execute(request: Request) -> Answer:
    """POST /datamarts/{id}/instances/{iid}/execution/jobs."""
    instance = request.server.instance(request.mine, request.ids["instance"])
    late = request.server.scenario.late_accept
    if late is not None:
        request.server.execute(instance, delay=late)
        raise ConnectionAbortedError("the answer is lost, the job starts later")
    job = request.server.execute(instance)
    now_id = instance.alias or instance.id
    return Answer(200, {"id": instance.spec.id, "instanceId": now_id, "status": job.status, "jobId": job.id})


def get_execution(request: Request) -> Answer:
    """GET /datamarts/{id}/instances/{iid}/execution."""
    instance = request.server.instance(request.mine, request.ids["instance"])
    status = request.server.status(instance)
    body = {"id": instance.spec.id, "status": status, "instanceId": instance.alias or instance.id}
    body |= instance.job.body() if instance.job else {}
    if request.server.scenario.accepted_202 and status not in (1, 2, 3):
        return Answer(202, body, [("Retry-After", "1")])
    return Answer(200, body)


def _ms_instance(request: Request) -> str:
    found: str | None = request.headers.get("X-MSTR-MS-Instance")
    if not found:
        raise Refusal(400, "8004cc4c", "The header X-MSTR-MS-Instance is missing.")
    return found


def save(request: Request) -> Answer:
    """POST /model/datamarts/{id}/instances/save."""
    instance = request.server.instance(request.mine, _ms_instance(request))
    return Answer(200, {"objectId": request.server.save(instance, request.json().get("promptOptions") or {})})


def save_as(request: Request) -> Answer:
    """POST /model/datamarts/{id}/instances/saveAs."""
    instance = request.server.instance(request.mine, _ms_instance(request))
    body = request.json()
    if not body.get("name") or not body.get("destinationFolderId"):
        raise Refusal(400, "8004cb01", "name and destinationFolderId are required.")
    saved = request.server.save_as(
        instance,
        str(body["name"]),
        str(body["destinationFolderId"]),
        bool(body.get("overwrite")),
        body.get("promptOptions") or {},
    )
    return Answer(200, {"objectId": saved})


def delete_instance(request: Request) -> Answer:
    """DELETE, by either endpoint; a second one finds nothing."""
    named = request.ids.get("instance") or _ms_instance(request)
    instance = request.server.instance(request.mine, named)
    request.server.remove_instance(instance, request.server.scenario.delete_ends_job)
    return Answer(204)


# -- prompts (7) ----------------------------------------------------------------------------------------------------


def definition_prompts(request: Request) -> Answer:
    """GET /reports/{id}/prompts."""
    spec = request.server.spec(request.ids["datamart"])
    defaults = request.server.default_answers(spec)

    return Answer(200, [OpenPrompt(p, defaults.get(p.id)).describe() for p in spec.prompts])


def instance_prompts(request: Request) -> Answer:
    """GET /reports/{id}/instances/{iid}/prompts; ``closed`` filters by equality (7.1)."""
    instance = request.server.instance(request.mine, request.ids["instance"])
    listed = [prompt.describe() for prompt in instance.visible()]
    if wanted := request.one("closed").lower():
        listed = [prompt for prompt in listed if prompt["closed"] is (wanted == "true")]
    return Answer(200, listed)


def prompt_elements(request: Request) -> Answer:
    """GET …/prompts/{keyOrId}/elements, at most 200 at a time."""
    instance = request.server.instance(request.mine, request.ids["instance"])
    wanted = request.ids["prompt"]
    prompt = next((p.prompt for p in instance.visible() if wanted in (p.prompt.key, p.prompt.id)), None)
    if prompt is None or prompt.type != "ELEMENTS":
        raise Refusal(400, 6, "Failed to locate the prompt.")
    pattern = request.one("searchPattern").casefold()
    found = [e for e in request.server.elements(instance, prompt) if pattern in e["name"].casefold()]
    if not 0 < request.number("limit", 100) <= 200:
        raise Refusal(400, 6, "limit must be between 1 and 200.")
    return Answer(200, {"elements": _page(request, found, 100)}, [("x-mstr-total-count", str(len(found)))])


def answer_prompts(request: Request) -> Answer:
    """PUT …/prompts/answers."""
    instance = request.server.instance(request.mine, request.ids["instance"])
    request.server.answer(instance, request.json())
    return Answer(204)


# -- the job monitor (6.1) ------------------------------------------------------------------------------------------


def _monitor(request: Request) -> None:
    if request.server.scenario.monitor_forbidden:
        raise Refusal(403, 14, "The user has no privilege to monitor jobs.", -2147213784)


def list_jobs(request: Request) -> Answer:
    """GET monitors/jobs."""
    _monitor(request)
    return Answer(200, {"jobs": [job.describe() for job in request.server.running_jobs()]})


def get_job(request: Request) -> Answer:
    """GET monitors/jobs/{id}: an ended job has disappeared."""
    _monitor(request)
    for job in request.server.running_jobs():
        if job.id == request.ids["job"]:
            return Answer(200, job.describe())
    raise Refusal(404, 4, "The job was not found.")


def cancel_job(request: Request) -> Answer:
    """DELETE monitors/jobs/{id}."""
    _monitor(request)
    _cancel(request.server, [request.ids["job"]])
    return Answer(204)


def cancel_jobs(request: Request) -> Answer:
    """POST monitors/cancelJobs."""
    _monitor(request)
    wanted = [str(job) for job in request.json().get("jobIds", [])]
    _cancel(request.server, wanted)
    return Answer(200, {"jobCancellationStatus": [{"id": job, "status": 204} for job in wanted]})


def _cancel(server: IntelligenceServer, wanted: Iterable[str]) -> None:
    for job in server.running_jobs():
        if job.id in wanted:
            job.cancel()
