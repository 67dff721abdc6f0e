"""The routing table: every endpoint, what it needs, and the name of its step for faults and the list of requests."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from local.simulator.endpoints import (
    cubes,
    definitions,
    events,
    execution,
    instances,
    jobs,
    objects,
    projects,
    prompts,
    reports,
    sessions,
    tokens,
)
from local.simulator.request import Request
from local.simulator.response import Response

Function = Callable[[Request], Response]


@dataclass(frozen=True)
class Route:
    """One endpoint. ``session`` and ``project``: whether a call must be in one."""

    method: str
    path: str
    step: str
    function: Function
    session: bool
    project: bool

    @property
    def modelling(self) -> bool:
        """Whether it belongs to the Modeling service, which has an error format of its own."""
        return self.path.startswith("/model/")

    @property
    def takes_fields(self) -> bool:
        """Whether ``fields=`` keeps only some of its response's fields (API.md 1.5)."""
        return self.method == "GET" or self.step == "execute"


def _route(method: str, path: str, step: str, function: Function, needs: str = "session project") -> Route:
    return Route(method, path, step, function, "session" in needs, "project" in needs)


_RUN = "/datamarts/{datamart}/instances/{instance}"
_MODEL = "/model/datamarts/{datamart}"
_REPORT = "/reports/{datamart}/instances/{instance}"
_PROMPT = f"{_REPORT}/prompts/{{prompt}}"

