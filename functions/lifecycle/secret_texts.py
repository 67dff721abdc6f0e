"""The texts of connections' secrets, each reused for some minutes: a secret is read once a process, not once a run."""

import time
from functools import cache
from typing import Any

from functions.aws_clients import new_client

SECONDS_CACHED = 900
"""How long a secret is reused without asking Secrets Manager again."""

_known: dict[str, tuple[float, str]] = {}


def secret_text(arn: str, anew: bool = False) -> str:
    """What a secret holds, at most SECONDS_CACHED old; ``anew``: as it is now. Raises ClientError, BotoCoreError."""
    read_at, text = _known.get(arn, (0.0, ""))
    if anew or arn not in _known or time.monotonic() - read_at >= SECONDS_CACHED:
        found = secrets_manager().get_secret_value(SecretId=arn)
        text = found["SecretString"] if "SecretString" in found else found["SecretBinary"].decode("utf-8", "replace")
        _known[arn] = (time.monotonic(), text)
    return text


def clear_secrets() -> None:
    """Read each secret again when it is next needed."""
    _known.clear()


@cache
def secrets_manager() -> Any:
    """The client of Secrets Manager."""
    return new_client("secretsmanager")
