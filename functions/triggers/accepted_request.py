"""A request that comes in an uploaded object or a message: from outside, so only what the job's file allows.

It may say which of the listed datamarts to run and with which answers, and nothing about where, under which account
or what is saved (DESIGN.md "Starting"). It is taken literally: braces in it are braces.
"""

from typing import Any

from functions.errors import InvalidRequest
from functions.requests.allow_list import FROM_OUTSIDE, as_allowed
from functions.requests.event_shapes import described
from functions.requests.hidden_answers import without_answers
from functions.requests.request import SCHEMA, normalise
from functions.similar_names import nearest
from functions.text import shown_key
from functions.triggers.trigger_event import RejectedEvent, parsed


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
    if missing := [key for key in ("project", "datamart") if key not in request]:
        raise RejectedEvent(f"{missing[0]}: is missing")
    try:
        request = as_allowed(request, job["acceptRequests"], "job")
        normalise(job["request"] | request)
    except InvalidRequest as problem:
        raise RejectedEvent(without_answers(str(problem), request)) from None
    return request


def _why_not(key: str) -> str:
    if key in SCHEMA.rules["properties"]:
        return f"{key}: may not come from outside; it is set in the job's file"
    known = f"{nearest(key, FROM_OUTSIDE)}; allowed keys: {', '.join(FROM_OUTSIDE)}"
    return f"{shown_key(key)}: unknown key{known}"
