"""Open a session on the server with the connection's credentials: the only function that may read a secret."""

import contextlib
import json
import os

from aws_lambda_powertools.utilities import parameters

from functions.library import Client, CredentialsRejected, LibraryError, SessionLost
from functions.run.access import Access
from functions.run.admission import take_lease, take_slot
from functions.run.connection import Secret, credentials_of, flaw_of, secret_of, server_of
from functions.run.record import run_table
from functions.step import Answer, Step, step
from functions.telemetry import logger

SECONDS_CACHED = 900
"""How long a secret is reused without asking Secrets Manager again."""

LOST_LOG_INS = 2
"""A log-in whose answer was lost may have left a session behind; after the second one of a run it is not repeated."""


@step
def handler(step: Step) -> Answer:
    """Log in and keep the session in the run table.

    Raises ServerBusy (the connection is at its maxConcurrentRuns), RunInProgress, CredentialsRejected,
    ServerUnavailable (safe to repeat), SessionLost (two answers lost),
    RunAlreadyEnded (the run was closed meanwhile: what was opened is logged out again).
    """
    step.run.begin_attempt()
    if step.run.access is not None:
        return {}  # an earlier invocation of this step got as far as this
    take_lease(run_table(), step.run)  # of a run that waits for it the ids are known: it need not log in to find out
    take_slot(run_table(), step.run)
    secret = _secret(step.run.item["connection"])
    server = server_of(secret)
    client = Client(server, budget=step.budget)
    try:
        session = client.log_in(credentials_of(secret))
    except LibraryError as error:
        if error.delivery == "unknown":
            _count_lost(step)
        raise
    try:
        step.run.store(session=Access(server, session).to_json())
    except Exception:  # closed meanwhile, or the table cannot be written: nobody else knows of this session
        client.budget = step.budget
        with contextlib.suppress(LibraryError):
            client.log_out()
        raise
    return {}


def _count_lost(step: Step) -> None:
    step.run.note(add={"lostLogIns": 1})
    logger.warning("the answer to a log-in was lost: a session may be left until its idle timeout")
    if step.run.item["lostLogIns"] >= LOST_LOG_INS:
        raise SessionLost(
            "the answer to the log-in was lost twice; it is not repeated, "
            "because each may have left a session on the server"
        )


def _secret(connection: str) -> Secret:
    arn: str = json.loads(os.environ["SECRETS"])[connection]
    fill = f"fill it with: aws secretsmanager put-secret-value --secret-id {arn} --secret-string file://connection.json"
    try:
        text = parameters.get_secret(arn, max_age=SECONDS_CACHED)
    except parameters.GetParameterError as error:
        if "ResourceNotFoundException" not in str(error):
            raise
        raise CredentialsRejected(f'the secret of connection "{connection}" is empty; {fill}') from None
    secret = secret_of(text)
    flaw = flaw_of(secret)
    if secret is None or flaw:
        raise CredentialsRejected(f'the secret of connection "{connection}" {flaw}; {fill}')
    return secret
