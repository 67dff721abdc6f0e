"""Checks that the server is a reachable Library, without a session (API.md 1.1, 2.1, 2.5)."""

import re

from functions.errors import DatamartFailed, LibraryError, NotFound, ServerUnavailable
from functions.microstrategy import Client, Server
from functions.microstrategy.credentials import LOGIN_MODES
from local.checks.findings import Findings
from local.server_access.connection import Source

OLDEST = (11, 3)
"""Datamarts can be executed since 2021 Update 9, which is 11.3.9 (API.md 5)."""


def well_formed(source: Source, findings: Findings) -> Server | None:
    """The server of the base URL; None if the URL or the connection is not valid."""
    if source.url_problem is not None:
        findings.problem("url", "--library-url", f"The address {source.url_problem}.")
        return None
    if "baseUrl" not in source.secret:
        findings.problem("url", "baseUrl", "It is not usable, so the server is not checked.")
        return None
    server = Server(source.secret["baseUrl"], source.secret.get("caBundle"), source.secret.get("proxy"))
    how = "encrypted" if server.base_url.startswith("https:") else "not encrypted, which is fine on this machine itself"
    findings.ok("url", server.base_url, f"A well-formed address, {how}.")
    return server


def reachable(client: Client, findings: Findings) -> bool:
    """Whether a Library responds, so that credentials may be sent to it."""
    url = client.server.base_url
    try:
        status = client.server_status()
    except LibraryError as error:
        return _after(error, url, findings)
    library, intelligence = (status.get(name) for name in ("webVersion", "iServerVersion"))
    if not isinstance(library or intelligence, str):
        text = "It answers, but not as a Library does; is the path right (…/MicroStrategyLibrary)?"
        findings.problem("server", url, text)
        return False
    certificate = ", its certificate is trusted" if url.startswith("https:") else ""
    text = f"It answers{certificate}: Library {library or 'unknown'}, Intelligence Server {intelligence or 'unknown'}"
    if _is_old(library or intelligence):
        findings.problem("server", url, f"{text}. Datamarts can be executed from 11.3.9 (2021 Update 9) on.")
    else:
        findings.ok("server", url, f"{text}.")
    return True


def _after(error: LibraryError, url: str, findings: Findings) -> bool:
    """A server that refuses its status may still be a Library; a redirect, a 404 or no response is not."""
    is_one = not isinstance(error, (DatamartFailed, NotFound))
    if isinstance(error, ServerUnavailable):
        is_one = error.delivery == "answered"
    if is_one and not isinstance(error, ServerUnavailable):
        findings.note("server", url, f"It responds, but does not report its version. {error}.")
    else:
        findings.problem("server", url, error)
    return is_one


def _is_old(version: str | None) -> bool:
    found = re.match(r"([0-9]{1,9})\.([0-9]{1,9})", version or "")
    return found is not None and (int(found[1]), int(found[2])) < OLDEST


def login_mode(client: Client, mode: int, findings: Findings) -> None:
    """Whether the mode is enabled, if the server reports its modes; the login itself decides."""
    url, wanted = client.server.base_url, _named(mode)
    try:
        enabled = client.login_modes()
    except LibraryError as error:
        findings.note("login mode", url, f"The enabled modes cannot be read; the login will show it. {error}.")
        return
    if not enabled:
        findings.note("login mode", url, "The server does not report which modes are enabled; the login will show it.")
    elif mode in enabled:
        findings.ok("login mode", url, f"Mode {wanted} is enabled.")
    else:
        listed = ", ".join(_named(number) for number in enabled)
        findings.note("login mode", url, f"Mode {wanted} is not among the enabled ones: {listed}.")


def _named(mode: int) -> str:
    return f"{mode} ({LOGIN_MODES[mode].name})" if mode in LOGIN_MODES else str(mode)
