"""A connection from the environment, or of the built-in simulator."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.microstrategy import Credentials
from functions.requests.connection import ConnectionSecret, Secret, judge
from functions.requests.connection_secret.base_url import base_url
from functions.requests.connection_secret.fields import FIELDS
from functions.requests.connection_secret.problem import InvalidSecret
from local.errors import CannotGoOn
from local.server_access.environment import BadConnection, secret_from


@dataclass(frozen=True)
class Source:
    """A connection as it was found.

    Parameters
    ----------
    name
        Where, in words.
    secret
        Its valid fields; never shown.
    flaw
        What is wrong with the other fields, or None.
    url_problem
        Why the address is not valid, if it was given apart from the secret; or None.
    credentials
        The account, or None if it is not known.
    """

    name: str
    secret: Secret = field(repr=False)
    flaw: str | None = None
    credentials: Credentials | None = None
    url_problem: str | None = None

    @property
    def secret_values(self) -> tuple[str, ...]:
        """Every value that must never be shown."""
        values = (self.secret.get(name) for name, field in FIELDS.items() if field.is_secret)
        return tuple(value for value in values if isinstance(value, str))


def of_environment(url: str, environment: Mapping[str, str]) -> Source:
    """The server that was named, with the credentials of ``MSTR_USERNAME`` and the like. Raises CannotGoOn.

    An invalid address is reported by the check of the address.
    """
    name = "the environment"
    try:
        base_url(url)
    except InvalidSecret as problem:
        return Source(name, {}, url_problem=str(problem))
    try:
        return judged(name, judge(secret_from(url, environment)))
    except BadConnection as problem:
        raise CannotGoOn(str(problem)) from None


def of_simulator(stack: contextlib.ExitStack) -> Source:
    """A simulator of its own, stopped with ``stack``."""
    from local.simulator import Simulator

    simulator = stack.enter_context(Simulator())
    secret = {"baseUrl": simulator.base_url, "username": simulator.username, "password": simulator.password}
    return judged("the built-in simulator", judge(secret))


def judged(name: str, secret: ConnectionSecret) -> Source:
    """The source with that secret, complete or not."""
    return Source(name, secret.fields, secret.flaw, None if secret.flaws else secret.credentials)
