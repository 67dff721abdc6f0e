"""Runs events on the emulator, all at once, and shows them from start to end."""

import contextlib
import os
import sys
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

from rich.text import Text

from functions import clock as run_clock
from functions.names import is_batch, name_of_execution
from functions.requests.named_jobs import deployed_jobs
from functions.runs.model import OpenQuestion
from local import signals
from local.cli.about_job import lines_about_job
from local.cli.batch_progress import BatchProgress, line_of
from local.cli.batch_watch import BatchWatch
from local.cli.dialogue import ask_about, show_question
from local.cli.endings import not_begun
from local.cli.events import Event, Result
from local.cli.headline import Targets
from local.cli.input_files import starts_batch
from local.cli.left_on_server import end_of_stopped, end_of_stopped_batch, left_on_server
from local.cli.progress import Progress
from local.cli.progress_of_several import ProgressOfSeveral
from local.cli.reasons import told_by_user
from local.cli.terminal import say
from local.clock import Clock
from local.emulator import Emulator, NothingStarts, is_delivered
from local.emulator.ended import Ended
from local.errors import CannotGoOn
from local.history.details import SIMULATOR
from local.history.durations import loads_in
from local.history.files import Files
from local.history.history import Selection
from local.history.log_of_runs import LogOfRuns
from local.history.running import WithRunning
from local.history.running_here import RunsOfThisProcess
from local.outcome import Outcome
from local.report.so_far import StepsSoFar

SHORT = 12
"""Digits that tell the executions of this computer apart: people type their names."""

WAITS = "WaitForNextAttempt"
"""The state in which a run waits for another attempt, without a slot or lease: for a server."""

QUEUES = "WaitInQueue"
"""The state in which a run waits for a slot, or for its datamart."""

STOPPING = (
    "{signal}: stopping; cleaning up on the server, for {seconds:.0f} s at most."
    " A second signal leaves at once and lists what is left."
)

LOOK_SECONDS = 0.15
"""Real seconds between two looks at the steps of a run."""

SHARE = 10
"""How much longer than a look the time before the next one is, at least."""

NOBODY = "there is no terminal to answer on: the run waits until its askDeadlineHours are over (Ctrl-C stops it)."


@dataclass(frozen=True)
class Emulated:
    """What the runs happen in.

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
    slots
        Runs at once on the connection; None for as many as the stage's settings allow.
    history
        Where what has ended is kept.
    targets
        The datamarts of the server that are known, by ID.
    hides_answers
        Whether the values of answers are not shown.
    """

    template: Path
    secret: dict[str, Any] = field(repr=False)
    clock: Clock
    max_wait: float | None
    real_server: bool
    slots: int | None = None
    history: Files | None = None
    targets: Targets = field(default_factory=dict)
    hides_answers: bool = False

    @property
    def server(self) -> str:
        """What the history keeps of the server: its base URL, or that it is the simulator."""
        return str(self.secret["baseUrl"]) if self.real_server else SIMULATOR


def watched_runs(emulated: Emulated, events: Sequence[Event], stream: TextIO) -> list[Result]:
    """Run what the events start, all at once, and show the states on ``stream``; the results are in their order.

    Signals are to be deferred meanwhile: one stops every run, whose outcome is then that of an aborted one.
    """
    keeper = None if emulated.history is None else _Keeper(emulated.history, emulated.server)
    emulator = Emulator(
        emulated.template,
        secrets={"default": emulated.secret},
        clock=emulated.clock,
        max_wait=emulated.max_wait,
        slots=emulated.slots,
        at_the_end=None if keeper is None else keeper.keep,
    )
    progress = _progress(events, stream)
    with emulator, progress, contextlib.nullcontext() if keeper is None else contextlib.closing(keeper):
        if emulated.history is not None and any(map(_may_start_batch, events)):
            _seed_durations(emulator, emulated.history)
        watch = _Watch(emulator, progress, emulated, keeper)
        emulator.person = watch.person
        if watch.stopping():
            return [(_stopped_before_start(), ())] * len(events)
        left = left_on_server if emulated.real_server else lambda item: []  # the simulator goes with this process
        with signals.may_leave(lambda: [one for run in watch.runs() for one in left(emulator.stored_run(run))]):
            with emulator.waiter.working():  # none is ahead of the others by the time that starting them takes
                started = [watch.started(event) for event in events]
            outcomes = watch.outcomes()
        if keeper is not None:
            keeper.forget(int(os.environ["HISTORY_DAYS"]))  # of the functions, which run in this process
        return [watch.result(begun, outcomes) for begun in started]


