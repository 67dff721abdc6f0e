"""Starts a run or a batch in the AWS account, and follows one that anybody has started."""

import uuid
from dataclasses import replace
from typing import Any, TextIO

from rich.console import Console

from functions.names import execution_arn, execution_name, is_batch
from functions.notifications import commands
from functions.notifications.console_link import console_link
from functions.requests.started import KEY, Started
from local.aws import Stack, in_plain_words
from local.aws.batches import StageBatches
from local.aws.execution import Wait, begin, follow
from local.aws.stack import HISTORY
from local.cli import run_output
from local.cli.batch_files import NAME
from local.cli.batch_progress import BatchProgress
from local.cli.batch_watch import BatchWatch
from local.cli.console import console_for
from local.cli.endings import LOST
from local.cli.input_files import starts_batch
from local.cli.progress import Progress
from local.cli.terminal import say
from local.errors import CannotGoOn
from local.outcome import Outcome
from local.report.so_far import StepsSoFar

NOT_FOLLOWED = "Loaded: unknown. Not followed any more; the run goes on."


def run_deployed(stack: Stack, given: dict[str, Any], started: Started, stream: TextIO, wait: Wait) -> Outcome:
    """Start an execution with the input ``given``, show its states and its outcome on ``stream``, and return that.

    ``started`` is who starts it, and why. Raises CannotGoOn: it was not started.
    """
    machine, name = _execution(stack, given)
    try:
        _begin(console_for(stream), machine, name, _told(stack, given, started, name))
    except KeyboardInterrupt:  # AWS may have got it
        return _shown(stack, Outcome(execution_arn(machine, name), "RUNNING", None, NOT_FOLLOWED), stream)
    return follow_deployed(stack, execution_arn(machine, name), stream, wait)


def started_run(stack: Stack, given: dict[str, Any], started: Started, stream: TextIO) -> Outcome:
    """Start an execution as :func:`run_deployed` does, and follow it not."""
    machine, name = _execution(stack, given)
    arn, console = execution_arn(machine, name), console_for(stream)
    _begin(console, machine, name, _told(stack, given, started, name))
    console.print(f"Console: {console_link(arn)}", soft_wrap=True)
    return Outcome(arn, "RUNNING")


def follow_deployed(stack: Stack, arn: str, stream: TextIO, wait: Wait) -> Outcome:
    """Show an execution to its end, its states or the items of a batch, and return its outcome.

    Ctrl-C ends the following and not the run.
    """
    try:
        outcome = _followed(stack, arn, stream, wait)
    except KeyboardInterrupt:
        outcome = Outcome(arn, "RUNNING", None, NOT_FOLLOWED)
    return _shown(stack, _with_items(stack, outcome) if is_batch(arn) else outcome, stream)


def _execution(stack: Stack, given: dict[str, Any]) -> tuple[str, str]:
    """The machine that runs it, and a new name."""
    if starts_batch(given):
        return stack.batch_machine, _name(given.get("batch"), "batch")
    return stack.state_machine, _name(given.get("job"), "request")


def _name(called: Any, otherwise: str) -> str:
    """A new name in the starter's form, within Step Functions' 80 characters."""
    kind = called if isinstance(called, str) and NAME.fullmatch(called) else otherwise
    return execution_name(kind, uuid.uuid4().hex)


def _told(stack: Stack, given: dict[str, Any], started: Started, name: str) -> dict[str, Any]:
    """The input with who starts it; functions of a release without a history would refuse the key."""
    return given | ({KEY: started.as_input(name)} if HISTORY in stack.outputs else {})


def _begin(console: Console, machine: str, name: str, given: dict[str, Any]) -> None:
    with in_plain_words():
        begin(machine, name, given)
    console.print(f"Started {execution_arn(machine, name)}", soft_wrap=True)


def _followed(stack: Stack, arn: str, stream: TextIO, wait: Wait) -> Outcome:
    try:
        with in_plain_words():
            if is_batch(arn):
                return _followed_batch(stack, arn, stream, wait)
            with Progress(stream) as progress:
                so_far = StepsSoFar(arn)
                return follow(
                    arn, progress.of(""), wait, on_events=lambda events: progress.show("", so_far.steps(events))
                )
    except CannotGoOn as problem:
        return Outcome(arn, "RUNNING", LOST, f"Loaded: unknown. The run goes on but cannot be followed: {problem}")


def _followed_batch(stack: Stack, arn: str, stream: TextIO, wait: Wait) -> Outcome:
    with BatchProgress(stream) as progress:
        items = _Items(BatchWatch(StageBatches(stack), arn), progress)
        outcome = follow(arn, progress.of(""), wait, items.look)
        items.look(at_once=True)
        return outcome


class _Items:
    """Shows the items of a batch as they are; where the run table may not be read it says so once."""

    def __init__(self, watch: BatchWatch, progress: BatchProgress) -> None:
        self._watch, self._progress = watch, progress
        self._may_look = True

    def look(self, at_once: bool = False) -> None:
        """Look, and show what has changed."""
        try:
            seen = self._watch.look(at_once) if self._may_look else None
        except CannotGoOn as problem:
            self._may_look = False
            with self._progress.paused():
                say(f"datamart: the items of the batch cannot be shown: {problem}")
            return
        if seen is not None:
            self._progress.show(*seen, self._watch.source.now())


def _with_items(stack: Stack, outcome: Outcome) -> Outcome:
    """The outcome of a batch with a line for each item: Step Functions keeps none of a batch that failed."""
    if outcome.status == "RUNNING" or (outcome.output or {}).get("items") is not None:
        return outcome
    try:
        report = StageBatches(stack).batch_report(outcome.execution_arn)
    except (CannotGoOn, KeyboardInterrupt) as problem:
        say(f"datamart: the items of the batch could not be read: {problem or 'stopped'}.")
        return outcome
    return replace(outcome, output=report or outcome.output)


def _shown(stack: Stack, outcome: Outcome, stream: TextIO) -> Outcome:
    console, arn = console_for(stream), outcome.execution_arn
    run_output.show_outcome(console, outcome)
    if outcome.status == "RUNNING":
        stop = f"aws stepfunctions stop-execution --execution-arn {arn}"
        console.print(f"To stop it: {stop}", soft_wrap=True)
    else:
        console.print(f"To see it: {commands.show(arn)}", soft_wrap=True)
    console.print(f"Console: {console_link(arn)}", soft_wrap=True)
    return outcome
