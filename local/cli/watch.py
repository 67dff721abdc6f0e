"""``datamart watch``: follows a run or batch to its end that somebody else, or another terminal, has started."""

import argparse
import sys
import time

from local.aws.execution import Wait
from local.aws.found_execution import FoundExecution, find_execution
from local.cli.deployed_run import follow_deployed
from local.cli.endings import finish, not_found, of_followed_run
from local.cli.watch_here import follow_here
from local.errors import CannotGoOn
from local.history.files import Files
from local.history.history import RUNNING, STATUSES
from local.history.running_here import RunningHere

STAGE = "dev"
"""Where an ID is looked for, if nothing says where."""

ELSEWHERE = "Nor does it run on this computer: datamart runs --status running lists what does."


def watch(arguments: argparse.Namespace, wait: Wait = time.sleep) -> int:
    """Follow the execution, and return the exit code: that of ``datamart start``.

    0 succeeded, 1 failed or stopped, 2 unknown run, or contact lost; 130, 143 or 129 no longer followed after Ctrl-C,
    SIGTERM or SIGHUP: these end the following and not the run.

    Parameters
    ----------
    arguments
        ``run``, ``stage`` and ``json``, as local/cli/arguments.py parses them.
    wait
        Lets so many seconds pass.
    """
    stream = sys.stderr if arguments.json else sys.stdout
    try:
        if arguments.stage is None and (record := RunningHere(files := Files()).find(arguments.run)) is not None:
            if record.status != STATUSES[RUNNING]:
                raise CannotGoOn(f"{record.id} ran on this computer and has ended: datamart show {record.id} shows it.")
            return finish(of_followed_run(follow_here(record, files, stream, wait)), arguments.json)
        found = _found(arguments.run, arguments.stage)
        ending = of_followed_run(follow_deployed(found.stack, found.arn, stream, wait))
    except CannotGoOn as problem:
        ending = of_followed_run(*not_found(problem))
    return finish(ending, arguments.json)


def _found(run: str, stage: str | None) -> FoundExecution:
    """Raises CannotGoOn where the execution is not known."""
    try:
        return find_execution(run, stage or STAGE)
    except CannotGoOn as problem:
        if stage is not None or run.startswith("arn:"):
            raise
        raise CannotGoOn(f"{problem} {ELSEWHERE}") from None
