"""Arguments that several commands have."""

import argparse


def add_json(command: argparse._ActionsContainer) -> None:
    """The option of every command that ends with a report."""
    command.add_argument("--json", action="store_true", help="print one JSON object on standard output")


def add_json_or_csv(command: argparse.ArgumentParser) -> None:
    """The options of the commands that run batches, too."""
    output = command.add_mutually_exclusive_group()
    add_json(output)
    output.add_argument(
        "--csv", action="store_true", help="of a batch: print a header and a line for each item on standard output"
    )


def add_reason(command: argparse.ArgumentParser) -> None:
    """The option of the commands that start something in the name of a person."""
    command.add_argument("--reason", metavar="TEXT", help="why it is started, for those who look at its history")


def add_server(command: argparse.ArgumentParser) -> None:
    """The options of the commands that read from a server: a named one, or that of a stage."""
    server = command.add_mutually_exclusive_group()
    server.add_argument("--library-url", metavar="URL", help="this server, with MSTR_USERNAME and so on")
    server.add_argument("--stage", metavar="S", help="the server of this stage's connection, with its secret in AWS")
    command.add_argument("--connection", metavar="C", help="another connection of the stage than default")


def add_scenario(command: argparse._ActionsContainer) -> None:
    """The option of the commands that start a simulator."""
    command.add_argument(
        "--scenario",
        default="default",
        metavar="NAME",
        help="how the simulator behaves where the API leaves it open or a server misbehaves, such as fails-as-18 or "
        "too-many-users; an unknown name lists all",
    )
