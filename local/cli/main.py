"""The command line ``datamart``: parses the arguments and calls the module of the command."""

import argparse
import gc
import importlib
import sys
from collections.abc import Callable
from typing import Any

from local.cli.arguments import command_line
from local.cli.endings import Failure, finish, not_understood, report_of, stopped
from local.cli.process import exits_with


def main() -> None:
    """Parse the arguments, do the work, exit with its code."""
    # Imports produce almost no garbage: the usual threshold would scan all objects again and again.
    gc.set_threshold(100_000)
    words, given = sys.argv[1:], argparse.Namespace()

    def aborted(why: str, left: bool) -> list[dict[str, object]]:
        report = report_of(words[0], Failure(None, why, "unknown" if left else "no"))
        if report is None or "--json" not in words:
            return []
        return [report] * len(getattr(given, "event_files", [""]))

    exits_with(lambda: _main(words, given), aborted)


def _main(words: list[str], given: argparse.Namespace | None = None) -> int:
    """Do the work of the command line; its arguments are put into ``given`` as soon as they are known."""
    parser = command_line()
    if not words:
        parser.print_help(sys.stderr)
        return finish(not_understood(""))
    try:
        arguments = parser.parse_args(words, given)
    except SystemExit as refused:
        if refused.code:
            finish(not_understood(words[0]), "--json" in words)
        raise
    try:
        return _work_of(arguments.command)(arguments)
    except KeyboardInterrupt:
        return finish(stopped(words[0]), "--json" in words)


def _work_of(command: str) -> Callable[[Any], int]:
    """The function of the command's module; imported here, because what a run needs takes seconds to import."""
    name = command.replace("-", "_")
    work: Callable[[Any], int] = getattr(importlib.import_module(f"local.cli.{name}"), name)
    return work


if __name__ == "__main__":
    main()
