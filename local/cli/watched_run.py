"""Runs an event on the emulator and shows it from start to end."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

from functions.runs.model import OpenQuestion
from local import signals
from local.cli import run_output
from local.cli.dialogue import ask_about, show_question
from local.cli.left_on_server import end_of_stopped, left_on_server
from local.cli.terminal import say
from local.clock import Clock
from local.emulator import Emulator, NothingStarts, Person, is_delivered
from local.errors import CannotGoOn
from local.outcome import Outcome

WAITS = "WaitForNextAttempt"
"""The state in which a run waits without a slot or lease: for a server, or for another run."""


STOPPING = (
    "{signal}: stopping; cleaning up on the server, for {seconds:.0f} s at most."
    " A second signal leaves at once and lists what is left."
)


@dataclass(frozen=True)
class Emulated:
    """What a run happens in.

    Parameters
    ----------
    template
        Path of the synthesized template.
    secret
        Content of the connection's secret.
    clock
        The clock that run and simulator read.
    max_wait
        Most real seconds of a wait; None waits in full.
    real_server
        Whether the server outlives this process.
    """

    template: Path
    secret: dict[str, Any] = field(repr=False)
    clock: Clock
    max_wait: float | None
    real_server: bool


def watched_run(emulated: Emulated, request: Any, file: Path, stream: TextIO) -> Outcome:
    """Run what ``request``, the content of ``file``, starts, and show its states on ``stream``.

    Signals are to be deferred meanwhile: one stops the run, whose outcome is then that of an aborted one. Raises
    CannotGoOn for an event that starts nothing.
    """
    emulator = Emulator(
        emulated.template, secrets={"default": emulated.secret}, clock=emulated.clock, max_wait=emulated.max_wait
    )
    with emulator, run_output.Progress(stream) as progress:
        emulator.person = _person(emulator, progress)
        stopping = _stopping(progress)
        if stopping():
            return Outcome("", "ABORTED", None, end_of_stopped(None, signals.stopped_by()))
        left = left_on_server if emulated.real_server else lambda item: []  # the simulator goes with this process
        executions: list[str] = []
        with signals.may_leave(lambda: [one for run in executions for one in left(emulator.stored_run(run))]):
            executions += _given(emulator, file, request)
            return _outcome_of(emulator, executions, progress, stopping)


def _person(emulator: Emulator, progress: run_output.Progress) -> Person:
    """Asks the run's questions on the terminal; without one the run waits, as a deployed run does."""

    def answers(question: OpenQuestion) -> None:
        try:
            with signals.interruptible():
                reply = ask_about(list(question.prompts), progress.console, question.refusal)
        except signals.Stopped:
            return
        except EOFError:
            emulator.decline(question.token, "nobody answers")
        else:
            emulator.reply(question.token, reply)

    def nobody(question: OpenQuestion) -> None:
        show_question(progress.console, list(question.prompts), question.refusal)
        say("there is no terminal to answer on: the run waits until its askDeadlineHours are over (Ctrl-C stops it).")

    at_a_terminal = sys.stdin.isatty() and progress.console.is_terminal

    def person(question: OpenQuestion) -> None:
        with progress.paused():
            (answers if at_a_terminal else nobody)(question)

    return person


def _given(emulator: Emulator, file: Path, request: Any) -> list[str]:
    """Start what the file holds: an event by way of its trigger, anything else as an execution's input."""
    if not is_delivered(request):
        try:
            return [emulator.start(request)]
        except ValueError as problem:
            raise CannotGoOn(str(problem)) from None
    try:
        executions = emulator.deliver(request, file.parent / "objects")
    except NothingStarts as problem:
        raise CannotGoOn(f"{file}: {problem}.") from None
    for why in emulator.ignored:
        say(f"datamart: {why}.")
    return executions


def _outcome_of(
    emulator: Emulator, executions: list[str], progress: run_output.Progress, stopping: Callable[[], bool]
) -> Outcome:
    """The outcome of the first execution that did not succeed, else of the last; an event may start no execution."""
    outcome = Outcome("", "SUCCEEDED")
    for execution in executions:
        ended = _follow(emulator, execution, progress, stopping)
        outcome = ended if outcome.status == "SUCCEEDED" else outcome
    return outcome


def _stopping(progress: run_output.Progress) -> Callable[[], bool]:
    """Whether a signal asked to stop; prints that the first time."""
    said: list[int] = []

    def stopping() -> bool:
        number = signals.requested()
        if number is not None and not said:
            said.append(number)
            with progress.paused():
                say(STOPPING.format(signal=signals.name_of(number), seconds=signals.CLEAN_UP_SECONDS))
        return number is not None

    return stopping


def _follow(emulator: Emulator, execution: str, progress: run_output.Progress, stopping: Callable[[], bool]) -> Outcome:
    """Follow the execution; a signal stops it, and its clean-up finishes before the command ends."""

    def entered(state: str, at: float) -> None:
        progress.entered(state, at)
        run = emulator.stored_run(execution) if state == WAITS else None
        if run and run.waits_for:
            with progress.paused():
                say(f"tries again later, after {run.waits_for}")

    outcome = emulator.wait(execution, entered, stopping)
    if outcome.status != "ABORTED":
        return outcome
    return replace(outcome, cause=end_of_stopped(emulator.stored_run(execution), signals.stopped_by()))
