"""One run on the twin, watched from its start to its end."""

import argparse
import contextlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from local import show
from local.asking import ask_about, show_question
from local.clock import Clock
from local.outcome import Outcome
from local.run_command import BadUsage
from local.twin import NothingStarts, Person, Twin, is_delivered

WAITS = "WaitForNextAttempt"
"""The state in which a run waits that holds nothing: for a server, or for another run."""


def watched_run(
    template: Path, secret: dict[str, Any], clock: Clock, arguments: argparse.Namespace, request: Any, stream: TextIO
) -> Outcome:
    """Run what ``request`` starts against the server of ``secret`` and show its states on ``stream``.

    Raises BadUsage for an event that starts nothing.
    """
    twin = Twin(template, secrets={"default": secret}, clock=clock, max_wait=arguments.max_wait)
    with twin, show.Progress(stream) as progress:
        twin.person = _person(twin, progress)
        return _outcome_of(twin, _given(twin, arguments.event_file, request), progress)


def _person(twin: Twin, progress: show.Progress) -> Person:
    """Whoever sits at the terminal answers what the run asks; without one it waits, as it does where it is deployed."""

    def answers(question: dict[str, Any]) -> None:
        try:
            reply = ask_about(question["prompts"], progress.console, question["refusal"])
        except EOFError:
            twin.decline(question["token"], "nobody answers")
        else:
            twin.reply(question["token"], reply)

    def nobody(question: dict[str, Any]) -> None:
        show_question(progress.console, question["prompts"], question["refusal"])
        show.say(
            "there is no terminal to answer on: the run waits until its askDeadlineHours are over (Ctrl-C stops it)."
        )

    at_a_terminal = sys.stdin.isatty() and progress.console.is_terminal

    def person(question: dict[str, Any]) -> None:
        with progress.paused():
            (answers if at_a_terminal else nobody)(question)

    return person


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

    def entered(state: str, at: float) -> None:
        progress.entered(state, at)
        why = (twin.item(execution) or {}).get("waitsFor") if state == WAITS else None
        if why:
            with progress.paused():
                show.say(f"tries again later, after {why}")

    try:
        return twin.wait(execution, entered)
    except KeyboardInterrupt:
        with _not_interrupted():
            show.say("stopping; cleaning up on the server …")
            twin.stop(execution)
            return twin.wait(execution, entered)


@contextlib.contextmanager
def _not_interrupted() -> Iterator[None]:
    """A second Ctrl-C must not break the clean-up that the first one began."""
    before = signal.signal(signal.SIGINT, lambda *_: show.say("still cleaning up …"))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
