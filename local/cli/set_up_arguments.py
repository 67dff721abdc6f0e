"""The arguments of the commands that prepare work: the file of a job, a simulator, completion in a shell."""

import argparse
from typing import Any, TypeAlias

from local.cli.shared_arguments import add_json, add_scenario, add_server

Commands: TypeAlias = "argparse._SubParsersAction[Any]"
"""What ``add_subparsers`` returns."""

SHELLS = ("bash", "zsh", "fish")
"""Those for which ``datamart completion`` has a script."""


def add_init(commands: Commands) -> None:
    """``datamart init``."""
    init = commands.add_parser(
        "init",
        help="write the file of a job that loads a datamart, with its prompts filled in",
        description="Write infra/jobs/NAME.json: a job that loads the datamart every day at five, with as much of its "
        "prompts filled in as can be known. Nothing is executed, and no file is replaced without --force.",
        epilog="Without --library-url and --stage it asks the built-in simulator, and P may be left out. Exit code 0: "
        "written, 1: failed, 2: bad usage, or the file exists, 130: stopped by Ctrl-C.",
    )
    init.add_argument("datamart", metavar="DATAMART", help="id, exact name, or path: /Public Objects/Datamarts/City")
    init.add_argument("--project", metavar="P", help="id or exact name of its project")
    init.add_argument("--name", metavar="NAME", help="name of the job; made of the datamart's if left out")
    init.add_argument("--force", action="store_true", help="replace a file of that name")
    add_server(init)
    add_json(init)


def add_simulate(commands: Commands) -> None:
    """``datamart simulate``."""
    simulate = commands.add_parser(
        "simulate",
        help="start the simulator alone, for curl, mstrio-py and other clients",
        description="Start the simulator alone: a MicroStrategy Library server on 127.0.0.1 with datamarts and a "
        "warehouse, for curl, mstrio-py and --library-url of the other commands. It prints its address, its accounts "
        "and lines to paste, and runs until it is stopped; its tables go with it.",
        epilog="Exit code 2: no such scenario, or the port is in use.",
    )
    simulate.add_argument("--port", type=int, default=0, metavar="N", help="port to listen on; a free one if left out")
    add_scenario(simulate)


def add_completion(commands: Commands) -> None:
    """``datamart completion``."""
    completion = commands.add_parser(
        "completion",
        help="print a script that completes commands and options in a shell",
        description="Print a script with which a shell completes the commands, options and files of datamart when Tab "
        "is pressed.",
        epilog='For this session: eval "$(datamart completion bash)" (or zsh), datamart completion fish | source. For '
        "every session put the line into ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish, with the path of datamart.",
    )
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")
