"""A run of this computer is repeated on the server that it ran on, and on no other one."""

import argparse
from shlex import quote

from local.cli.earlier import Earlier
from local.errors import CannotGoOn
from local.history.details import SIMULATOR
from local.report.sentence import on_server


def check_same_server(earlier: Earlier, arguments: argparse.Namespace) -> None:
    """Refuse another server: its tables are others, and what is done there would count as done. Raises CannotGoOn.

    An entry of an older release names no server: it runs on any. An address that is invalid is left to who reads it.
    """
    asked = SIMULATOR if arguments.library_url is None else _base_url(arguments.library_url)
    if None in (earlier.server, asked) or earlier.server == asked:
        return
    there = None if earlier.server == SIMULATOR else earlier.server
    command = f"datamart rerun {quote(earlier.id)}{_options(arguments)}{on_server(there)}"
    raise CannotGoOn(
        f"{earlier.id} ran on {_named(earlier.server)}, and would now run on {_named(asked)}, whose tables are others. "
        f"To run it there, run its file. To repeat it where it ran, type: {command}"
    )


def _base_url(written: str) -> str | None:
    """The address as the history has it; None for one that is invalid."""
    from functions.requests.connection_secret.base_url import base_url  # they import the client of the Library server
    from functions.requests.connection_secret.problem import InvalidSecret

    try:
        return base_url(written)
    except InvalidSecret:
        return None


def _options(arguments: argparse.Namespace) -> str:
    """Those that say what is repeated, as they were typed."""
    follow_ups = " --follow-ups" if arguments.follow_ups else ""
    force = "" if arguments.force is None else " --force"
    accept = " --accept" if arguments.accept else ""
    return f"{follow_ups}{force}{_names(arguments.force)}{accept}{_names(arguments.accept)}"


def _names(given: list[str] | None) -> str:
    return f" {quote(','.join(given))}" if given else ""


def _named(server: str | None) -> str:
    return "the built-in simulator" if server == SIMULATOR else str(server)