def _may_start_batch(event: Event) -> bool:
    return starts_batch(event.content) or is_delivered(event.content)


def _seed_durations(emulator: Emulator, history: Files) -> None:
    """Let batches know how long their items took on this computer; a history that cannot be read prevents no run."""
    with contextlib.suppress(CannotGoOn):
        loads = loads_in(history.records(Selection()))
        emulator.seed_durations(None, loads.of_all)
        for batch, of_batch in loads.of_batches.items():
            emulator.seed_durations(batch, of_batch)


class _Keeper:
    """Keeps what has ended in the history of this computer; a folder that cannot be written prevents no run."""

    def __init__(self, files: Files, server: str) -> None:
        self._files = files
        self._server = server
        self._running = RunsOfThisProcess(files)
        self._said = False

    def begin(self, emulator: Emulator, executions: Iterable[str]) -> None:
        """Say of executions that they run, until they are kept: other terminals find them."""
        found = WithRunning(self._files, (), _requests_of_jobs, emulator.states)
        for arn in executions:
            with self._may_fail(), contextlib.suppress(CannotGoOn):
                self._running.begin(found.record_of(emulator.described(arn)))

    def show(self, execution: str, events: Sequence[dict[str, Any]], new_lines: Sequence[str]) -> None:
        """Let other terminals see how far it is."""
        with self._may_fail():
            self._running.show(name_of_execution(execution), events, new_lines)

    def close(self) -> None:
        """Nothing runs any more."""
        with self._may_fail():
            self._running.close()

    def keep(self, ended: Ended) -> None:
        """Keep one execution."""
        with self._may_fail():
            self._files.keep(ended, self._server)
        with self._may_fail():
            self._running.end(ended.described["name"])

    @contextlib.contextmanager
    def _may_fail(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            if not self._said:
                self._said = True
                say(f"datamart: the history in {self._files.folder} cannot be written ({problem.strerror}).")

    def forget(self, days: int) -> None:
        """Drop what is older than so many days."""
        with contextlib.suppress(OSError):
            self._files.forget(days)


def _requests_of_jobs() -> dict[str, dict[str, Any]]:
    """What the requests of the deployed jobs say of connection, project and datamart."""
    named = ("connection", "project", "datamart")
    return {
        name: {key: job["request"][key] for key in named if key in job["request"]}
        for name, job in deployed_jobs().items()
    }


AnyProgress = Progress | ProgressOfSeveral | BatchProgress


def _progress(events: Sequence[Event], stream: TextIO) -> AnyProgress:
    if len(events) > 1:
        return ProgressOfSeveral(stream, [event.name for event in events])
    return BatchProgress(stream) if starts_batch(events[0].content) else Progress(stream)


class _Steps:
    """Shows the steps of runs of the emulator as they are now."""

    def __init__(self, emulator: Emulator, progress: Progress, keeper: _Keeper | None) -> None:
        self._emulator = emulator
        self._progress = progress
        self._keeper = keeper
        self._log = LogOfRuns()
        self._runs: dict[str, StepsSoFar] = {}
        self._next = 0.0

    def show(self, executions: Iterable[str], at_once: bool = False) -> None:
        """Read the steps and show them, unless that was done a moment ago; of a long run it takes a while."""
        began = time.monotonic()
        if not at_once and began < self._next:
            return
        for arn in executions:
            if not is_batch(arn):
                events = self._emulator.events(arn)  # before the log, which then has all lines of a step that has ended
                log = self._log.take(self._emulator.logs, arn)
                so_far = self._runs.setdefault(arn, StepsSoFar(arn))
                self._progress.show(arn, so_far.steps(events, log))
                if self._keeper is not None:
                    self._keeper.show(arn, events, log)
        self._next = time.monotonic() + max(LOOK_SECONDS, SHARE * (time.monotonic() - began))


Started = list[str] | Result
"""The executions of an event, or the result of one that was not started."""


class _Watch:
    """Starts events, follows their executions, and shows what they do."""

    def __init__(self, emulator: Emulator, progress: AnyProgress, emulated: Emulated, keeper: _Keeper | None) -> None:
        self._emulator = emulator
        self._keeper = keeper
        self._progress = progress
        self._emulated = emulated
        self._steps = _Steps(emulator, progress, keeper) if isinstance(progress, Progress) else None
        self._said_stopping = False
        self.names: dict[str, str] = {}
        self._batches: list[BatchWatch] = []

    def runs(self) -> dict[str, str]:
        """The executions that run datamarts, those of batches among them, each with a name for people."""
        items = [self._emulator.runs_of(batch.arn) for batch in self._batches]
        own = {arn: name for arn, name in self.names.items() if not is_batch(arn)}
        return own | {arn: name for runs in items for arn, name in runs.items()}

    def started(self, event: Event) -> Started:
        """Start what the event starts, unless a signal asked to stop."""
        if self.stopping():
            return _stopped_before_start(), ()
        try:
            executions = self._start(event)
        except CannotGoOn as problem:
            return not_begun(problem)
        self.names |= dict.fromkeys(executions, event.name)
        self._batches += [BatchWatch(self._emulator, arn) for arn in executions if is_batch(arn)]
        self._show_jobs(executions)
        if self._keeper is not None:
            self._keeper.begin(self._emulator, executions)
        return executions

    def _show_jobs(self, executions: list[str]) -> None:
        """What jobs were started with, which only the emulator knows."""
        now = run_clock.timestamp(self._emulator.now())
        for arn in executions:
            given = self._emulator.input_of(arn)
            about = lines_about_job(given, arn, now, self._emulated.targets, self._emulated.hides_answers)
            for number, line in enumerate(about):
                with self._progress.paused():
                    text = Text(line, style="" if number else "bold")
                    self._progress.console.print(Text.assemble(self._of(arn), text))

    def _start(self, event: Event) -> list[str]:
        """Start what the file holds: an event by way of its trigger, anything else as an execution's input."""
        if isinstance(event.content, CannotGoOn):
            raise event.content
        if not is_delivered(event.content):
            start = self._emulator.start_batch if starts_batch(event.content) else self._emulator.start
            name = f"{'batch' if starts_batch(event.content) else 'run'}-{uuid.uuid4().hex[:SHORT]}"
            try:
                return [start(told_by_user(event.content, name), name)]
            except ValueError as problem:
                raise CannotGoOn(str(problem)) from None
        try:
            executions = self._emulator.deliver(event.content, event.file.parent / "objects")
        except NothingStarts as problem:
            raise CannotGoOn(f"{event.file}: {problem}.") from None
        for why in self._emulator.ignored:
            say(f"datamart: {why}.")
        return executions

    def outcomes(self) -> dict[str, Outcome]:
        """Follow the executions to their ends; a signal stops them, and their clean-up finishes before that."""
        ended = self._emulator.wait_for_all(list(self.names), self._entered, self._look)
        self._emulator.wait_for_all([run for run in self.runs() if run not in self.names], None, self._look)
        for batch in self._batches:
            self._show(batch, at_once=True)
        if self._steps is not None:
            self._steps.show(self.names, at_once=True)
        return {outcome.execution_arn: self._completed(outcome) for outcome in ended}

    def _look(self) -> bool:
        """Show what has changed, and say whether a signal asked to stop."""
        for batch in self._batches:
            self._show(batch)
        if self._steps is not None:
            self._steps.show(self.names)
        return self.stopping()

    def _show(self, batch: BatchWatch, at_once: bool = False) -> None:
        seen = batch.look(at_once)
        if seen is None:
            return
        view, ended = seen
        now = self._emulator.clock.now()
        if isinstance(self._progress, BatchProgress):
            self._progress.show(view, ended, now)
        for item in ended if self._progress.names_runs else ():
            say(f"{self._of(batch.arn)}{line_of(view, item, now)}")

    def _completed(self, outcome: Outcome) -> Outcome:
        """With what the run table knows: the report of a batch that failed, and what a signal has left."""
        if is_batch(outcome.execution_arn):
            report = outcome.output or self._emulator.batch_report(outcome.execution_arn)
            cause = outcome.cause
            if outcome.status == "ABORTED":
                runs = [self._emulator.stored_run(run) for run in self._emulator.runs_of(outcome.execution_arn)]
                cause = end_of_stopped_batch(report, runs, signals.stopped_by())
            return replace(outcome, output=report, cause=cause)
        if outcome.status != "ABORTED":
            return outcome
        run = self._emulator.stored_run(outcome.execution_arn)
        return replace(outcome, cause=end_of_stopped(run, signals.stopped_by()))

    @staticmethod
    def result(started: Started, outcomes: dict[str, Outcome]) -> Result:
        """Of an event: that of its first execution that did not succeed, else of the last; it may start none."""
        if isinstance(started, tuple):
            return started
        result = Outcome("", "SUCCEEDED")
        for arn in started:
            result = outcomes[arn] if result.status == "SUCCEEDED" else result
        return result, ()

    def stopping(self) -> bool:
        """Whether a signal asked to stop; prints that the first time."""
        number = signals.requested()
        if number is not None and not self._said_stopping:
            self._said_stopping = True
            with self._progress.paused():
                say(STOPPING.format(signal=signals.name_of(number), seconds=signals.CLEAN_UP_SECONDS))
        return number is not None

    def _entered(self, execution: str, state: str, at: float) -> None:
        self._progress.of(self.names[execution])(state, at)
        if state in (QUEUES, WAITS) and self._steps is not None:
            self._steps.show(self.names, at_once=True)
        if state == QUEUES and (place := self._emulator.queue_place(execution)):
            self._say_of(execution, f"waits in {place}")
        run = self._emulator.stored_run(execution) if state == WAITS else None
        if run and run.waits_for:
            self._say_of(execution, f"tries again later, after {run.waits_for}")

    def _say_of(self, execution: str, text: str) -> None:
        """A line about a run; others of the command are named as they are in the output."""
        for arn, name in self.names.items() if self._progress.names_runs else ():
            text = text.replace(arn, name)
        with self._progress.paused():
            say(f"{self._of(execution)}{text}")

    def _of(self, execution: str) -> str:
        """The run's name as the beginning of a line, if there are several."""
        return f"{self.names.get(execution) or self.runs()[execution]}: " if self._progress.names_runs else ""

    # -- questions --------------------------------------------------------------------------------------------------

    def person(self, question: OpenQuestion) -> None:
        """Ask a run's question on the terminal; without one the run waits, as a deployed run does."""
        console = self._progress.console
        if self._steps is not None:
            self._steps.show(self.names, at_once=True)
        with self._progress.paused():
            if self._progress.names_runs:
                say(f"{self._of(self._asks(question))}asks")
            elif self._batches:
                say(f"{self.runs()[self._asks(question)]}: asks")
            if not (sys.stdin.isatty() and console.is_terminal):
                show_question(console, list(question.prompts), question.refusal)
                say(NOBODY)
                return
            try:
                with signals.interruptible():
                    reply = ask_about(list(question.prompts), console, question.refusal)
            except signals.Stopped:
                return
            except EOFError:
                self._emulator.decline(question.token, "nobody answers")
            else:
                self._emulator.reply(question.token, reply)

    def _asks(self, question: OpenQuestion) -> str:
        """The execution that asks."""
        runs = ((arn, self._emulator.stored_run(arn)) for arn in self.runs())
        return next(arn for arn, run in runs if run and run.question and run.question.token == question.token)


def _stopped_before_start() -> Outcome:
    return Outcome("", "ABORTED", None, end_of_stopped(None, signals.stopped_by()))
