"""Does a logout end the account's other sessions? Two logins, one logout, one probe (contract 2.5, "Logout scope")."""

from functions.library import Client, LibraryError, SessionLost
from local.check.findings import Findings
from local.source.sessions import Sessions

SAFE = (
    "A logout leaves the account's other sessions alone: maxConcurrentRuns above 1 is safe, "
    "and so are other programs under the same account."
)
UNSAFE = (
    "A logout ends ALL sessions of this account. Leave maxConcurrentRuns at 1, let nothing and nobody else use the "
    "account, and do not check it while a run is under way."
)


def logout_scope(sessions: Sessions, kept: Client, account: str, findings: Findings) -> None:
    """Open a second session, log it out, and see whether ``kept`` is still alive."""
    try:
        sessions.close(sessions.open())
    except LibraryError as error:
        _unknown(f"A second session could not be opened and logged out. {error}", account, findings)
        return
    try:
        kept.probe()
    except SessionLost:
        findings.note("logout scope", account, UNSAFE)
    except LibraryError as error:
        _unknown(f"The first session could not be asked whether it is alive. {error}", account, findings)
    else:
        findings.ok("logout scope", account, SAFE)


def _unknown(why: str, account: str, findings: Findings) -> None:
    findings.note("logout scope", account, f"{why}. So this is not known: leave maxConcurrentRuns at 1.")
