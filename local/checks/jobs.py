"""Checks the names in each job on the server: project, datamart, table, folder, prompts and what follows."""

from typing import Any

from functions.errors import LibraryError, NotFound, PermissionDenied
from functions.microstrategy import Client, Datamart, Project
from functions.requests.request import normalise
from infra.jobs.named_job import NamedJob
from local.checks.findings import Findings
from local.checks.follow_ups import FollowUpCheck
from local.checks.privilege import EXECUTE, Privileges
from local.checks.prompts import check_prompts
from local.server_access.fatal_errors import is_fatal

_IDLE = {1: "executes nothing (jobs wait in its queue)", 2: "takes no new jobs", 4: "runs no SQL"}
_OFFLINE = {-1: "is offline", -2: "is going offline", -3: "is in error", -4: "is not online yet"}
"""The meaning of a project's status (API.md 3): bits, or a negative number."""


class JobCheck:
    """Checks jobs in one session.

    Raises LibraryError only if no further call can succeed: the session has ended, or the server does not respond.
    """

    def __init__(self, client: Client, privileges: Privileges, findings: Findings) -> None:
        self._client = client
        self._privilege = privileges.scope(EXECUTE)
        self._follow_ups = FollowUpCheck(client, privileges, findings)
        self._findings = findings

    def check(self, job: NamedJob) -> None:
        """One job, or everything that its requests from outside may name."""
        if "acceptRequests" in job.content:
            own = normalise({"project": "P", "datamart": "D", "then": job.content["request"].get("then", [])})
            self._check_allowed(job.name, job.content["acceptRequests"], own.get("then", []))
            return
        request = normalise(job.content["request"])
        project = self._project(job.name, request["project"])
        if project is None:
            return
        try:
            datamart = self._client.find_datamart(project.id, request["datamart"])
        except LibraryError as error:
            self._tell(error, "datamart", job.name)
            return
        self._findings.ok("datamart", job.name, f"{_called(datamart)} is there and is a datamart.")
        self._target(job.name, project, datamart)
        self._folder(job.name, project, request.get("saveAs"))
        self._follow_ups.check(job.name, project, request.get("then", []))
        try:
            check_prompts(self._client, project.id, datamart.id, job, request, self._findings)
        except LibraryError as error:
            self._tell(error, "prompts", job.name)

    def _project(self, job: str, reference: str) -> Project | None:
        try:
            project = self._client.find_project(reference)
        except LibraryError as error:
            self._tell(error, "project", job)
            return None
        if problem := _not_ready(project.status):
            self._findings.problem("project", job, f"{_called(project)} {problem}.")
        elif not self._privilege.holds_in(project.id):
            self._findings.problem(
                "project", job, f"The account does not hold {EXECUTE.in_words} in {_called(project)}."
            )
        else:
            self._findings.ok("project", job, f"{_called(project)} is loaded, open to the account and not idle.")
        return project

    def _target(self, job: str, project: Project, datamart: Datamart) -> None:
        """The table that a run writes; a definition that may not be read does not make a run fail."""
        try:
            definition = self._client.get_definition(project.id, datamart.id)
        except PermissionDenied as error:
            text = f"The definition may not be read, so the table is not known and counts as appended to. {error}."
            self._findings.note("target", job, text)
            return
        except LibraryError as error:
            self._tell(error, "target", job)
            return
        if not definition.table:
            self._findings.problem("target", job, "The definition names no table; the server will not execute it.")
            return
        where = f"{definition.table} in {definition.source or 'an unnamed source'}"
        extra = ", and runs SQL of its own besides" if definition.runs_extra_sql else ""
        verb = "Appends to" if definition.append else "Replaces"
        self._findings.ok("target", job, f"{verb} {where}{extra}.")

    def _folder(self, job: str, project: Project, save_as: dict[str, Any] | None) -> None:
        """Where the definition is saved after the load; whether it may be written there only the save shows."""
        if save_as is None:
            return
        reference = save_as.get("folder") or save_as["destinationFolderId"]
        try:
            folder_id = self._client.find_folder(project.id, reference)
        except LibraryError as error:
            self._tell(error, "folder", job)
            return
        where = folder_id if reference == folder_id else f"{reference} ({folder_id})"
        self._findings.ok("folder", job, f'Saves "{save_as["name"]}" in the folder {where}.')

    # -- what a request from outside may name --------------------------------------------------------------------

    def _check_allowed(self, job: str, allowed: dict[str, list[Any]], follow_ups: list[dict[str, str]]) -> None:
        """Each project, each datamart in whichever of them has it, and in each project what follows any load."""
        projects: dict[str, Project] = {}
        for reference in allowed["projects"]:
            normal = normalise({"project": reference, "datamart": "D"})["project"]
            if (found := self._project(job, normal)) is not None:
                projects[found.id] = found
        for reference in allowed["datamarts"] if projects else []:
            normal = normalise({"project": "P", "datamart": reference})["datamart"]
            self._datamart_in_any(job, list(projects.values()), normal)
        for project in projects.values():
            self._follow_ups.check(job, project, follow_ups)

    def _datamart_in_any(self, job: str, projects: list[Project], reference: Any) -> None:
        problem: LibraryError | None = None
        for project in projects:
            try:
                datamart = self._client.find_datamart(project.id, reference)
            except LibraryError as error:
                if is_fatal(error):
                    raise
                # "not there" is expected of all projects but one; any other error is the better reason
                problem = problem if problem and isinstance(error, NotFound) else error
                continue
            self._findings.ok("datamart", job, f"{_called(datamart)} is there, in {_called(project)}.")
            self._target(job, project, datamart)
            return
        if problem is not None:
            self._tell(problem, "datamart", job)

    def _tell(self, error: LibraryError, check: str, job: str) -> None:
        if is_fatal(error):
            raise error
        self._findings.problem(check, job, error)


def _not_ready(status: int | None) -> str | None:
    if not status:
        return None
    if status < 0:
        return _OFFLINE.get(status, f"has the unknown status {status}")
    return "is idle: it " + " and ".join(text for bit, text in _IDLE.items() if status & bit)


def _called(thing: Project | Datamart) -> str:
    return f'"{thing.name}" ({thing.id})' if thing.name else thing.id
