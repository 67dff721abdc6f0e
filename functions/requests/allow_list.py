"""What a request from outside may name: projects and datamarts that a file lists as ``acceptRequests``."""

from typing import Any

from functions.errors import InvalidRequest
from functions.object_ids import is_id
from functions.similar_names import composed, nearest
from functions.text import shown

FROM_OUTSIDE = ("project", "datamart", "prompts", "timeoutMinutes")
"""The only keys of a request that may come from outside."""


def as_allowed(request: dict[str, Any], allowed: dict[str, Any], what: str) -> dict[str, Any]:
    """The request with its project and datamart in the spelling of the list; keys that it lacks stay missing.

    Parameters
    ----------
    allowed
        ``{"projects": […], "datamarts": […]}``.
    what
        Whose list it is, for messages: ``job``, ``batch``.

    Raises
    ------
    InvalidRequest
        Naming the key whose value is not on the list.
    """
    found = dict(request)
    for key, listed in (("project", allowed["projects"]), ("datamart", allowed["datamarts"])):
        if key in request:
            if not any(_same(request[key], one) for one in listed):
                near = nearest(_name(request[key]), map(_name, listed))
                raise InvalidRequest(f"{key}: {shown(request[key])} is not in the {what}'s acceptRequests{near}")
            found[key] = _as_listed(request[key], listed)
    return found


def _name(reference: Any) -> str:
    """The name or ID in a reference of any shape."""
    return str(reference.get("name", "")) if isinstance(reference, dict) else str(reference)


def _same(asked: Any, listed: Any) -> bool:
    if isinstance(asked, str) and isinstance(listed, str) and is_id(asked):
        return asked.upper() == listed.upper()
    return bool(_composed(asked) == _composed(listed))


def _as_listed(asked: Any, listed: list[Any]) -> Any:
    """The list's own spelling: another object may be called as the request writes it, with other accents."""
    return asked if asked in listed else next((one for one in listed if _composed(asked) == _composed(one)), asked)


def _composed(reference: Any) -> Any:
    """A name, or the name and path of a datamart, with composed accents."""
    if isinstance(reference, dict):
        return {key: composed(value) if isinstance(value, str) else value for key, value in reference.items()}
    return composed(reference) if isinstance(reference, str) else reference
