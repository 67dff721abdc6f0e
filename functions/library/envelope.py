"""From an answer that is an error, in any of its shapes, to one exception (contract section 8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.library.endpoints import Endpoint, Repeat
from functions.library.errors import (
    I_SERVER_CODES,
    CredentialsRejected,
    DatamartFailed,
    InstanceLost,
    LibraryError,
    NotFound,
    PermissionDenied,
    PromptAnswerRejected,
    ServerUnavailable,
    SessionLost,
)


@dataclass(frozen=True)
class Envelope:
    """The fields of an error answer; any may be missing."""

    code: str | None = None
    i_server_code: int | None = None
    message: str | None = None
    ticket_id: str | None = None

    @property
    def err(self) -> int | None:
        """The number of an ERR code, in either spelling: ERR009 and ERR0009 are 9, ERR0R22 is 22."""
        found = re.fullmatch(r"ERR0*R?0*(\d+)", (self.code or "").strip())
        return int(found[1]) if found else None


def read(body: Any) -> Envelope | None:
    """The envelope in a decoded body, or None where it is not an error's."""
    if not isinstance(body, Mapping):
        return None
    outer = body
    if isinstance(body.get("errors"), list) and body["errors"] and isinstance(body["errors"][0], Mapping):
        body = body["errors"][0]
    fields = {str(key).lower(): value for key, value in body.items()}
    ticket = fields.get("ticketid") or outer.get("ticketId")
    if not isinstance(fields.get("code"), (str, int)) and not _is_code(fields.get("iservercode")):
        return None
    return Envelope(
        code=str(fields["code"])[:64] if isinstance(fields.get("code"), (str, int)) else None,
        i_server_code=fields["iservercode"] if _is_code(fields.get("iservercode")) else None,
        message=fields["message"] if isinstance(fields.get("message"), str) else None,
        ticket_id=str(ticket)[:128] if isinstance(ticket, (str, int)) else None,
    )


def _is_code(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value != 0


ERR: dict[int, type[LibraryError]] = {
    3: CredentialsRejected,
    9: SessionLost,
    13: ServerUnavailable,
    14: PermissionDenied,
    16: ServerUnavailable,
    17: PermissionDenied,
}
"""ERR codes that mean the same under every HTTP status (contract 8.2)."""

HTTP: dict[int, type[LibraryError]] = {
    401: SessionLost,
    403: PermissionDenied,
    404: NotFound,
    408: ServerUnavailable,
    413: ServerUnavailable,
    429: ServerUnavailable,
    502: ServerUnavailable,
    503: ServerUnavailable,
    504: ServerUnavailable,
}
"""What an HTTP status means where nothing better is known (contract 8.3)."""

_OF_AN_INSTANCE = ("execute", "get_execution", "get_prompts", "search_elements", "answer_prompts", "save", "save_as")
"""Calls whose 404 says that the instance is gone."""


def exception(endpoint: Endpoint, http_status: int, body: Any, text: str, retry_after: float | None) -> LibraryError:
    """The exception that an answer is.

    Decided by iServerCode, then by ERR code, then by HTTP status: 500 is used for permanent faults too.
    """
    envelope = read(body) or Envelope()
    kind = _kind(endpoint, http_status, envelope)
    return kind(
        envelope.message or _without_envelope(http_status, text),
        step=endpoint.step,
        http_status=http_status,
        code=envelope.code,
        i_server_code=envelope.i_server_code,
        ticket_id=envelope.ticket_id,
        retry_safe=kind is ServerUnavailable and endpoint.repeat is not Repeat.IF_NOT_SENT,
        retry_after=retry_after,
    )


def _kind(endpoint: Endpoint, http_status: int, envelope: Envelope) -> type[LibraryError]:
    if envelope.i_server_code in I_SERVER_CODES:
        return I_SERVER_CODES[envelope.i_server_code]
    if endpoint.step == "log_in":
        return _login_kind(http_status, envelope)
    if http_status == 404 and endpoint.step in (*_OF_AN_INSTANCE, "delete_instance"):
        return InstanceLost
    if envelope.err in ERR:
        return ERR[envelope.err]
    if endpoint.step == "answer_prompts" and http_status == 400:
        return PromptAnswerRejected
    if envelope.err == 4 or _object_unknown(endpoint, http_status, envelope):
        return NotFound
    if http_status in HTTP:
        return HTTP[http_status]
    return ServerUnavailable if http_status == 500 and endpoint.repeat is Repeat.ALWAYS else DatamartFailed


def _login_kind(http_status: int, envelope: Envelope) -> type[LibraryError]:
    """At the login a 4xx is about the credentials, and so is ERR001 (the mode is not enabled, contract 2.2)."""
    if envelope.err in (13, 16) or http_status in (408, 413, 429, 502, 503, 504):
        return ServerUnavailable
    if envelope.err in (14, 17):
        return PermissionDenied
    return CredentialsRejected if http_status < 500 or envelope.err == 1 else ServerUnavailable


def _object_unknown(endpoint: Endpoint, http_status: int, envelope: Envelope) -> bool:
    """A missing object is 500 ERR001 on some servers (contract 3, 4.4)."""
    reads_an_object = endpoint.step in ("find_project", "find_datamart", "get_definition")
    return reads_an_object and http_status == 500 and envelope.err == 1 and envelope.i_server_code is None


def _without_envelope(http_status: int, text: str) -> str:
    """A sentence for an answer that is no envelope: a proxy's page, or nothing."""
    shown = " ".join(re.sub(r"<[^>]*>", " ", text[:2000]).split())[:200]
    return f"the server answered HTTP {http_status}" + (f': "{shown}"' if shown else " without a reason")
