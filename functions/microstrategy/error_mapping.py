"""Maps an error response, in any of its shapes, to one exception (API.md 8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.errors import (
    CredentialsRejected,
    DatamartFailed,
    Delivery,
    InstanceLost,
    LibraryError,
    NotFound,
    PermissionDenied,
    PromptAnswerRejected,
    ServerUnavailable,
    SessionLost,
)
from functions.microstrategy.codes import I_SERVER_CODES, MEANINGS, NOT_READY_CODES, NOT_READY_ERR, REQUEST_TIMEOUT
from functions.microstrategy.endpoints import LOG_IN, Endpoint, Repeat
from functions.microstrategy.http.html_error_page import words_of
from functions.microstrategy.http.intermediaries import advice, is_final_at_login, is_page
from functions.microstrategy.http.redaction import Redact
from functions.microstrategy.json_access import integer, mappings


@dataclass(frozen=True)
class Envelope:
    """The fields of an error response; any may be missing. ``message`` has the sub-errors' messages in it."""

    code: str | None = None
    i_server_code: int | None = None
    message: str | None = None
    ticket_id: str | None = None

    @property
    def err(self) -> int | None:
        """The number of an ERR code, in either spelling: ERR009 and ERR0009 are 9, ERR0R22 is 22."""
        found = re.fullmatch(r"ERR(?:0*R)?([0-9]{1,64})", (self.code or "").strip())
        return int(found[1]) if found else None


def is_not_ready(error: LibraryError) -> bool:
    """Whether the Library says that the result is not there yet, which is not a failure (API.md 8.3)."""
    return error.i_server_code in NOT_READY_CODES or Envelope(code=error.code).err == NOT_READY_ERR


def fields_of(body: Any, redact: Redact) -> Envelope:
    """What a decoded body has of an envelope's fields; secrets are redacted before a text is cut."""
    if not isinstance(body, Mapping):
        return Envelope()
    errors = mappings(body.get("errors"))
    outer = {str(key).lower(): value for key, value in body.items()}
    fields = {str(key).lower(): value for key, value in errors[0].items()} if errors else outer
    code, i_server_code = fields.get("code"), fields.get("iservercode")
    ticket = fields.get("ticketid") or outer.get("ticketid")
    messages = [
        *(fields.get(name) for name in ("message", "errormessage")),
        *(error.get("message") for error in (*errors[1:], *mappings(fields.get("suberrors")))),
    ]
    said = dict.fromkeys(text for text in messages if isinstance(text, str) and text.strip())
    return Envelope(
        code=redact(str(code))[:64] if isinstance(code, (str, int)) else None,
        i_server_code=i_server_code if _is_code(i_server_code) else None,
        message=redact("; ".join(said)) or None,
        ticket_id=redact(str(ticket))[:128] if isinstance(ticket, (str, int)) else None,
    )


def read(body: Any, redact: Redact = str) -> Envelope | None:
    """The envelope in a decoded body, or None where it is not an error's."""
    found = fields_of(body, redact)
    return None if found.code is None and found.i_server_code is None else found


def _is_code(value: Any) -> bool:
    """A number of hundreds of digits would make the error's text longer than an error may be."""
    return isinstance(value, int) and integer(value) not in (None, 0)


ERR: dict[int, type[LibraryError]] = {
    3: CredentialsRejected,
    9: SessionLost,
    13: ServerUnavailable,
    14: PermissionDenied,
    16: ServerUnavailable,
    17: PermissionDenied,
}
"""ERR codes that mean the same under every HTTP status (API.md 8.2)."""

HTTP: dict[int, type[LibraryError]] = {
    401: SessionLost,
    403: PermissionDenied,
    404: NotFound,
    408: ServerUnavailable,
    413: ServerUnavailable,
    429: ServerUnavailable,
    501: DatamartFailed,
    502: ServerUnavailable,
    503: ServerUnavailable,
    504: ServerUnavailable,
}
"""What an HTTP status means where nothing better is known (API.md 8.3)."""

_OF_AN_INSTANCE = ("execute", "get_execution", "get_prompts", "answer_prompts", "save", "save_as")
"""Calls whose 404 says that the instance is gone. That of a search may as well be about the prompt, or about a server
that does not list choices; the calls around it find out whether the instance still exists."""


_ABOUT_A_JOB = (
    *("get_execution", "get_prompts", "answer_prompts", "get_job", "cancel_job", "delete_instance", "log_out"),
)
"""Calls whose refusal says much: that a job failed, that an instance or a session is gone. The Library says it in an
envelope (API.md 8.1); a page, or nothing at all, is from an intermediary, which knows nothing about jobs."""

_READ_AN_OBJECT = (
    *("find_project", "find_datamart", "find_folder", "find_objects", "get_definition"),
    *("find_cube", "find_event"),
    *("get_job", "cancel_job"),  # a job that has ended (API.md 6.1)
)
"""Calls that a missing object makes fail."""


