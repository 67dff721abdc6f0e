"""``datamart start``: starts a run or a batch in the AWS account and follows it."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from functions import clock
from functions.errors import InvalidRequest
from functions.names import is_batch
from functions.requests.execution_input import moment
from functions.requests.started import Started, Trigger
from local.aws import in_plain_words, stack_of
from local.aws.caller import caller
from local.aws.execution import Wait
from local.cli.batch_files import NAME, batch_names
from local.cli.deployed_run import run_deployed, started_run
from local.cli.endings import finish, not_begun, of_followed_run, of_started_run, with_csv
from local.cli.input_files import input_from, starts_batch
from local.cli.reasons import reason_of
from local.errors import CannotGoOn


def start(arguments: argparse.Namespace, wait: Wait = time.sleep) -> int:
    """Start what ``arguments`` names, follow it, and return the exit code.

    0 succeeded, 1 failed or stopped, 2 invalid request, not started, or contact lost; 130, 143 or 129 no longer
    followed after Ctrl-C, SIGTERM or SIGHUP: these end the following and not the run. A person who watches a
    run of production and closes the terminal does not mean to break it, unlike at ``datamart run``, where there is no
    run without the terminal.

    Parameters
    ----------
    arguments
        ``job``, ``stage``, ``as_of``, ``only``, ``accept``, ``force``, ``first``, ``last``, ``reason``, ``no_wait``,
        ``json`` and ``csv``, as local/cli/arguments.py parses them.
    wait
        Lets so many seconds pass.
    """
    stream = sys.stderr if arguments.json or arguments.csv else sys.stdout
    try:
        given = _input(arguments)
        if arguments.csv and not starts_batch(given):
            raise CannotGoOn(f"--csv: {arguments.job} is not a batch, and only a batch has items to print.")
        if arguments.csv and arguments.no_wait:
            raise CannotGoOn("--csv: the items are printed when they have ended, which --no-wait does not wait for.")
        reason = reason_of(arguments)
        with in_plain_words():
            stack = stack_of(arguments.stage)
        by_person = Started(caller(), _trigger(arguments), reason)
        if arguments.no_wait:
            ending = of_started_run(started_run(stack, given, by_person, stream))
        else:
            ending = of_followed_run(run_deployed(stack, given, by_person, stream, wait))
    except CannotGoOn as problem:
        ending = of_followed_run(*not_begun(problem))
    return finish(with_csv(ending) if arguments.csv else ending, arguments.json)


def _trigger(arguments: argparse.Namespace) -> Trigger:
    return "person" if arguments.first is None else "backfill"


def _input(arguments: argparse.Namespace) -> dict[str, Any]:
    """Of the job by name or file, or of the batch that runs it for a range of days. Raises CannotGoOn."""
    if arguments.first is None and arguments.last is None:
        given = input_of(arguments.job, arguments.as_of, arguments.only)
        return given | _decided(given, arguments)
    if arguments.accept or arguments.force:
        raise CannotGoOn("--from: is not for use with --accept or --force, which are for the rest of an ended batch.")
    if arguments.as_of or arguments.only:
        raise CannotGoOn("--from: is not for use with --as-of or --only: it runs the job for each of its own times.")
    from local.cli.backfill import backfill_of  # reads the files of jobs, which no other start needs

    return backfill_of(arguments.job, arguments.stage, arguments.first, arguments.last, clock.now())


def _decided(given: dict[str, Any], arguments: argparse.Namespace) -> dict[str, Any]:
    """What a person decided on items of an ended batch that may be loaded. Raises CannotGoOn."""
    decided = {key: names for key in ("accept", "force") if (names := getattr(arguments, key))}
    for key in decided:
        if "restartOf" not in given:
            raise CannotGoOn(
                f"--{key}: {arguments.job} is not the rest of an ended batch. Give the ARN of the batch's execution, "
                'or a file with {"restartOf": ARN}.'
            )
        if key in given:
            raise CannotGoOn(f'--{key}: {arguments.job} has "{key}" too; give the names in one of the two places.')
    return decided


def input_of(job: str, as_of: str | None, only: Sequence[str] = ()) -> dict[str, Any]:
    """The execution's input: from the name of a job or batch, the ARN of a batch that has ended, or a file's path.

    ``only`` are names of a batch's items.

    Raises
    ------
    CannotGoOn
        The file cannot be read or is not an input, ``as_of`` is not a time, or there are no items to choose from.
    """
    if NAME.fullmatch(job):
        given = _named(job, is_batch=bool(only))
    elif job.startswith("arn:") and is_batch(job):
        given = {"restartOf": job}
    else:
        given = _from_file(Path(job))
    if only and "batch" not in given:
        raise CannotGoOn(f"--only: {job} does not hold a batch, and only a batch has items to choose from.")
    given |= {"only": list(only)} if only else {}
    if as_of is None:
        return given
    if "job" not in given and "batch" not in given:
        raise CannotGoOn(f"--as-of: {job} holds a request, and only a job has placeholders that a time could fill.")
    try:
        moment(as_of)
    except InvalidRequest:
        raise CannotGoOn(f"--as-of: {as_of!r} is not a time with its offset, such as 2026-11-20T05:00+01:00.") from None
    return given | {"asOf": as_of}


def _named(name: str, *, is_batch: bool) -> dict[str, Any]:
    """A job and a batch of a stage never have the same name: a batch is what has a file among the batches."""
    return {"batch": name} if is_batch or name in batch_names() else {"job": name}


def _from_file(path: Path) -> dict[str, Any]:
    try:
        given = input_from(path.read_bytes(), path)
    except OSError as problem:
        raise CannotGoOn(f"{path}: is neither the name of a job nor a file to read ({problem.strerror}).") from None
    if not isinstance(given, dict):
        raise CannotGoOn(f"{path}: holds neither a request nor a job or batch to start.")
    return given
