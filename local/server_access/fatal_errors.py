"""Which errors leave nothing more to ask."""

from functions.errors import LibraryError, ServerUnavailable, SessionLost


def ends_everything(error: LibraryError) -> bool:
    """Whether the session has ended or the server is silent, so that every further call would only end the same."""
    return isinstance(error, SessionLost) or (isinstance(error, ServerUnavailable) and error.delivery != "answered")
