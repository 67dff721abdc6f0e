"""``datamart list``: shows the datamarts of a server, what each writes and what it asks, without executing any."""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from functions.microstrategy import Client
from local.cli.list_output import Listing, show
from local.cli.server_command import TUTORIAL, OnNote, Read, is_simulated, read_from_server
from local.errors import CannotGoOn
from local.history.last_runs import last_runs
from local.server_access.datamart_list import ListedDatamart, datamarts_in


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

                found = datamarts_in(client, project, arguments.folder, on_note, on_progress)
                status.update(Text("reading the history …"))
                return Listing(_with_last_runs(found, arguments.stage, on_note))

        return read

    return read_from_server("list", arguments, reader, show)


def _with_last_runs(found: Sequence[ListedDatamart], stage: str | None, on_note: OnNote) -> Sequence[ListedDatamart]:
    """With the last run of each; where the history cannot be read that is a note."""
    try:
        last_run, notes = last_runs(stage)
        for note in notes:
            on_note(note.removeprefix("datamart: "))
        return [replace(each, last=last_run(each.datamart.id)) for each in found]
    except CannotGoOn as problem:
        on_note(f"The last runs cannot be read: {problem}")
        return found
