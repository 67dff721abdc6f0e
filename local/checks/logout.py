"""Checks whether a logout ends the account's other sessions: two logins, one logout, one probe (API.md 2.5)."""

from functions.errors import LibraryError, SessionLost
from functions.microstrategy import Client
from local.checks.findings import Findings, Result
from local.server_access.sessions import Sessions

SAFE = "A logout leaves the account's other sessions alone: other programs may use it, too."
UNSAFE = "A logout ends ALL sessions of this account: let nothing and nobody else use it, nor this check during a run."


def logout_scope(sessions: Sessions, kept: Client, account: str, limit: int, findings: Findings) -> None:
    """Open a second session, log it out, and see whether ``kept`` is still alive.

    ``limit`` is the connection's maxConcurrentRuns: the finding says whether it may be more than 1.
    """
    here = f"maxConcurrentRuns of this connection is {limit}"
    leave = "Leave maxConcurrentRuns at 1." if limit == 1 else f"{here}: set it to 1."
    try:
        sessions.close(sessions.open())
    except LibraryError as error:
        _unknown(f"A second session could not be opened and logged out. {error}", leave, account, findings)
        return
    try:
        kept.probe()
    except SessionLost:
        result: Result = "note" if limit == 1 else "problem"  # a run that ends would break the others
        findings.add(result, "logout scope", account, f"{UNSAFE} {leave}")
    except LibraryError as error:
        _unknown(f"The first session could not be probed. {error}", leave, account, findings)
    else:
        verdict = "and may be raised" if limit == 1 else "and that is safe"
        findings.ok("logout scope", account, f"{SAFE} {here}, {verdict}.")


def _unknown(why: str, leave: str, account: str, findings: Findings) -> None:
    findings.note("logout scope", account, f"{why}. So the scope of a logout is not known. {leave}")
