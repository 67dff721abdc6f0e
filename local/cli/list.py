"""``datamart list``: shows the datamarts of a server, what each writes and what it asks, without executing any."""

import argparse

from rich.console import Console
from rich.text import Text

from functions.microstrategy import Client
from local.cli.list_output import Listing, show
from local.cli.server_command import TUTORIAL, OnNote, Read, is_simulated, read_from_server
from local.errors import CannotGoOn
from local.server_access.datamart_list import datamarts_in


def list(arguments: argparse.Namespace) -> int:
    """Show the datamarts and return the exit code."""

    def reader(console: Console) -> Read[Listing]:
        project = arguments.project or (TUTORIAL if is_simulated(arguments) else None)
        if arguments.folder is not None and project is None:
            raise CannotGoOn("--folder needs --project, in which the folder is. Add --project.")

        def read(client: Client, on_note: OnNote) -> Listing:
            with console.status("reading …") as status:

                def on_progress(number: int, of: int) -> None:
                    status.update(Text(f"reading {number + 1} of {of} …"))

                return Listing(datamarts_in(client, project, arguments.folder, on_note, on_progress))

        return read

    return read_from_server("list", arguments, reader, show)
