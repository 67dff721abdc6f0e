"""Open a session on the server with the connection's credentials: the only function that may read a secret."""

import json
import os
from typing import Any

from aws_lambda_powertools.utilities import parameters

from functions.library import Client, Credentials, CredentialsRejected, LibraryError, Server, SessionLost
from functions.run.access import Access
from functions.run.errors import RunAlreadyEnded
from functions.step import Answer, Step, step
from functions.telemetry import logger

SECONDS_CACHED = 900
"""How long a secret is reused without asking Secrets Manager again."""

LOST_LOG_INS = 2
"""A log-in whose answer was lost may have left a session behind; after the second one of a run it is not repeated."""

NEEDED = {1: ("username", "password"), 16: ("username", "password"), 4096: ("apiToken",), 8: ()}
"""The secret's fields that each login mode needs (contract 2.1)."""

KNOWN = ("baseUrl", "loginMode", "username", "password", "apiToken", "caBundle", "proxy")


@step
def handler(step: Step) -> Answer:
    """Log in and keep the session in the run table.

    Raises CredentialsRejected, ServerUnavailable (safe to repeat), SessionLost (two answers lost),
    RunAlreadyEnded (the run was closed meanwhile: what was opened is logged out again).
    """
    step.run.begin_attempt()
    if step.run.access is not None:
        return {}  # an earlier invocation of this step got as far as this
    secret = _secret(step.run.item["connection"])
    server = Server(secret["baseUrl"], ca_bundle=secret.get("caBundle"), proxy=secret.get("proxy"))
    client = Client(server, budget=step.budget)
    try:
        session = client.log_in(_credentials(secret))
    except LibraryError as error:
        if error.delivery == "unknown":
            _count_lost(step)
        raise
    try:
        step.run.store(session=Access(server, session).to_json())
    except RunAlreadyEnded:
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


def _secret(connection: str) -> dict[str, Any]:
    arn: str = json.loads(os.environ["SECRETS"])[connection]
    fill = f"fill it with: aws secretsmanager put-secret-value --secret-id {arn} --secret-string file://connection.json"
    try:
        text = parameters.get_secret(arn, max_age=SECONDS_CACHED)
    except parameters.GetParameterError as error:
        if "ResourceNotFoundException" not in str(error):
            raise
        raise CredentialsRejected(f'the secret of connection "{connection}" is empty; {fill}') from None
    try:
        secret = json.loads(text)
    except ValueError:
        secret = None
    if not isinstance(secret, dict):
        raise CredentialsRejected(f'the secret of connection "{connection}" is not a JSON object; {fill}')
    if problem := _problem(secret):
        raise CredentialsRejected(f'the secret of connection "{connection}" {problem}; {fill}')
    return secret


def _problem(secret: dict[str, Any]) -> str | None:
    """What is wrong with the secret's fields, without a word of what they hold."""
    mode = secret.get("loginMode", 1)
    if mode not in NEEDED:
        return f"has a loginMode that is none of {', '.join(map(str, NEEDED))}"
    missing = [name for name in ("baseUrl", *NEEDED[mode]) if not isinstance(secret.get(name), str)]
    if missing:
        return f"lacks {', '.join(missing)} (for loginMode {mode}, each a string)"
    unknown = sorted(set(secret) - set(KNOWN))
    return f"has the unknown field {unknown[0]}; known are {', '.join(KNOWN)}" if unknown else None


def _credentials(secret: dict[str, Any]) -> Credentials:
    return Credentials(
        login_mode=secret.get("loginMode", 1),
        username=secret.get("username", ""),
        password=secret.get("password", ""),
        api_token=secret.get("apiToken", ""),
    )
