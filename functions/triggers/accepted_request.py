"""A request that comes in an uploaded object or a message: from outside, so only what the job's file allows.

It may say which of the listed datamarts to run and with which answers, and nothing about where, under which account
or what is saved (DESIGN.md "Starting"). It is taken literally: braces in it are braces.
"""

from typing import Any

from functions.errors import InvalidRequest
from functions.object_ids import is_id
from functions.requests.event_shapes import described
from functions.requests.request import SCHEMA, normalise
from functions.similar_names import composed, nearest
from functions.text import shown, shown_key
from functions.triggers.trigger_event import RejectedEvent, parsed

FROM_OUTSIDE = ("project", "datamart", "prompts", "timeoutMinutes")
"""The only keys that such a request may have."""


def accepted(text: str, job: dict[str, Any]) -> dict[str, Any]:
    """The request in ``text``.

    Raises
    ------
    RejectedEvent
        It is not a request, or asks for what the job's ``acceptRequests`` does not allow.
    """
    request = parsed(text)
    if (shape := described(request)) is not None:
        raise RejectedEvent(f"it {shape}; a request is expected")
    if not isinstance(request, dict):
        raise RejectedEvent("it must be a request: an object {…}")
    for key in request:
        if key not in FROM_OUTSIDE:
            raise RejectedEvent(_why_not(key))
    allowed = job["acceptRequests"]
    for key, listed in (("project", allowed["projects"]), ("datamart", allowed["datamarts"])):
        if key not in request:
            raise RejectedEvent(f"{key}: is missing")
        if not any(_same(request[key], one) for one in listed):
            raise RejectedEvent(f"{key}: {shown(request[key])} is not in the job's acceptRequests")
        request[key] = _as_listed(request[key], listed)
    try:
        normalise(job["request"] | request)
    except InvalidRequest as problem:
        raise RejectedEvent(str(problem)) from None
    return request


def _why_not(key: str) -> str:
    if key in SCHEMA.rules["properties"]:
        return f"{key}: may not come from outside; it is set in the job's file"
    known = f"{nearest(key, FROM_OUTSIDE)}; allowed keys: {', '.join(FROM_OUTSIDE)}"
    return f"{shown_key(key)}: unknown key{known}"


def _same(asked: Any, listed: Any) -> bool:
    if isinstance(asked, str) and isinstance(listed, str) and is_id(asked):
        return asked.upper() == listed.upper()
    return bool(_composed(asked) == _composed(listed))


def _as_listed(asked: Any, listed: list[Any]) -> Any:
    """The job's own spelling: another object may be called as the request writes it, with other accents."""
    return asked if asked in listed else next((one for one in listed if _composed(asked) == _composed(one)), asked)


def _composed(reference: Any) -> Any:
    """A name, or the name and path of a datamart, with composed accents."""
    if isinstance(reference, dict):
        return {key: composed(value) if isinstance(value, str) else value for key, value in reference.items()}
    return composed(reference) if isinstance(reference, str) else reference
