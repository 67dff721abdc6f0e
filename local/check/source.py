"""Where the connection's secret comes from: Secrets Manager, the environment, or the built-in simulator."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.library import Credentials, Server
from functions.run.connection import Secret, credentials_of, flaw_of, secret_of
from local.check.usage import BadUsage
from local.connection import BadConnection, secret_from

WITHOUT_AWS = (
    "Without AWS: --library-url URL with MSTR_USERNAME and MSTR_PASSWORD in the environment, or --simulator to try it."
)


@dataclass(frozen=True)
class Source:
    """A connection as it was found.

    Parameters
    ----------
    name
        Where, in words.
    secret
        Its fields, complete or not; never shown.
    flaw
        What is wrong with them, or None.
    credentials
        Who logs in, or None where that is not known.
    """

    name: str
    secret: Secret = field(repr=False)
    flaw: str | None = None
    credentials: Credentials | None = None

    @property
    def hidden(self) -> tuple[str, ...]:
        """Every value that must never be shown."""
        values = (self.secret.get(name) for name in ("password", "apiToken", "proxy"))
        return tuple(value for value in values if isinstance(value, str))


def of_environment(url: str, environment: Mapping[str, str]) -> Source:
    """The server that was named, with the credentials of ``MSTR_USERNAME`` and the like. Raises BadUsage.

    A URL that is none is left to the check of the URL.
    """
    name = "the environment"
    try:
        Server(url)
    except ValueError:
        return Source(name, {"baseUrl": url})
    try:
        return _judged(name, secret_from(url, environment))
    except BadConnection as problem:
        raise BadUsage(str(problem)) from None


def of_simulator(stack: contextlib.ExitStack) -> Source:
    """A simulator of its own, stopped with ``stack``."""
    from local.simulator import Simulator

    simulator = stack.enter_context(Simulator())
    secret = {"baseUrl": simulator.base_url, "username": simulator.username, "password": simulator.password}
    return _judged("the built-in simulator", secret)


def of_secrets_manager(stage: str, connection: str) -> Source:
    """The secret that the stack made, read with ordinary AWS credentials. Raises BadUsage."""
    name = f"datamart-runner-{stage}/{connection}"
    return _judged(f"secret {name}", secret_of(_read(name, stage)))


def _judged(name: str, secret: Secret | None) -> Source:
    flaw = flaw_of(secret)
    return Source(name, secret or {}, flaw, credentials_of(secret) if secret and not flaw else None)


def _read(name: str, stage: str) -> str | None:
    import boto3  # takes most of a second, and only this source needs it
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=10, read_timeout=10, retries={"total_max_attempts": 2})
    try:
        answer: dict[str, Any] = boto3.client("secretsmanager", config=config).get_secret_value(SecretId=name)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        reason = _REFUSED.get(code, f"Secrets Manager refuses it ({code}).")
    except BotoCoreError as error:
        reason = _NOT_ASKED.get(type(error).__name__, f"Secrets Manager cannot be asked ({type(error).__name__}).")
    else:
        return answer.get("SecretString")
    raise BadUsage(f"the secret {name} cannot be read: {reason.format(name=name, stage=stage)} {WITHOUT_AWS}")


_REFUSED = {
    "ResourceNotFoundException": (
        "it does not exist in this account and region, or it is still empty. Deploy with make deploy STAGE={stage}, "
        "then fill it: aws secretsmanager put-secret-value --secret-id {name} --secret-string file://connection.json."
    ),
    "AccessDeniedException": (
        "your AWS identity needs secretsmanager:GetSecretValue on it (and kms:Decrypt where the stage has its own key)."
    ),
    "ExpiredTokenException": "your AWS credentials have expired; sign in again.",
    "UnrecognizedClientException": "AWS does not know your credentials; sign in again, or set AWS_PROFILE.",
    "InvalidSignatureException": "AWS does not accept your credentials; sign in again, or set AWS_PROFILE.",
}
"""What to do, by Secrets Manager's own error."""

_NOT_ASKED = {
    "NoCredentialsError": "there are no AWS credentials; sign in, or set AWS_PROFILE.",
    "PartialCredentialsError": "the AWS credentials are incomplete; sign in, or set AWS_PROFILE.",
    "NoRegionError": "no region is set; set AWS_DEFAULT_REGION to that of the stack.",
    "ProfileNotFound": "AWS_PROFILE names a profile that does not exist.",
    "TokenRetrievalError": "the AWS sign-in has expired; sign in again.",
    "UnauthorizedSSOTokenError": "the AWS sign-in has expired; sign in again.",
    "SSOTokenLoadError": "the AWS sign-in has expired; sign in again.",
    "EndpointConnectionError": "Secrets Manager cannot be reached; check AWS_DEFAULT_REGION and the network.",
}
"""What to do, where it did not get as far as Secrets Manager."""
