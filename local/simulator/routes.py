"""The routing table: every endpoint, what it needs, and the name of its step for faults and the list of requests."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from local.simulator import endpoints as api
from local.simulator.answer import Answer


@dataclass(frozen=True)
class Route:
    """One endpoint. ``session`` and ``project``: whether a call must be in one."""

    method: str
    pattern: re.Pattern[str]
    step: str
    function: Callable[[api.Request], Answer]
    session: bool
    project: bool

    @property
    def modelling(self) -> bool:
        """Whether it belongs to the Modeling service, which has an error format of its own."""
        return self.pattern.pattern.startswith("/model/")


def _route(
    method: str, path: str, step: str, function: Callable[[api.Request], Answer], needs: str = "session project"
) -> Route:
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
    return Route(method, pattern, step, function, "session" in needs, "project" in needs)


_RUN = "/datamarts/{datamart}/instances/{instance}"
_MODEL = "/model/datamarts/{datamart}/instances"
_PROMPTS = "/reports/{datamart}/instances/{instance}/prompts"

ROUTES = (
    _route("POST", "/auth/login", "log_in", api.log_in, ""),
    _route("POST", "/auth/logout", "log_out", api.log_out, "session"),
    _route("GET", "/config/authModes", "auth_modes", api.auth_modes, ""),
    _route("GET", "/status", "server_status", api.server_status, ""),
    _route("GET", "/sessions", "probe", api.session_info, "session"),
    _route("PUT", "/sessions", "keep_alive", api.keep_alive, "session"),
    _route("GET", "/sessions/userInfo", "user_info", api.user_info, "session"),
    _route("GET", "/sessions/privileges", "privileges", api.privileges, "session"),
    _route("GET", "/sessions/{project}", "probe", api.session_info),
    _route("GET", "/projects", "find_project", api.list_projects, "session"),
    _route("GET", "/projects/{reference}", "find_project", api.get_project, "session"),
    _route("GET", "/searches/results", "find_datamart", api.quick_search),
    _route("POST", "/metadataSearches/results", "find_datamart", api.start_search),
    _route("POST", "/v2/metadataSearches/results", "find_datamart", api.start_search),
    _route("GET", "/metadataSearches/results", "find_datamart", api.search_results),
    _route("GET", "/objects/{object}", "find_datamart", api.get_object),
    _route("GET", "/model/datamarts/{datamart}", "get_definition", api.get_definition),
    _route("POST", _MODEL, "create_instance", api.create_instance),
    _route("POST", f"{_RUN}/execution/jobs", "execute", api.execute),
    _route("GET", f"{_RUN}/execution", "get_execution", api.get_execution),
    _route("GET", "/reports/{datamart}/instances/{instance}/status", "get_execution", api.get_execution),
    _route("GET", "/reports/{datamart}/prompts", "get_definition_prompts", api.definition_prompts),
    _route("GET", _PROMPTS, "get_prompts", api.instance_prompts),
    _route("GET", f"{_PROMPTS}/{{prompt}}/elements", "search_elements", api.prompt_elements),
    _route("PUT", f"{_PROMPTS}/answers", "answer_prompts", api.answer_prompts),
    _route("POST", f"{_MODEL}/save", "save", api.save, "session"),
    _route("POST", f"{_MODEL}/saveAs", "save_as", api.save_as, "session"),
    _route("DELETE", _MODEL, "delete_instance", api.delete_instance, "session"),
    _route("DELETE", _RUN, "delete_instance", api.delete_instance),
    _route("GET", "/monitors/jobs", "get_job", api.list_jobs, "session"),
    _route("GET", "/v2/monitors/jobs", "get_job", api.list_jobs, "session"),
    _route("GET", "/v2/monitors/jobs/{job}", "get_job", api.get_job, "session"),
    _route("DELETE", "/monitors/jobs/{job}", "cancel_job", api.cancel_job, "session"),
    _route("DELETE", "/v2/monitors/jobs/{job}", "cancel_job", api.cancel_job, "session"),
    _route("POST", "/monitors/cancelJobs", "cancel_job", api.cancel_jobs, "session"),
    _route("POST", "/v2/monitors/cancelJobs", "cancel_job", api.cancel_jobs, "session"),
)


def find(method: str, path: str) -> tuple[Route | None, dict[str, str]]:
    """The route of a call below ``/api`` and the ids in its path."""
    for route in ROUTES:
        found = route.pattern.fullmatch(path)
        if found and route.method == method:
            return route, found.groupdict()
    return None, {}
