"""``datamart run``: runs a datamart on this machine."""

import argparse
import contextlib
import os
import sys
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from local import signals
from local.cli import run_output
from local.cli.console import console_for
from local.cli.dialogue import from_json
from local.cli.endings import Ending, finish, not_begun, of_run
from local.clock import Clock, StandingClock
from local.errors import CannotGoOn
from local.outcome import Outcome
from local.server_access.ca_bundle import authorities_of
from local.server_access.environment import BadConnection, secret_from
from local.synth import SynthFailed, template_path

LARGEST_EVENT = 256 * 1024
"""Bytes: what Step Functions takes as an execution's input."""


def run(arguments: argparse.Namespace) -> int:
    """Run the event and return the exit code: 0 succeeded, 1 failed, 2 bad usage or request.

    Stopped by a signal it is 130 (Ctrl-C), 143 (SIGTERM) or 129 (SIGHUP). A signal is deferred while the outcome
    is printed; before that it interrupts the preparation, and stops the run itself.
    """
    stream = sys.stderr if arguments.json else sys.stdout
    with signals.deferred():
        code = finish(_ended(arguments, stream), arguments.json)
        signals.settled()
    return code


def _ended(arguments: argparse.Namespace, stream: TextIO) -> Ending:
    console = console_for(stream)
    try:
        return of_run(_run(arguments, console, stream))
    except CannotGoOn as problem:
        return of_run(*not_begun(problem))
    except signals.Stopped:
        from local.cli.left_on_server import end_of_stopped  # imports boto3, which no wrong usage waits for

        outcome = Outcome("", "ABORTED", None, end_of_stopped(None, signals.stopped_by()))
        run_output.show_outcome(console, outcome)
        return of_run(outcome)


def _run(arguments: argparse.Namespace, console: Console, stream: TextIO) -> Outcome:
    clock = _clock(arguments)
    with contextlib.ExitStack() as stack:
        with signals.interruptible():
            request = _request(arguments.event_file)
            secret, simulator = _server(arguments, clock, stack)
            try:
                template = template_path()
            except SynthFailed as problem:
                raise CannotGoOn(f"the stack cannot be synthesized: {problem}") from None
            from local.cli import watched_run  # takes seconds to import, which no wrong usage waits for

        outcome = watched_run.watched_run(
            watched_run.Emulated(template, secret, clock, arguments.max_wait, arguments.library_url is not None),
            request,
            arguments.event_file,
            stream,
        )
        run_output.show_outcome(console, outcome)
        if simulator is not None:
            run_output.show_requests(console, simulator.state()["requests"])
            if outcome.status == "SUCCEEDED" and outcome.output and (table := outcome.output["target"]["table"]):
                run_output.show_rows(console, table, simulator.rows(table, run_output.ROWS))
    return outcome


def _clock(arguments: argparse.Namespace) -> Clock:
    """A standing clock if every wait is skipped, but not with a real server, whose jobs age in real time."""
    return StandingClock() if arguments.max_wait == 0 and arguments.library_url is None else Clock()


def _request(path: Path) -> Any:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise CannotGoOn(f"{path}: cannot be read ({problem.strerror}).") from None
    if len(content) > LARGEST_EVENT:
        raise CannotGoOn(f"{path}: has {len(content)} bytes; an execution's input may have {LARGEST_EVENT}.")
    try:
        return from_json(content)
    except (ValueError, RecursionError) as problem:
        raise CannotGoOn(f"{path}: is not JSON ({problem}).") from None


def _server(arguments: argparse.Namespace, clock: Clock, stack: contextlib.ExitStack) -> tuple[dict[str, Any], Any]:
    """The connection's secret, and the simulator that it leads to unless a real Library was named."""
    if arguments.library_url is not None:
        try:
            stack.enter_context(authorities_of(os.environ))
            return secret_from(arguments.library_url, os.environ), None
        except BadConnection as problem:
            raise CannotGoOn(str(problem)) from None
    from local.simulator import Simulator

    try:
        simulator = stack.enter_context(Simulator(scenario=arguments.scenario, clock=clock.now))
    except ValueError as problem:
        raise CannotGoOn(f"--scenario: {problem}") from None
    secret = {"baseUrl": simulator.base_url, "username": simulator.username, "password": simulator.password}
    return secret, simulator
