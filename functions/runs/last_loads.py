"""Which runs count as a load of a named job's table, or as a failure of it: ``expectBy``, and failures in a row."""

from functions.object_ids import is_id
from functions.requests.named_jobs import Job
from functions.runs.model import Reference, Run, ServerObject


def is_load_of(job: Job, run: Run) -> bool:
    """Whether the run loaded the datamart that the job's own file means.

    A request from outside, or one beside the job's name, may name another: its load must not silence ``expectBy``.
    Where the file leaves project or datamart to the request, what it lists in ``acceptRequests`` is meant.
    """
    request, listed = job["request"], job["acceptRequests"] or {}
    projects = [request["project"]] if "project" in request else listed.get("projects", [])
    datamarts = [request["datamart"]] if "datamart" in request else listed.get("datamarts", [])
    requested, project, datamart = run.requested, run.project, run.datamart
    if requested is None or project is None or datamart is None:
        return False
    return any(_means(reference, requested.project, project) for reference in projects) and any(
        _means(reference, requested.datamart, datamart) for reference in datamarts
    )


def is_run_of(job: Job, run: Run) -> bool:
    """Whether the run was to load the one datamart that the job's own file names.

    Of a run that was refused nothing is known but its job.
    """
    request, asked = job["request"], run.requested
    if "project" not in request or "datamart" not in request:
        return False
    return asked is None or (asked.project, asked.datamart) == (request["project"], request["datamart"])


def _means(reference: Reference, requested: Reference, found: ServerObject) -> bool:
    """Whether ``reference`` names what was ``requested`` and ``found``, whose name is None if it was by id."""
    if isinstance(reference, str) and is_id(reference):
        return bool(reference.upper() == found.id)
    if reference == requested:
        return True
    name = reference if isinstance(reference, str) else reference["name"]
    return isinstance(requested, str) and name == found.name
