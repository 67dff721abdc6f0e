"""The request of a file, as a job that would be checked alone."""

from pathlib import Path
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.request import normalise
from infra.jobs.named_job import NamedJob
from local.checks.findings import Findings
from local.errors import CannotGoOn


def request_in(content: Any, file: Path, connection: str, findings: Findings) -> list[NamedJob]:
    """The request that is the file's ``content``; an invalid one is a finding, and nothing more is checked of it.

    Raises CannotGoOn: it is something else, or uses another connection.
    """
    if not isinstance(content, dict) or "project" not in content:
        raise CannotGoOn(
            f'{file}: --request takes a request, {{"project": …, "datamart": …}}. Jobs and items of batches are '
            "checked without it, where the stage's settings name them."
        )
    try:
        request = normalise(content)
    except InvalidRequest as problem:
        findings.problem("request", file.name, str(problem))
        return []
    if request["connection"] != connection:
        raise CannotGoOn(f"{file}: uses another connection; add --connection {request['connection']}.")
    findings.ok("request", file.name, "It is valid.")
    return [NamedJob(file.name, {"request": content, "timeZone": "UTC", "triggers": [], "burst": "all"}, str(file))]
