"""A datamart's instance: made, saved, deleted (API.md 5, rows 1 and 6 to 9)."""

import gzip

from local.simulator.iserver.instance import Instance
from local.simulator.request import Request
from local.simulator.response import Refusal, Response


def create_instance(request: Request) -> Response:
    """POST /model/datamarts/{id}/instances; ``messageId`` finds one again (note a and following)."""
    if request.server.scenario.execute_forbidden == "access":
        raise Refusal(403, 17, "The user has no access to the object.", -2147214568)
    spec = request.server.definitions.datamart(request.ids["datamart"])
    if message := request.one("messageId"):
        return _created(request, request.server.instances.find_in_modelling(request.mine, message))
    defaults = request.server.definitions.default_answers(spec)
    return _created(request, request.server.instances.create(request.mine, spec, defaults))


def _created(request: Request, instance: Instance) -> Response:
    scenario = request.server.scenario
    if not scenario.create_header:
        return Response(201, {"id": instance.id})
    headers = [("x-mstr-ms-instance", instance.id)]
    if scenario.create_body == "id":
        return Response(201, {"id": instance.id}, headers)
    if scenario.create_body == "empty":
        return Response(201, None, headers)
    # gzip of {} in 22 bytes, as the vendor's sample
    return Response(201, None, [*headers, ("Content-Encoding", "gzip")], raw=gzip.compress(b"{}", mtime=0))


def save(request: Request) -> Response:
    """POST /model/datamarts/{id}/instances/save."""
    instance = _named_by_header(request)
    return Response(200, {"objectId": request.server.definitions.save(instance, _prompt_options(request))})


def save_as(request: Request) -> Response:
    """POST /model/datamarts/{id}/instances/saveAs."""
    instance = _named_by_header(request)
    body = request.object()
    if not body.get("name") or not body.get("destinationFolderId"):
        raise Refusal(400, "8004cb01", "name and destinationFolderId are required.")
    saved = request.server.definitions.save_as(
        instance,
        str(body["name"]),
        str(body["destinationFolderId"]),
        bool(body.get("overwrite")),
        _prompt_options(request),
    )
    return Response(200, {"objectId": saved})


def delete_in_modelling(request: Request) -> Response:
    """DELETE /model/datamarts/{id}/instances; a second one finds nothing."""
    if request.server.scenario.working_delete == "execution":
        raise Refusal(404, 4, "There is no such endpoint.")
    return _deleted(request, _named_by_header(request))


def delete_instance(request: Request) -> Response:
    """DELETE /datamarts/{id}/instances/{iid}; a second one finds nothing."""
    if request.server.scenario.working_delete == "modelling":
        raise Refusal(404, 4, "There is no such endpoint.")
    return _deleted(request, request.server.instances.find(request.mine, request.ids["instance"]))


def _deleted(request: Request, instance: Instance) -> Response:
    request.server.instances.remove(instance, request.server.scenario.delete_ends_job)
    return Response(204)


def _named_by_header(request: Request) -> Instance:
    if request.ms_instance is None:
        raise Refusal(400, "8004cc4c", "The header X-MSTR-MS-Instance is missing.")
    return request.server.instances.find_in_modelling(request.mine, request.ms_instance)


def _prompt_options(request: Request) -> dict[str, bool]:
    options = request.object().get("promptOptions") or {}
    if not isinstance(options, dict) or not all(isinstance(value, bool) for value in options.values()):
        raise Refusal(400, 6, "promptOptions is not an object of truth values.")
    return options
