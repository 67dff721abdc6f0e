"""What the client takes and gives: plain frozen values."""

import json
from dataclasses import asdict, dataclass, field
from enum import IntFlag
from typing import Self
from urllib.parse import urlsplit

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Server:
    """Where a Library is and how to reach it.

    Parameters
    ----------
    base_url
        Up to and including the context path, with or without ``/api`` (API.md 1.1). https, or http on loopback.
    ca_bundle
        PEM text of the certificate authorities to trust; the public ones if None. There is no way not to verify.
    proxy
        Address of an HTTP proxy, or None.

    Raises ValueError, saying what is wrong and never what the address was (it may hold a password).
    """

    base_url: str
    ca_bundle: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.base_url.strip())
            port = parts.port
        except ValueError:
            raise ValueError("the base URL is not an address") from None
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError("the base URL must begin with https:// and name a host")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("the base URL must be https:// (http only on this machine itself)")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("the base URL must not hold a user, a password, a query or a fragment")
        path = parts.path.rstrip("/")
        if path.endswith("/api"):
            path = path.removesuffix("/api")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        object.__setattr__(self, "base_url", f"{parts.scheme}://{host}{f':{port}' if port else ''}{path}")


@dataclass(frozen=True)
class Cookie:
    """One cookie as the server set it."""

    name: str
    value: str = field(repr=False)
    domain: str
    path: str
    secure: bool = False
    host_only: bool = True


def _unusual(cookie: Cookie) -> dict[str, str | bool]:
    """The fields of a cookie that do not have their default."""
    return {name: value for name, value in asdict(cookie).items() if value != getattr(Cookie, name, None)}


@dataclass(frozen=True)
class Session:
    """A session on the server: its token and its whole cookie jar (API.md 1.4). Its ``repr`` shows neither."""

    token: str = field(repr=False)
    cookies: tuple[Cookie, ...] = field(default=(), repr=False)

    def to_json(self) -> str:
        """As one string, for the run item; what is as usual of a cookie is left out."""
        content = {"token": self.token, "cookies": [_unusual(cookie) for cookie in self.cookies]}
        return json.dumps(content, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Back from :meth:`to_json`."""
        stored = json.loads(text)
        return cls(stored["token"], tuple(Cookie(**cookie) for cookie in stored["cookies"]))


@dataclass(frozen=True)
class SessionInfo:
    """What ``GET /api/sessions`` says; ``timeout_seconds`` of idleness end the session."""

    timeout_seconds: int | None


@dataclass(frozen=True)
class Project:
    """A project; ``name`` and ``status`` are None where only the id is known."""

    id: str
    name: str | None
    status: int | None = None


@dataclass(frozen=True)
class Datamart:
    """A datamart; ``name`` is None where only the id is known."""

    id: str
    name: str | None


@dataclass(frozen=True)
class FoundObject:
    """A datamart or a cube as a search found it. ``path`` are its folders: ``/Public Objects/Datamarts``."""

    id: str
    name: str
    path: str


@dataclass(frozen=True)
class ServerEvent:
    """An event of the server; schedules are bound to it (API.md 12)."""

    id: str
    name: str


class CubeStatus(IntFlag):
    """The bits of a cube's state (API.md 12). A bit without a name is kept."""

    PROCESSING = 1
    ACTIVE = 2
    PERSISTED = 4
    DIRTY_INFO = 8
    DIRTY = 16
    LOADED = 32
    READY = 64
    LOAD_PENDING = 128
    UNLOAD_PENDING = 256
    PENDING_FOR_ENGINE = 512
    IMPORTED = 1024
    FOREIGN = 2048


@dataclass(frozen=True)
class CubeInfo:
    """A cube as the server describes it. ``updated``: when its data were renewed, in the server's own words.

    The words have no time zone, so they only tell whether a later look sees other data.
    """

    name: str | None
    updated: str | None
    status: CubeStatus | None = None


@dataclass(frozen=True)
class Definition:
    """The part of a datamart's definition that says what a run writes (API.md 5.1).

    ``runs_extra_sql``: it has statements of its own besides filling the table (Pre, Post, Insert SQLs, Create Table
    Post String). ``max_execution_seconds``: its own limit, or None. ``readable``: False where the response does not say
    how the table is filled; it then counts as appending and as running SQL of its own, which is the careful reading.
    """

    id: str
    name: str | None
    append: bool
    source: str | None
    table: str | None
    runs_extra_sql: bool
    max_execution_seconds: int | None
    readable: bool = True


@dataclass(frozen=True)
class Execution:
    """A response about a job (API.md 5, #2 and #3). Any field may be missing.

    Of a job that failed (status 3 or 18) it holds the whole error: ``message`` with the sub-errors' own, or the
    response itself (at most 500 characters) where that has no message.
    """

    status: int | None
    instance_id: str | None = None
    job_id: str | None = None
    retry_after: float | None = None
    message: str | None = None
    i_server_code: int | None = None
    ticket_id: str | None = None
    code: str | None = None
    http_status: int | None = None
