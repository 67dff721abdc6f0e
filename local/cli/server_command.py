"""The frame of a command that reads from a Library server and executes nothing: session, notes, errors, signals."""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from rich.console import Console

from functions.errors import CredentialsRejected, LibraryError
from functions.microstrategy import Client, Server
from local import signals
from local.cli.console import console_for
from local.cli.endings import SUCCEEDED, Ending, failed, finish
from local.errors import CannotGoOn
from local.server_access.ca_bundle import authorities_of
from local.server_access.connection import Source, of_environment, of_simulator
from local.server_access.redacted import Redactor
from local.server_access.secrets_manager import of_secrets_manager
from local.server_access.sessions import Sessions
from local.server_access.stage import settings_for

TUTORIAL = "MicroStrategy Tutorial"
"""The simulator's project, which is the default."""

WITHOUT_AWS = (
    "Without AWS: --library-url URL with MSTR_USERNAME and MSTR_PASSWORD in the environment, "
    "or neither of the two to try it on the built-in simulator."
)

OnNote = Callable[[str], None]


class Report(Protocol):
    """What the command has read."""

    def as_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""


Found = TypeVar("Found", bound=Report)

Read = Callable[[Client, OnNote], Found]
"""Reads it in a session; called with what takes notes. Raises LibraryError, CannotGoOn."""


def read_from_server(
    command: str,
    arguments: argparse.Namespace,
    reader: Callable[[Console], Read[Found]],
    show: Callable[[Console, Found, list[str]], None],
    alone: Callable[[Found], str] | None = None,
) -> int:
    """Read from the server that the arguments name, show it, and return the exit code.

    0 shown, 1 failed, 2 bad usage; stopped by a signal it is 130 (Ctrl-C), 143 (SIGTERM) or 129 (SIGHUP).

    Parameters
    ----------
    command
        Its name.
    arguments
        ``library_url``, ``stage``, ``connection`` and ``json``, and those of the command.
    reader
        Checks the arguments of the command, before anything is opened; raises CannotGoOn.
    show
        Prints what was read, and the notes.
    alone
        What standard output gets, for a file; the rest then goes to standard error.
    """
    console = console_for(sys.stderr if arguments.json or alone is not None else sys.stdout)
    redactor, notes, lost = Redactor(), list[str](), list[str]()
    try:
        found = _read(arguments, reader(console), redactor, notes, lost)
    except CannotGoOn as problem:
        ending = failed(command, problem, str(problem))
    except LibraryError as problem:
        ending = failed(command, problem, f"{redactor(str(problem))}.", _shown(notes))
    except KeyboardInterrupt as problem:
        with signals.deferred():
            closed = lost[0] if lost else "What it had opened on the server is closed."
            cause = f"Stopped by {signals.stopped_by()}. {closed}"
            return finish(failed(command, problem, cause, _shown(notes)), arguments.json)
    except Exception as problem:
        # The error's own text may quote anything, so only its class is shown.
        ending = failed(command, problem, "This is an error of the command's own.", _shown(notes))
    else:
        show(console, found, notes)
        ending = Ending(SUCCEEDED, found.as_json(), shown=() if alone is None else tuple(alone(found).splitlines()))
    return finish(ending, arguments.json)


def is_simulated(arguments: argparse.Namespace) -> bool:
    """Whether the server is the built-in simulator."""
    return arguments.library_url is None and arguments.stage is None


def _shown(notes: list[str]) -> tuple[str, ...]:
    return tuple(f"Note: {note}" for note in notes)


def _read(
    arguments: argparse.Namespace, read: Read[Found], redactor: Redactor, notes: list[str], lost: list[str]
) -> Found:
    """Fills ``notes``, and ``lost`` with the notes about sessions that could not be closed."""
    with contextlib.ExitStack() as stack:
        source = _source(arguments, stack)
        redactor.add(*source.secret_values)
        if source.url_problem is not None:
            raise CannotGoOn(f"--library-url: the address {source.url_problem}.")
        if source.credentials is None:
            raise CredentialsRejected(f"{source.name} {source.flaw}")
        server = Server(source.secret["baseUrl"], source.secret.get("caBundle"), source.secret.get("proxy"))

        def on_note(note: str) -> None:
            notes.append(redactor(note))

        def left(note: str) -> None:
            on_note(note)
            lost.append(redactor(note))

        with Sessions(server, source.credentials, redactor, left) as sessions:
            return read(_logged_in(sessions), on_note)


def _logged_in(sessions: Sessions) -> Client:
    try:
        return sessions.open()
    except LibraryError as error:
        if error.delivery == "unknown":
            error.explain("a session may be left behind until it is idle for too long")
        raise


def _source(arguments: argparse.Namespace, stack: contextlib.ExitStack) -> Source:
    if arguments.connection is not None and arguments.stage is None:
        raise CannotGoOn("--connection needs --stage, in whose settings the connection is. Add --stage.")
    if is_simulated(arguments):
        return of_simulator(stack)
    stack.enter_context(authorities_of(os.environ))
    if arguments.library_url is not None:
        return of_environment(arguments.library_url, os.environ)
    connection = arguments.connection or "default"
    settings_for(arguments.stage, connection)
    return of_secrets_manager(arguments.stage, connection, WITHOUT_AWS)
