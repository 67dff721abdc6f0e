"""Errors after which no further call can succeed."""

from functions.errors import LibraryError, ServerUnavailable, SessionLost


def is_fatal(error: LibraryError) -> bool:
    """Whether the session has ended or the server does not respond, so that every further call would fail, too."""
    return isinstance(error, SessionLost) or (isinstance(error, ServerUnavailable) and error.delivery != "answered")
