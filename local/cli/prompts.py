"""``datamart prompts``: shows the prompts of a datamart without executing it."""

import argparse

from rich.console import Console

from local.cli.prompts_arguments import wanted
from local.cli.prompts_output import show
from local.cli.server_command import TUTORIAL, Read, is_simulated, read_from_server
from local.errors import CannotGoOn
from local.server_access.datamart_prompts import Asked, ask


def prompts(arguments: argparse.Namespace) -> int:
    """Show the datamart's prompts and return the exit code."""

    def reader(console: Console) -> Read[Asked]:
        asked_for = wanted(_project(arguments), arguments.datamart)
        return lambda client, on_note: ask(client, asked_for, on_note)

    return read_from_server("prompts", arguments, reader, show)


def _project(arguments: argparse.Namespace) -> str:
    if arguments.project is not None:
        return str(arguments.project)
    if is_simulated(arguments):
        return TUTORIAL
    raise CannotGoOn("--project is missing: the id or the exact name of the datamart's project.")
