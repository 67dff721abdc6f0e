"""Which responses prove a refusal, so that what was asked for has not begun (API.md 8)."""

from functions.errors import (
    DatamartFailed,
    InstanceLost,
    LibraryError,
    NotFound,
    PermissionDenied,
    ServerBusy,
    SessionLost,
)
from functions.microstrategy.codes import BEFORE_SQL

_REFUSALS = (PermissionDenied, NotFound, ServerBusy, SessionLost)
"""Errors that prove a refusal: the server does not begin, or does not accept the session."""


def is_refusal(error: LibraryError) -> bool:
    """Whether the response proves that the server does not do what it was asked for."""
    if error.code is None and error.i_server_code is None:
        return False  # not in the Library's envelope: it is an intermediary's response (API.md 8.1)
    if isinstance(error, _REFUSALS) or error.i_server_code in BEFORE_SQL:
        return True
    if isinstance(error, InstanceLost):
        return error.i_server_code is not None  # from the Intelligence Server itself, not from the Library
    return isinstance(error, DatamartFailed) and error.is_refusal
