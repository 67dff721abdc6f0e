"""The connection as it was found: in the environment or as that of the built-in simulator."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.library import Credentials, Server
from functions.run.connection import Secret, credentials_of, flaw_of
from local.connection import BadConnection, secret_from
from local.source.usage import BadUsage


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
        return judged(name, secret_from(url, environment))
    except BadConnection as problem:
        raise BadUsage(str(problem)) from None


def of_simulator(stack: contextlib.ExitStack) -> Source:
    """A simulator of its own, stopped with ``stack``."""
    from local.simulator import Simulator

    simulator = stack.enter_context(Simulator())
    secret = {"baseUrl": simulator.base_url, "username": simulator.username, "password": simulator.password}
    return judged("the built-in simulator", secret)


def judged(name: str, secret: Secret | None) -> Source:
    """The source with that secret, complete or not."""
    flaw = flaw_of(secret)
    return Source(name, secret or {}, flaw, credentials_of(secret) if secret and not flaw else None)