def exception(
    endpoint: Endpoint, http_status: int, body: Any, text: str, retry_after: float | None, redact: Redact = str
) -> LibraryError:
    """The exception for an error response.

    Decided by iServerCode, then by ERR code, then by HTTP status: 500 is used for permanent faults too. ``redact``
    removes the secrets that were sent from the server's text.
    """
    envelope = read(body, redact) or Envelope()
    kind = _kind(endpoint, http_status, envelope, text)
    said = envelope.message or _without_envelope(http_status, text, redact)
    if envelope == Envelope() and (what_to_do := advice(endpoint, http_status, text)):
        said = f"{said}; {what_to_do}"
    return kind(
        _explained(said, envelope.i_server_code),
        step=endpoint.step,
        http_status=http_status,
        code=envelope.code,
        i_server_code=envelope.i_server_code,
        ticket_id=envelope.ticket_id,
        delivery=_login_delivery(http_status, envelope, kind) if endpoint is LOG_IN else "answered",
        retry_safe=kind is ServerUnavailable and endpoint.repeat is not Repeat.IF_NOT_SENT,
        retry_after=retry_after,
    )


def _kind(endpoint: Endpoint, http_status: int, envelope: Envelope, text: str) -> type[LibraryError]:
    if envelope == Envelope() and endpoint.step in _ABOUT_A_JOB:
        return ServerUnavailable
    if envelope.i_server_code in I_SERVER_CODES:
        return I_SERVER_CODES[envelope.i_server_code]
    if endpoint is LOG_IN:
        return _login_kind(http_status, envelope, text)
    if http_status == 404 and endpoint.step in (*_OF_AN_INSTANCE, "delete_instance"):
        return InstanceLost
    if envelope.err in ERR:
        return ERR[envelope.err]
    if endpoint.step == "answer_prompts" and http_status == 400:
        return PromptAnswerRejected
    if envelope == Envelope() and http_status == 403 and is_page(text):
        return DatamartFailed  # a firewall's, and no word of the account's privileges
    if envelope.err == 4 or _object_unknown(endpoint, http_status, envelope):
        return NotFound
    if http_status in HTTP:
        return HTTP[http_status]
    refused = 400 <= http_status < 500  # a 2xx with an error in it is no more of a refusal than a 5xx
    return DatamartFailed if refused or endpoint.repeat is not Repeat.ALWAYS else ServerUnavailable


# -- the login (API.md 2.2) -----------------------------------------------------------------------------------------

_NOT_TRIED_ERR = (13, 16)
_NOT_TRIED_HTTP = (413, 429, 503)
"""Responses that say that the login was not even tried; after them it may be repeated and leaves nothing behind."""

_OF_A_PROXY = (407, 421, 425, 451)
"""Statuses with which no Library answers a login: without an envelope they say nothing about the credentials."""


def _login_kind(http_status: int, envelope: Envelope, text: str) -> type[LibraryError]:
    """ERR003 is about the credentials under any status, ERR001 (the mode is not enabled) and the rest of 4xx too.

    What a firewall, a single sign-on or a web server without a Library answers is DatamartFailed: a refusal for good,
    never tried again, and not about the credentials.
    """
    is_transient = HTTP.get(http_status) is ServerUnavailable
    if envelope == Envelope() and not is_transient and is_final_at_login(http_status, text):
        return DatamartFailed
    if envelope == Envelope() and http_status in _OF_A_PROXY:
        return DatamartFailed
    if envelope.err in (3, 14, 17):
        return ERR[envelope.err]
    if envelope.err in _NOT_TRIED_ERR or is_transient or http_status < 200:
        return ServerUnavailable
    return CredentialsRejected if http_status < 500 or envelope.err == 1 else ServerUnavailable


def _login_delivery(http_status: int, envelope: Envelope, kind: type[LibraryError]) -> Delivery:
    """After a gateway's or a faulty response the login may have succeeded and left a session behind."""
    if envelope.i_server_code in I_SERVER_CODES and envelope.i_server_code != REQUEST_TIMEOUT:
        return "answered"
    if envelope.err in _NOT_TRIED_ERR or http_status in _NOT_TRIED_HTTP:
        return "answered"
    return "unknown" if kind is ServerUnavailable else "answered"


# -- texts ----------------------------------------------------------------------------------------------------------


def _object_unknown(endpoint: Endpoint, http_status: int, envelope: Envelope) -> bool:
    """A missing object is 500 ERR001 on some servers (API.md 3, 4.4)."""
    reads_an_object = endpoint.step in _READ_AN_OBJECT
    return reads_an_object and http_status == 500 and envelope.err == 1 and envelope.i_server_code is None


def _explained(message: str, i_server_code: int | None) -> str:
    words, meaning = MEANINGS.get(i_server_code or 0, ("", ""))
    return message if words in message else f"{message.strip().rstrip('. ')}; {meaning}"


def _without_envelope(http_status: int, text: str, redact: Redact) -> str:
    """A sentence for a response without an envelope: a proxy's page, or an empty body."""
    shown = words_of(text, redact)
    return f"the server answered HTTP {http_status}" + (f': "{shown}"' if shown else " without a reason")
