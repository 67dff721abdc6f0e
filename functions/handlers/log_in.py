"""Open a session on the server with the connection's credentials: the only function that may read a secret."""

import contextlib
import json
import os
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from functions.aws_clients import in_init
from functions.errors import CredentialsRejected, LibraryError, ServerBusy, ServerUnavailable, SessionLost
from functions.handlers._decorators import step
from functions.lifecycle import cleanup
from functions.lifecycle.secret_texts import secret_text, secrets_manager
from functions.lifecycle.slot_at_login import take_or_wait
from functions.lifecycle.step import Step, StepResult
from functions.microstrategy import Client, Credentials, Server, Session
from functions.requests.connection import read
from functions.runs.conclusion import LOST_LOG_INS
from functions.runs.concurrency import in_progress, take_lease
from functions.runs.store.attempts import begin_attempt, begin_login, clear_login, set_orphaned_session, set_session
from functions.runs.store.runs import count_lost_login
from functions.runs.store.table import run_table
from functions.runs.stored_session import StoredSession
from functions.telemetry import logger
from functions.transient_errors import is_transient

in_init(secrets_manager)

Login = tuple[Server, Credentials]
"""What a login is made of: both from the same reading of one secret, so that no credentials go elsewhere."""


@step
def handler(step: Step) -> StepResult:
    """Log in and keep the session in the run table.

    The event's ``slotTaken`` is missing under the definition of an earlier release: then it takes a slot, too.

    Raises ServerBusy (a login is under way, or such a run finds no slot), RunInProgress, CredentialsRejected,
    ServerUnavailable (safe to repeat), SessionLost (two answers lost), RunAlreadyEnded (the run was closed meanwhile:
    what was opened is logged out again).
    """
    begin_attempt(step.run)
    if step.run.open_session is not None:
        return {}  # an earlier invocation of this step got as far as this
    held = take_lease(run_table(), step.run)  # of a run that waits the ids are known: it need not log in to find out
    if held is not None and held.pending is None:
        raise in_progress(held)
    if not step.event.get("slotTaken"):  # the definition of an earlier release: prepare_run took none
        take_or_wait(run_table(), step.run)
    if not begin_login(step.run):
        if step.run.open_session is not None:
            return {}
        raise ServerBusy("another invocation of this step is logging in, or failed while it did")
    with _settled(step):
        _log_out_of_earlier_attempts(step)
        client, session = _enter(step)
        try:
            set_session(step.run, StoredSession(client.server, session))
        except Exception:  # closed meanwhile, or the table cannot be written: only this process knows the session
            _leave(step, client, session)
            raise
    return {}


@contextlib.contextmanager
def _settled(step: Step) -> Iterator[None]:
    """Record that no login is under way any more if it failed."""
    try:
        yield
    except Exception:
        with contextlib.suppress(Exception):  # it expires by itself; the first error is the one to report
            clear_login(step.run)
        raise


def _log_out_of_earlier_attempts(step: Step) -> None:
    """A server that was down when an attempt was cleaned up has kept its session: a run has one session at a time."""
    for number in step.run.attempts:
        if number < step.run.number:
            with contextlib.suppress(LibraryError):  # the end of the run tries again
                cleanup.log_out(step.at(number))


def _leave(step: Step, client: Client, session: Session) -> None:
    """Log out again; where that fails, leave the session to the clean-up, which comes once more after a stop."""
    client.budget = step.budget
    try:
        client.log_out()
    except LibraryError:
        with contextlib.suppress(Exception):  # the first error is the one to report
            set_orphaned_session(step.run, StoredSession(client.server, session))


def _enter(step: Step) -> tuple[Client, Session]:
    """Log in with the secret as this process knows it; if that is refused, with what it holds by now, if that differs.

    An account locks after some refusals, so what was refused is never sent again. The parsed credentials are compared,
    not the text: one more comma in the secret is not another password.
    """
    connection = str(step.run.connection)
    known = _secret(connection)
    try:
        return _log_in(step, known)
    except CredentialsRejected as refusal:
        try:
            newest = _secret(connection, anew=True)
        except ServerUnavailable:  # the refusal says more, and is never tried again
            raise refusal from None
        if newest == known:
            raise
        logger.info("the login was refused, and the secret has changed meanwhile: logging in with its new content")
        return _log_in(step, newest)


def _log_in(step: Step, login: Login) -> tuple[Client, Session]:
    server, credentials = login
    client = Client(server, budget=step.budget, calls=step.calls)
    try:
        return client, client.log_in(credentials)
    except LibraryError as error:
        if error.delivery == "unknown":
            _count_lost(step)
        raise


def _count_lost(step: Step) -> None:
    count_lost_login(step.run)
    logger.warning("the response to a login was lost: a session may be left until its idle timeout")
    if step.run.lost_logins >= LOST_LOG_INS:
        raise SessionLost(
            "the response to the login was lost twice; the login is not repeated, "
            "because each may have left a session on the server"
        )


def _secret(connection: str, anew: bool = False) -> Login:
    """The connection's server and credentials, perhaps some minutes old; ``anew``: as they are now.

    Raises CredentialsRejected where they are incomplete, and ServerUnavailable where they cannot be read.
    """
    arn: str = json.loads(os.environ["SECRETS"])[connection]
    fill = f"fill it with: aws secretsmanager put-secret-value --secret-id {arn} --secret-string file://connection.json"
    try:
        text = secret_text(arn, anew)
    except (ClientError, BotoCoreError) as error:
        if "ResourceNotFoundException" not in str(error):
            said = f'the secret of connection "{connection}" cannot be read: {error}'
            raise ServerUnavailable(said, may_pass=is_transient(error)) from None
        raise CredentialsRejected(f'the secret of connection "{connection}" is empty; {fill}') from None
    secret = read(text)
    if not secret.flaws:
        return secret.server, secret.credentials
    if not anew:
        return _secret(connection, anew=True)  # it may have been corrected since it was read
    raise CredentialsRejected(f'the secret of connection "{connection}" {secret.flaw}; {fill}')
