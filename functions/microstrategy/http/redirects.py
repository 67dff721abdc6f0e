"""Redirects: never followed, because token, cookies and password go to the base URL alone.

The Library does not redirect its API calls. After a login a redirect is sent by an intermediary (a gateway, a
single sign-on), as an HTML page is; before the login it says that the base URL is another one.
"""

from urllib.parse import urlsplit

from functions.errors import DatamartFailed, LibraryError, ServerUnavailable
from functions.microstrategy.endpoints import BEFORE_LOGIN, Endpoint, Repeat
from functions.microstrategy.http.redaction import Redact
from functions.microstrategy.http.transport import Reply
from functions.text import quoted

MAX_ADDRESS = 200
"""Characters of a redirect's address that are shown."""


def redirected(endpoint: Endpoint, reply: Reply, redact: Redact) -> LibraryError:
    """The exception that a redirect is: DatamartFailed before the login, else ServerUnavailable with a lost response.

    So a read is retried; the execution request counts as perhaps sent and is never sent again; for creation, answers
    and saving the rules for a lost response apply (API.md 8.5).
    """
    what = f"the call was redirected to {_shown(reply.headers.get('Location', ''), redact)}, which is not followed"
    if endpoint in BEFORE_LOGIN:
        return DatamartFailed(
            f"{what}; if the Library has moved, correct baseUrl in the connection's secret",
            step=endpoint.step,
            http_status=reply.status,
        )
    return ServerUnavailable(
        f"{what}: it is not from the Library, which does not redirect its calls",
        step=endpoint.step,
        http_status=reply.status,
        delivery="unknown",
        retry_safe=endpoint.repeat is not Repeat.IF_NOT_SENT,
        retry_after=reply.retry_after,
    )


def _shown(location: str, redact: Redact) -> str:
    """Where it leads, without user, parameters and query: they may hold what opens a session."""
    try:
        parts = urlsplit(redact(location))
    except ValueError:
        return "no address"
    host = parts.netloc.rpartition("@")[2]
    address = (f"{parts.scheme}:" if parts.scheme else "") + (f"//{host}" if host else "") + parts.path.split(";")[0]
    return quoted(address, MAX_ADDRESS) if address else "no address"
