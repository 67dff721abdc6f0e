"""``datamart completion``: a script with which a shell completes commands, options, files and scenarios."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import shtab

from local.cli.arguments import command_line
from local.cli.endings import SUCCEEDED, Ending, finish
from local.simulator.scenarios import SCENARIOS

FILES = ("FILE", "JOB", "BATCH")
"""Arguments that may be a file: what else they may be is not known when the script is made."""


def completion(arguments: argparse.Namespace) -> int:
    """Print the script of the shell and return the exit code."""
    parser = command_line()
    for action in _arguments_of(parser):
        if isinstance(action, argparse._SubParsersAction):
            for listed in action._choices_actions:  # a list of commands has room for a line each
                action.choices[listed.dest].description = listed.help
        if action.type is Path or action.metavar in FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        if "--scenario" in action.option_strings:
            action.choices = list(SCENARIOS)
    return finish(Ending(SUCCEEDED, shown=tuple(shtab.complete(parser, arguments.shell).splitlines())))


def _arguments_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Those of the command line and of every command."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _arguments_of(command)
