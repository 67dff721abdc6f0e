"""Jobs as the job monitor lists them, and the filters of the listing (API.md 6.1)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local.simulator.catalogue import CUBE_SUBTYPE
from local.simulator.iserver.job import Job
from local.simulator.metadata.places import PROJECTS
from local.simulator.response import Refusal

MOST = 1024
"""Maximum number of jobs in one response."""

STATES = {
    2: "waiting_for_autoprompt",
    9: "waiting_for_cache",
    13: "waiting",
    14: "waiting_on_governor",
    15: "waiting_for_project",
    16: "waiting_for_children",
    23: "loading_prompt",
    24: "exporting",
}
"""The execution's status number in the monitor's words; the others are ``executing``."""

UNITS = {5: "sql_engine", 6: "query_execution", 7: "analytical", 8: "resolution", 17: "data_formatting"}
"""The processing unit that works at a status."""

V1_NAMES = {"type": "jobType", "user": "userFullName", "elapsedTime": "duration"}
"""What version 1 calls the fields of version 2."""


def described(job: Job, now: float) -> dict[str, Any]:
    """All fields of a job in version 2."""
    kind = "cube" if job.spec.subtype == CUBE_SUBTYPE else "report"
    created = datetime.fromtimestamp(job.started, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
    return {
        "id": job.id,
        "type": "interactive",
        "status": "error" if job.ended else STATES.get(job.status, "executing"),
        "user": job.user,
        "description": f"{kind.capitalize()}: {job.spec.name}",
        "objectType": kind,
        "objectId": job.spec.id,
        "parentId": None,
        "childIds": [],
        "puName": UNITS.get(job.status, "unknown_pu"),
        "stepId": job.status,
        "creationTime": created,
        "elapsedTime": max(0, int(1000 * (now - job.started))),
        "completedTasks": 0,
        "totalTasks": 1,
        "projectId": PROJECTS[0].id,
        "projectName": PROJECTS[0].name,
        "memoryUsage": 0,
    }


def _in_range(value: Any, wanted: str) -> bool:
    """``gt:100`` and its kin; one page writes gte for what another calls gt."""
    operator, _, number = wanted.partition(":")
    compare = _RANGES.get(operator)
    if compare is None or not number.isdecimal():
        raise Refusal(400, 6, f'The filter "{wanted}" is not one of gt:, gte:, lt: and lte: with a number.')
    return compare(int(value), int(number))


_RANGES: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda value, number: value > number,
    "gte": lambda value, number: value >= number,
    "lt": lambda value, number: value < number,
    "lte": lambda value, number: value <= number,
}


def _equal(value: Any, wanted: str) -> bool:
    return str(value).casefold() == wanted.casefold()


def _contains(value: Any, wanted: str) -> bool:
    return wanted.casefold() in str(value).casefold()


FILTERS: dict[str, tuple[str, Callable[[Any, str], bool]]] = {
    "user": ("user", _equal),
    "userFullName": ("user", _equal),
    "description": ("description", _contains),
    "type": ("type", _equal),
    "jobType": ("type", _equal),
    "status": ("status", _equal),
    "objectId": ("objectId", _equal),
    "objectType": ("objectType", _equal),
    "projectId": ("projectId", _equal),
    "projectName": ("projectName", _equal),
    "puName": ("puName", _equal),
    "memoryUsage": ("memoryUsage", _in_range),
    "elapsedTime": ("elapsedTime", _in_range),
}
"""Query parameter: the field that it is about, and how it compares."""


def listed(jobs: list[dict[str, Any]], query: dict[str, list[str]]) -> list[dict[str, Any]]:
    """The jobs that pass every filter of the query, in its order; of a repeated filter one must fit."""
    for name, wanted in query.items():
        if name in FILTERS:
            field, fits = FILTERS[name]
            jobs = [job for job in jobs if any(fits(job[field], one) for one in wanted)]
    order = query.get("sortBy", [""])[0].strip()
    field = order.lstrip("+-")
    if field and all(field in job for job in jobs):
        jobs = sorted(jobs, key=lambda job: str(job[field]), reverse=order.startswith("-"))
    return jobs[:MOST]


def in_version_1(job: dict[str, Any]) -> dict[str, Any]:
    """Under the names of version 1, where times are seconds."""
    job = job | {"elapsedTime": job["elapsedTime"] // 1000}
    return {V1_NAMES.get(field, field): value for field, value in job.items()}
