"""``datamart prompts``: shows the prompts of a datamart without executing it."""

import argparse

from rich.console import Console

from local.cli.prompts_arguments import project_of, wanted
from local.cli.prompts_output import request_of, show, show_prompts
from local.cli.server_command import Read, read_from_server
from local.server_access.datamart_prompts import Asked, ask


def prompts(arguments: argparse.Namespace) -> int:
    """Show the datamart's prompts and return the exit code."""

    def reader(console: Console) -> Read[Asked]:
        asked_for = wanted(project_of(arguments), arguments.datamart)
        return lambda client, on_note: ask(client, asked_for, on_note)

    if arguments.request:
        return read_from_server("prompts", arguments, reader, show_prompts, request_of)
    return read_from_server("prompts", arguments, reader, show)
