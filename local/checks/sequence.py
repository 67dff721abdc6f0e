"""The sequence of the checks of a server, and the jobs that stay unchecked when one of them fails."""

from functools import partial

from functions.errors import LibraryError
from functions.microstrategy import Client, Credentials
from functions.microstrategy.credentials import LOGIN_MODES
from infra.jobs.named_job import NamedJob
from local.checks.findings import Findings
from local.checks.jobs import JobCheck
from local.checks.logout import logout_scope
from local.checks.privilege import EXECUTE, Privileges
from local.checks.server import login_mode, reachable, well_formed
from local.server_access.connection import Source
from local.server_access.sessions import Sessions


def ask(source: Source, jobs: list[NamedJob], limit: int, findings: Findings) -> list[NamedJob]:
    """Run the checks until one fails for all; returns the jobs that were not, or not completely, checked.

    ``limit`` is the connection's maxConcurrentRuns.
    """
    server = well_formed(source, findings)
    if server is None:
        return jobs
    client = Client(server)
    if not reachable(client, findings) or source.credentials is None:
        return jobs
    login_mode(client, source.credentials.login_mode, findings)
    left = partial(findings.note, "logout", server.base_url)
    with Sessions(server, source.credentials, findings.redactor, left) as sessions:
        return _ask_in_session(sessions, _account(source.credentials), jobs, limit, findings)


def _ask_in_session(
    sessions: Sessions, account: str, jobs: list[NamedJob], limit: int, findings: Findings
) -> list[NamedJob]:
    try:
        client = sessions.open()
    except LibraryError as error:
        left = " A session may be left behind until it is idle for too long." if error.delivery == "unknown" else ""
        findings.problem("login", account, f"{type(error).__name__}: {error}.{left}")
        return jobs
    findings.ok("login", account, "A session was opened.")
    left_out = list(jobs)
    privileges = Privileges(client, account, findings)
    privileges.scope(EXECUTE)
    job_check = JobCheck(client, privileges, findings)
    try:
        while left_out:
            job_check.check(left_out[0])
            del left_out[0]
        logout_scope(sessions, client, account, limit, findings)
    except LibraryError as error:
        findings.problem("session", account, error)
    return left_out


def _account(credentials: Credentials) -> str:
    return credentials.username or f"account of the {LOGIN_MODES[credentials.login_mode].name} login"
