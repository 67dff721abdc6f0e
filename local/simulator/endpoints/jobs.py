"""The job monitor, in its two versions (API.md 6.1)."""

from typing import Any

from local.simulator.endpoints.projects import may_monitor
from local.simulator.iserver.monitor import described, in_version_1, listed
from local.simulator.metadata.places import NODE
from local.simulator.request import Request
from local.simulator.response import Refusal, Response


def list_jobs_v1(request: Request) -> Response:
    """GET /monitors/jobs."""
    return Response(200, {"jobs": [in_version_1(job) for job in _listed(request)]})


def list_jobs(request: Request) -> Response:
    """GET /v2/monitors/jobs: ``nodeName`` must be the first parameter."""
    if "nodeName" in request.query and next(iter(request.query)) != "nodeName":
        raise Refusal(400, 6, "nodeName must be the first parameter.")
    return Response(200, {"jobs": _listed(request)})


def get_job_v1(request: Request) -> Response:
    """GET /monitors/jobs/{id}."""
    return Response(200, in_version_1(_one(request)))


def get_job(request: Request) -> Response:
    """GET /v2/monitors/jobs/{id}: an ended job has disappeared."""
    return Response(200, _one(request))


def cancel_job(request: Request) -> Response:
    """DELETE monitors/jobs/{id}."""
    may_monitor(request)
    request.server.jobs.find(request.ids["job"]).cancel()
    return Response(204)


def cancel_jobs(request: Request) -> Response:
    """POST monitors/cancelJobs: 200 when all were cancelled, 207 when some were not there."""
    may_monitor(request)
    wanted = request.object().get("jobIds")
    if not isinstance(wanted, list) or not wanted:
        raise Refusal(400, 5, "jobIds is missing.")
    done = [_cancelled(request, str(job)) for job in wanted]
    return Response(200 if all(one["status"] == 204 for one in done) else 207, {"jobCancellationStatus": done})


def _cancelled(request: Request, job_id: str) -> dict[str, Any]:
    try:
        request.server.jobs.find(job_id).cancel()
    except Refusal as refusal:
        return {"id": job_id, "status": refusal.status, "message": refusal.message}
    return {"id": job_id, "status": 204}


def _listed(request: Request) -> list[dict[str, Any]]:
    may_monitor(request)
    if request.one("nodeName", NODE) != NODE:
        raise Refusal(404, 4, "There is no such node.")
    now = request.server.clock()
    return listed([described(job, now) for job in request.server.jobs.running()], request.query)


def _one(request: Request) -> dict[str, Any]:
    may_monitor(request)
    job = request.server.jobs.find(request.ids["job"])
    details = {"sql": request.server.jobs.sql_of_job(job), "errorTime": None, "errorMessage": job.message}
    return described(job, request.server.clock()) | details
