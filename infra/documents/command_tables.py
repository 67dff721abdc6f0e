"""The arguments of each command of ``datamart``, from the parser of the command line."""

import argparse

from infra.documents.markdown import code, table
from local.cli.arguments import command_line


def commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, by the command's name."""
    (group,) = (one for one in command_line()._actions if isinstance(one, argparse._SubParsersAction))
    return dict(group.choices)


def argument_table(command: str) -> str:
    """A row for each argument of a command."""
    actions = [action for action in commands()[command]._actions if action.dest != "help"]
    return table(("argument", "meaning"), [(code(_called(action)), str(action.help)) for action in actions])


def _called(action: argparse.Action) -> str:
    """As it is typed: ``--port N``, ``[EVENT_FILE ...]``, ``JOB``."""
    word = str(action.metavar or action.dest.upper())
    if not action.option_strings:
        return {"?": f"[{word}]", "*": f"[{word} ...]"}.get(str(action.nargs), word)
    name = action.option_strings[-1]
    return name if action.nargs == 0 else f"{name} {word}"
