"""``datamart prompts``: shows the prompts of a datamart without executing it."""

import argparse
import contextlib
import os
import sys
from typing import Any

from functions.errors import CredentialsRejected, LibraryError
from functions.microstrategy import Client, Server
from local import signals
from local.cli.console import console_for
from local.cli.endings import SUCCEEDED, Ending, failed, finish
from local.cli.prompts_arguments import wanted
from local.cli.prompts_output import show as show_asked
from local.errors import CannotGoOn
from local.server_access.ca_bundle import authorities_of
from local.server_access.connection import Source, of_environment, of_simulator
from local.server_access.datamart_prompts import Asked, ask
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


def prompts(arguments: argparse.Namespace) -> int:
    """Show the datamart's prompts and return the exit code: 0 shown, 1 failed, 2 bad usage.

    Stopped by a signal it is 130 (Ctrl-C), 143 (SIGTERM) or 129 (SIGHUP).
    """
    console = console_for(sys.stderr if arguments.json else sys.stdout)
    redactor, notes, lost = Redactor(), list[str](), list[str]()
    try:
        asked = _asked(arguments, redactor, notes, lost)
    except CannotGoOn as problem:
        ending = failed("prompts", problem, str(problem))
    except LibraryError as problem:
        ending = failed("prompts", problem, f"{redactor(str(problem))}.", _shown(notes))
    except KeyboardInterrupt as problem:
        with signals.deferred():
            closed = lost[0] if lost else "What it had opened on the server is closed."
            cause = f"Stopped by {signals.stopped_by()}. {closed}"
            return finish(failed("prompts", problem, cause, _shown(notes)), arguments.json)
    except Exception as problem:
        # The error's own text may quote anything, so only its class is shown.
        ending = failed("prompts", problem, "This is an error of the command's own.", _shown(notes))
    else:
        show_asked(console, asked, notes)
        ending = Ending(SUCCEEDED, asked.as_json())
    return finish(ending, arguments.json)


def _shown(notes: list[str]) -> tuple[str, ...]:
    return tuple(f"Note: {note}" for note in notes)


def _asked(arguments: argparse.Namespace, redactor: Redactor, notes: list[str], lost: list[str]) -> Asked:
    asked_for = wanted(_project(arguments), arguments.datamart)
    with contextlib.ExitStack() as stack:
        source = _source(arguments, stack)
        redactor.add(*source.secret_values)
        return _ask(source, asked_for, redactor, notes, lost)


def _ask(source: Source, asked_for: dict[str, Any], redactor: Redactor, notes: list[str], lost: list[str]) -> Asked:
    """Fills ``notes``, and ``lost`` with the notes about sessions that could not be closed."""
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
        return ask(_logged_in(sessions), asked_for, on_note)


def _logged_in(sessions: Sessions) -> Client:
    try:
        return sessions.open()
    except LibraryError as error:
        if error.delivery == "unknown":
            error.explain("a session may be left behind until it is idle for too long")
        raise


def _project(arguments: argparse.Namespace) -> str:
    if arguments.project is not None:
        return str(arguments.project)
    if arguments.library_url is None and arguments.stage is None:
        return TUTORIAL
    raise CannotGoOn("--project is missing: the id or the exact name of the datamart's project.")


def _source(arguments: argparse.Namespace, stack: contextlib.ExitStack) -> Source:
    if arguments.connection is not None and arguments.stage is None:
        raise CannotGoOn("--connection needs --stage, in whose settings the connection is. Add --stage.")
    if arguments.library_url is None and arguments.stage is None:
        return of_simulator(stack)
    stack.enter_context(authorities_of(os.environ))
    if arguments.library_url is not None:
        return of_environment(arguments.library_url, os.environ)
    connection = arguments.connection or "default"
    settings_for(arguments.stage, connection)
    return of_secrets_manager(arguments.stage, connection, WITHOUT_AWS)
