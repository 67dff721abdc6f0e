"""``datamart resume``: ends a pause; runs that wait go on at once."""

import argparse

from local.aws.queues import Queues
from local.cli.endings import reported
from local.cli.pause import STOPPED, Report, show


def resume(arguments: argparse.Namespace) -> int:
    """End a pause, list what is still paused, and return the exit code.

    0 resumed, or not paused; 2 bad usage, or AWS refuses; 130 Ctrl-C.

    Parameters
    ----------
    arguments
        ``name``, ``stage`` and ``json``, as local/cli/arguments.py parses them.
    """
    report = Report()
    return reported(lambda: _resume(arguments, report), report, STOPPED, arguments.json)


def _resume(arguments: argparse.Namespace, report: Report) -> None:
    queues = Queues(arguments.stage)
    queues.resume(queues.named(arguments.name))
    show(queues, report, arguments.json)