ROUTES = (
    # sessions (2)
    _route("POST", "/auth/login", "log_in", sessions.log_in, ""),
    _route("POST", "/auth/logout", "log_out", sessions.log_out, "session"),
    _route("GET", "/auth/token", "token_again", sessions.token_again, ""),
    _route("POST", "/auth/apiTokens", "api_token", tokens.new_api_token, "session"),
    _route("DELETE", "/auth/apiTokens", "api_token", tokens.revoke_api_token, "session"),
    _route("POST", "/auth/identityToken", "identity_token", tokens.new_identity_token, "session"),
    _route("GET", "/auth/identityToken", "identity_token", tokens.check_identity_token, "session"),
    _route("POST", "/auth/delegate", "delegate", tokens.delegate, ""),
    _route("GET", "/config/authModes", "auth_modes", sessions.auth_modes, ""),
    _route("GET", "/status", "server_status", sessions.server_status, ""),
    _route("GET", "/sessions", "probe", sessions.probe, "session"),
    _route("PUT", "/sessions", "keep_alive", sessions.keep_alive, "session"),
    _route("GET", "/sessions/userInfo", "user_info", sessions.user_info, "session"),
    _route("GET", "/sessions/privileges", "privileges", sessions.privileges, "session"),
    _route("GET", "/sessions/privileges/{privilege}", "privileges", sessions.privilege, "session"),
    _route("GET", "/sessions/{project}", "probe", sessions.probe_in_project),
    # projects and objects (3, 4)
    _route("GET", "/projects", "find_project", projects.list_projects, "session"),
    _route("GET", "/projects/{reference}", "find_project", projects.get_project, "session"),
    _route("GET", "/monitors/projects", "monitored_projects", projects.monitored_projects, "session"),
    _route("GET", "/monitors/iServer/nodes", "nodes", projects.nodes, "session"),
    _route("GET", "/searches/results", "find_datamart", objects.quick_search),
    _route("POST", "/metadataSearches/results", "find_datamart", objects.start_search),
    _route("POST", "/v2/metadataSearches/results", "find_datamart", objects.start_search),
    _route("GET", "/metadataSearches/results", "find_datamart", objects.search_results),
    _route("GET", "/objects/{object}", "find_datamart", objects.get_object),
    # datamarts (5)
    _route("GET", _MODEL, "get_definition", definitions.get_definition),
    _route("PUT", _MODEL, "change_definition", definitions.change_definition),
    _route("POST", "/model/datamarts", "new_definition", definitions.new_definition),
    _route("GET", f"{_MODEL}/applicableVldbProperties", "get_definition", definitions.applicable_properties),
    _route("POST", f"{_MODEL}/instances", "create_instance", instances.create_instance),
    _route("POST", f"{_RUN}/execution/jobs", "execute", execution.execute),
    _route("GET", f"{_RUN}/execution", "get_execution", execution.get_execution),
    _route("GET", f"{_RUN}/sqlView", "sql_view", execution.sql_view),
    _route("POST", f"{_MODEL}/instances/save", "save", instances.save, "session"),
    _route("POST", f"{_MODEL}/instances/saveAs", "save_as", instances.save_as, "session"),
    _route("DELETE", f"{_MODEL}/instances", "delete_instance", instances.delete_in_modelling, "session"),
    _route("DELETE", _RUN, "delete_instance", instances.delete_instance),
    # the job monitor (API.md 6.1)
    _route("GET", "/monitors/jobs", "get_job", jobs.list_jobs_v1, "session"),
    _route("GET", "/v2/monitors/jobs", "get_job", jobs.list_jobs, "session"),
    _route("GET", "/monitors/jobs/{job}", "get_job", jobs.get_job_v1, "session"),
    _route("GET", "/v2/monitors/jobs/{job}", "get_job", jobs.get_job, "session"),
    _route("DELETE", "/monitors/jobs/{job}", "cancel_job", jobs.cancel_job, "session"),
    _route("DELETE", "/v2/monitors/jobs/{job}", "cancel_job", jobs.cancel_job, "session"),
    _route("POST", "/monitors/cancelJobs", "cancel_job", jobs.cancel_jobs, "session"),
    _route("POST", "/v2/monitors/cancelJobs", "cancel_job", jobs.cancel_jobs, "session"),
    # prompts (7)
    _route("GET", "/reports/{datamart}/prompts", "get_definition_prompts", prompts.definition_prompts),
    _route("GET", f"{_REPORT}/prompts", "get_prompts", prompts.instance_prompts),
    _route("GET", f"{_PROMPT}/elements", "search_elements", prompts.prompt_elements),
    _route("GET", f"{_PROMPT}/objects", "search_objects", prompts.prompt_objects),
    _route("PUT", f"{_REPORT}/prompts/answers", "answer_prompts", prompts.answer_prompts),
    _route("GET", f"{_REPORT}/status", "get_execution", execution.report_status),
    # what follows a load (12)
    _route("GET", "/events", "find_event", events.list_events, "session"),
    _route("GET", "/events/{event}", "find_event", events.get_event, "session"),
    _route("POST", "/events/{event}/trigger", "trigger_event", events.trigger_event, "session"),
    _route("POST", "/v2/cubes/{cube}", "publish_cube", cubes.publish_cube),
    _route("HEAD", "/cubes/{cube}", "cube_status", cubes.cube_status),
    _route("GET", "/cubes/", "cube_info", cubes.cube_infos),
    _route("GET", "/cubes", "cube_info", cubes.cube_infos),
    _route("GET", "/v2/cubes/{cube}", "cube_definition", cubes.cube_definition),
    _route("GET", "/datasets/{cube}", "cube_definition", cubes.dataset),
    # a datamart as a report, for mstrio-py (10)
    _route("GET", "/v2/reports/{datamart}", "report", reports.get_report),
    _route("POST", "/v2/reports/{datamart}/instances", "report", reports.create_report_instance),
    _route("GET", f"/v2{_REPORT}", "report", reports.get_report_instance),
    _route("PUT", f"/v2{_REPORT}", "report", reports.get_report_instance),
    _route("GET", f"/v2{_REPORT}/sqlView", "report", reports.report_sql),
    _route("GET", f"/v2{_REPORT}/pageBy/elements", "report", reports.page_by_elements),
)

_PATTERNS = tuple((re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path)), route) for route in ROUTES)


def find(method: str, path: str) -> tuple[Route | None, dict[str, str]]:
    """The route of a call below ``/api`` and the ids in its path, still encoded."""
    for pattern, route in _PATTERNS:
        found = pattern.fullmatch(path)
        if found and route.method == method:
            return route, found.groupdict()
    return None, {}


def has_another_method(path: str) -> bool:
    """Whether there is an endpoint at this path, whatever its method."""
    return any(pattern.fullmatch(path) for pattern, _ in _PATTERNS)
