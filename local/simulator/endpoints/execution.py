"""Executing a datamart, and following the execution (API.md 5, rows 2, 3 and 14; API.md 6)."""

from typing import Any

from local.simulator.iserver.instance import Instance
from local.simulator.request import Request
from local.simulator.response import Refusal, Response

PROMPTS, READY = 2, (1, 20, 21)
FINAL_OR_PROMPTS = {PROMPTS, 3, 18, *READY}


def execute(request: Request) -> Response:
    """POST /datamarts/{id}/instances/{iid}/execution/jobs."""
    scenario = request.server.scenario
    if scenario.execute_forbidden == "privilege":
        raise Refusal(403, 14, "The user has no privilege to execute datamarts.", -2147213784)
    instance = _mine(request)
    if scenario.late_accept is not None:
        request.server.jobs.execute(instance, delay=scenario.late_accept)
        raise ConnectionAbortedError("the response is lost, the job starts later")
    job = request.server.jobs.execute(instance)
    ids = {"id": instance.spec.id, "instanceId": instance.current_id}
    return Response(200, ids | {"status": job.status, "jobId": job.id})


def get_execution(request: Request) -> Response:
    """GET /datamarts/{id}/instances/{iid}/execution: no jobId (API.md 5.2)."""
    instance = _mine(request)
    _not_too_often(request, instance)
    status = _status(request, instance)
    body = {"id": instance.spec.id, "status": status, "instanceId": instance.current_id}
    body |= _failure(request, instance)
    if request.server.scenario.accepted_202 and status not in FINAL_OR_PROMPTS:
        return Response(202, body, [("Retry-After", "1"), ("X-MSTR-IStatus", str(status))])
    return Response(200, body)


def report_status(request: Request) -> Response:
    """GET /reports/{id}/instances/{iid}/status: as of a datamart, but 202 while it runs (API.md 6)."""
    instance = _mine(request)
    status = _status(request, instance)
    body = {"id": instance.spec.id, "instanceId": instance.current_id, "status": status}
    headers = [("X-MSTR-IStatus", str(status))]
    if status in FINAL_OR_PROMPTS:
        return Response(200, body | _failure(request, instance), headers)
    return Response(202, body, [*headers, ("Retry-After", "1")])


def sql_view(request: Request) -> Response:
    """GET /datamarts/{id}/instances/{iid}/sqlView: the SQL that runs under the answers given so far."""
    if not request.server.scenario.sql_view:
        raise Refusal(404, 4, "There is no such endpoint.")
    instance = _mine(request)
    if instance.open_prompts() and any(not p.closed and p.prompt.required for p in instance.visible()):
        raise Refusal(400, 1, "The prompts are not answered.", -2147204998)
    return Response(200, {"sqlStatement": request.server.jobs.sql_of(instance)})


def _mine(request: Request) -> Instance:
    return request.server.instances.find(request.mine, request.ids["instance"])


def _status(request: Request, instance: Instance) -> int:
    job = instance.job
    status = job.look(request.server.clock()) if job else 0
    return status if job is not None and job.begun else _before_the_post(request)


def _before_the_post(request: Request) -> int:
    """What it is before any POST: a status, or an error (API.md 11.6)."""
    before = request.server.scenario.before_post
    if before == "404":
        raise Refusal(404, 4, "The instance has no execution.", -2147468986)
    if before == "500":
        raise Refusal(500, 1, "The execution is not available.")
    return before


def _failure(request: Request, instance: Instance) -> dict[str, Any]:
    """What a failed execution adds, or its error response (API.md 11.2)."""
    job = instance.job
    style = request.server.scenario.failure
    if job is None or job.message is None or style == "bare":
        return {}
    if style == "error":
        raise Refusal(500, 2, job.message, job.i_server_code)
    return {style: job.message, "iServerCode": job.i_server_code, "ticketId": "f" * 32}


def _not_too_often(request: Request, instance: Instance) -> None:
    """Raises Refusal 429 if a client polls too often (API.md 11.17)."""
    now, gap = request.server.clock(), request.server.scenario.poll_gap
    if instance.last_poll is not None and now - instance.last_poll < gap:
        raise Refusal(429, 16, "Too many requests.", headers=[("Retry-After", "1")])
    instance.last_poll = now
