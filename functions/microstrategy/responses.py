"""Reads successful responses: whether they are the Library's, and what they say (API.md 5 to 7, 12)."""

from collections.abc import Callable
from typing import Any

from functions.errors import DatamartFailed, ServerUnavailable
from functions.microstrategy.endpoints import LOG_IN, Endpoint, Repeat, ResponseBody
from functions.microstrategy.error_mapping import exception, fields_of, read
from functions.microstrategy.http.html_error_page import title_of
from functions.microstrategy.http.intermediaries import advice
from functions.microstrategy.http.redaction import Redact
from functions.microstrategy.http.redirects import redirected
from functions.microstrategy.http.transport import Reply
from functions.microstrategy.json_access import integer, job_id, mapping, mappings, object_id, text
from functions.microstrategy.models import CubeInfo, CubeStatus, Definition, Execution
from functions.microstrategy.status import classify

LONGEST_BODY = 500
"""Characters of a response that are kept where a failed job gives no reason."""

_EMPTY = (b"", b'""', b"null")

_FITS: dict[ResponseBody, Callable[[Reply], bool]] = {
    ResponseBody.ANYTHING: lambda reply: True,
    ResponseBody.NOTHING: lambda reply: not reply.content.lstrip().startswith(b"<"),
    ResponseBody.OBJECT: lambda reply: isinstance(reply.json, dict),
    ResponseBody.OBJECT_OR_NOTHING: lambda reply: isinstance(reply.json, dict) or reply.content.strip() in _EMPTY,
    ResponseBody.LIST: lambda reply: isinstance(reply.json, list),
    ResponseBody.OBJECT_OR_LIST: lambda reply: isinstance(reply.json, (dict, list)),
}


def check(endpoint: Endpoint, reply: Reply, redact: Redact) -> None:
    """Accept only a response that fits the endpoint.

    Raises
    ------
    LibraryError
        It is an error, of whatever HTTP status (API.md 8).
    ServerUnavailable
        It is a 2xx or a redirect of an intermediary (a proxy, a single sign-on); whether the call arrived is not
        known.
    DatamartFailed
        It is a redirect before there is a session: the base URL is not that of the Library.
    """
    if reply.is_redirect:
        raise redirected(endpoint, reply, redact)
    body = reply.json
    fine = 200 <= reply.status < 300
    about_a_job = integer(mapping(body).get("status")) is not None  # a failed one has its error beside the status
    if not fine or (read(body) is not None and not about_a_job):
        raise exception(endpoint, reply.status, body, reply.text, reply.retry_after, redact)
    if not _FITS[endpoint.response_body](reply):
        raise _unreadable(endpoint, reply, redact, "the response is not from a Library server")


def login_without_token(reply: Reply, redact: Redact) -> DatamartFailed:
    """The error for a login that got a 2xx without a token: an intermediary answered it."""
    shown = title_of(reply.text, redact)
    what_to_do = advice(LOG_IN, reply.status, reply.text) or "is baseUrl the address of a Library?"
    return DatamartFailed(
        "the response to the login has no token" + (f': "{shown}"' if shown else "") + f"; {what_to_do}",
        step=LOG_IN.step,
        http_status=reply.status,
    )


def _unreadable(endpoint: Endpoint, reply: Reply, redact: Redact, what: str) -> ServerUnavailable:
    shown = title_of(reply.text, redact)
    what_to_do = advice(endpoint, reply.status, reply.text)
    return ServerUnavailable(
        f"{what}: " + (f'"{shown}"' if shown else "it is empty") + (f"; {what_to_do}" if what_to_do else ""),
        step=endpoint.step,
        http_status=reply.status,
        delivery="unknown",
        retry_safe=endpoint.repeat is not Repeat.IF_NOT_SENT,
        retry_after=reply.retry_after,
    )


def execution(endpoint: Endpoint, reply: Reply, redact: Redact) -> Execution:
    """What a response says about a job. Raises ServerUnavailable where it names no status."""
    body = mapping(reply.json)
    status = integer(body.get("status"))
    if status is None:
        raise _unreadable(endpoint, reply, redact, "the response has no job status")
    said = fields_of(body, redact)
    message = said.message
    if message is None and classify(status) == "failed":
        message = redact(reply.text).strip()[:LONGEST_BODY]
    return Execution(
        status=status,
        instance_id=object_id(body.get("instanceId")),
        job_id=job_id(body.get("jobId")),
        retry_after=reply.retry_after,
        message=message,
        i_server_code=said.i_server_code,
        ticket_id=said.ticket_id,
        code=said.code,
        http_status=reply.status,
    )


_EXTRA_SQL = ("Pre SQLs", "Post SQLs", "Insert SQLs", "Create Table Post String")


def definition(reply: Reply, datamart_id: str) -> Definition:
    """What a run will write (API.md 5.1); what cannot be read counts as what needs the most care."""
    found = mapping(reply.json)
    information, options = mapping(found.get("information")), mapping(found.get("datamartOptions"))
    given = options.get("datamartProperties", {})  # those at their default may be left out
    readable = bool(options) and isinstance(given, dict)
    properties = {str(key).rpartition("[")[2].rstrip("]"): _value(value) for key, value in mapping(given).items()}
    limit = integer(properties.get("Maximum Execution Time"))
    return Definition(
        id=object_id(information.get("objectId")) or datamart_id,
        name=text(information.get("name")),
        append=not readable or options.get("append") is not False,
        source=text(mapping(options.get("targetSource")).get("name")),
        table=text(options.get("tableName")),
        runs_extra_sql=not readable or any(properties.get(name) for name in _EXTRA_SQL),
        max_execution_seconds=limit if limit and limit > 0 else None,
        readable=readable,
    )


def _value(given: Any) -> Any:
    return given.get("value") if isinstance(given, dict) else given


def publication(reply: Reply) -> str | None:
    """The id of the job that publishes a cube, as the job monitor takes it (API.md 12); not its number alone."""
    body = mapping(reply.json)
    named = [job_id(body.get(field)) for field in ("id", "jobId")]
    return next((one for one in named if one is not None and ":" in one), None)


def cube_status(endpoint: Endpoint, reply: Reply, redact: Redact) -> CubeStatus:
    """The bits of the header of HEAD cubes (API.md 12). Raises ServerUnavailable where there are none."""
    bits = integer(reply.headers.get("X-MSTR-CubeStatus"))
    if bits is None or bits < 0:
        raise _unreadable(endpoint, reply, redact, "the response has no state of the cube in X-MSTR-CubeStatus")
    return CubeStatus(bits)


def cube_info(reply: Reply) -> CubeInfo:
    """What GET cubes says of one cube (API.md 12); a field that cannot be read is None."""
    listed = mappings(mapping(reply.json).get("cubesInfos"))
    found = listed[0] if listed else {}
    bits = integer(found.get("status"))
    return CubeInfo(
        name=text(found.get("cubeName")),
        updated=text(found.get("lastUpdateTime")),
        status=None if bits is None or bits < 0 else CubeStatus(bits),
    )


def saved_id(reply: Reply, otherwise: str | None) -> str:
    """The saved object's id."""
    found = text(mapping(reply.json).get("objectId")) or otherwise
    if found is None:
        raise DatamartFailed("the definition was saved, but the response does not name the new object", step="save_as")
    return found


def prompt(given: dict[str, Any]) -> dict[str, Any]:
    """A prompt under the names in use today: an old model says DIMENSION for LEVEL (API.md 7.2)."""
    return given | {"type": "LEVEL" if given.get("type") == "DIMENSION" else text(given.get("type")) or "UNSUPPORTED"}
