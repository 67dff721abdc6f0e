"""``datamart run``: one run on this machine, from the event file to the exit code."""

import argparse
import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local import show
from local.connection import BadConnection, secret_from
from local.outcome import Outcome
from local.synth import SynthFailed, template_path
from local.twin import Clock, NothingStarts, Twin, is_delivered

LARGEST_EVENT = 256 * 1024
"""Bytes: what Step Functions takes as an execution's input."""

EXIT = {"SUCCEEDED": 0, "ABORTED": 130}


class BadUsage(Exception):
    """What was asked for cannot be run; the text says why in one line."""


def run(arguments: argparse.Namespace) -> int:
    """Run the event and return the exit code: 0 succeeded, 1 failed, 2 bad usage or request, 130 stopped."""
    stream = sys.stderr if arguments.json else sys.stdout
    try:
        outcome = _run(arguments, show.console_for(stream), stream)
    except BadUsage as problem:
        show.say(f"datamart: {problem}")
        outcome = Outcome("", "FAILED", "InvalidRequest", f"Loaded: no. {problem}")
    if arguments.json:
        sys.stdout.write(json.dumps(_as_json(outcome), ensure_ascii=False) + "\n")
    if outcome.error == "InvalidRequest":
        return 2
    return EXIT.get(outcome.status, 1)


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "status": outcome.status,
        "error": outcome.error,
        "cause": outcome.cause,
        "output": outcome.output,
        "states": outcome.states,
    }


def _run(arguments: argparse.Namespace, console: Any, stream: Any) -> Outcome:
    request = _request(arguments.event_file)
    try:
        template = template_path()
    except SynthFailed as problem:
        raise BadUsage(f"the stack cannot be synthesized: {problem}") from None
    clock = Clock()
    with contextlib.ExitStack() as stack:
        secret, simulator = _server(arguments, clock, stack)
        twin = stack.enter_context(
            Twin(template, secrets={"default": secret}, clock=clock, max_wait=arguments.max_wait)
        )
        with show.Progress(stream) as progress:
            outcome = _outcome_of(twin, _given(twin, arguments.event_file, request), progress)
        show.show_outcome(console, outcome)
        if simulator is not None:
            show.show_requests(console, simulator.state()["requests"])
            if outcome.status == "SUCCEEDED" and outcome.output and (table := outcome.output["target"]["table"]):
                show.show_rows(console, table, simulator.rows(table, show.ROWS))
    return outcome


def _request(path: Path) -> Any:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise BadUsage(f"{path}: cannot be read ({problem.strerror}).") from None
    if len(content) > LARGEST_EVENT:
        raise BadUsage(f"{path}: has {len(content)} bytes; an execution's input may have {LARGEST_EVENT}.")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise BadUsage(f"{path}: is not JSON ({problem}).") from None


def _server(arguments: argparse.Namespace, clock: Clock, stack: contextlib.ExitStack) -> tuple[dict[str, Any], Any]:
    """The connection's secret, and the simulator that it leads to unless a real Library was named."""
    if arguments.library_url is not None:
        try:
            return secret_from(arguments.library_url, os.environ), None
        except BadConnection as problem:
            raise BadUsage(str(problem)) from None
    from local.simulator import Simulator

    try:
        simulator = stack.enter_context(Simulator(scenario=arguments.scenario, clock=clock.now))
    except ValueError as problem:
        raise BadUsage(f"--scenario: {problem}") from None
    secret = {"baseUrl": simulator.base_url, "username": simulator.username, "password": simulator.password}
    return secret, simulator


def _given(twin: Twin, file: Path, request: Any) -> list[str]:
    """Start what the file holds: an event by way of its trigger, anything else as an execution's input."""
    if not is_delivered(request):
        try:
            return [twin.start(request)]
        except ValueError as problem:
            raise BadUsage(str(problem)) from None
    try:
        return twin.deliver(request, file.parent / "objects")
    except NothingStarts as problem:
        raise BadUsage(f"{file}: {problem}.") from None


def _outcome_of(twin: Twin, executions: list[str], progress: show.Progress) -> Outcome:
    """How all of them ended: as the first that did not succeed, else as the last; an event may start none."""
    outcome = Outcome("", "SUCCEEDED")
    for execution in executions:
        ended = _follow(twin, execution, progress)
        outcome = ended if outcome.status == "SUCCEEDED" else outcome
    return outcome


def _follow(twin: Twin, execution: str, progress: show.Progress) -> Outcome:
    """Watch; Ctrl-C stops the execution, and what it left on the server is removed before we end."""
    try:
        return twin.wait(execution, progress.entered)
    except KeyboardInterrupt:
        with _not_interrupted():
            show.say("stopping; cleaning up on the server …")
            twin.stop(execution)
            return twin.wait(execution, progress.entered)


@contextlib.contextmanager
def _not_interrupted() -> Iterator[None]:
    """A second Ctrl-C must not break the clean-up that the first one began."""
    before = signal.signal(signal.SIGINT, lambda *_: show.say("still cleaning up …"))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
