"""``datamart run``: runs datamarts on this machine, all at once."""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from functions import clock as run_clock
from functions.errors import InvalidRequest
from functions.names import is_batch
from functions.requests.event_shapes import described, is_job_file
from functions.requests.execution_input import read_input
from infra.jobs.named_files import NAME
from infra.settings.settings import SCHEMA, BadConfiguration, settings_of
from local import signals
from local.cli import run_output
from local.cli.console import console_for
from local.cli.endings import Ending, finish_all, not_begun, of_run, with_csv
from local.cli.events import Event, Result
from local.cli.headline import Target, Targets, headline_of
from local.cli.input_files import input_from, starts_batch
from local.cli.progress_of_several import names_of
from local.cli.terminal import say
from local.clock import Clock, StandingClock
from local.errors import CannotGoOn
from local.outcome import Outcome
from local.synth import STAGE, SynthFailed, template_path

MOST_SLOTS: int = SCHEMA.rules["properties"]["maxConcurrentRuns"]["additionalProperties"]["maximum"]
"""Of a connection."""

PREPARING = "Preparing the definition, which is new or has changed; this takes a few seconds ..."


def run(arguments: argparse.Namespace) -> int:
    """Run the events, all at once, and return the exit code: 0 succeeded, 1 failed, 2 bad usage or request.

    Stopped by a signal it is 130 (Ctrl-C), 143 (SIGTERM) or 129 (SIGHUP); of several runs it is the highest. A signal
    is deferred while the outcome is printed; before that it interrupts the preparation, and stops the runs themselves.
    """
    files = arguments.event_files
    return run_events(arguments, lambda: [_event(*named) for named in zip(names_of(files), files, strict=True)])


def run_events(arguments: argparse.Namespace, read: Callable[[], list[Event]]) -> int:
    """The same for events that are read from elsewhere: as many as ``event_files`` names."""
    stream = sys.stderr if arguments.json or arguments.csv else sys.stdout
    with signals.deferred():
        code = finish_all(_ended(arguments, read, stream), arguments.json)
        signals.settled()
    return code


def _ended(arguments: argparse.Namespace, read: Callable[[], list[Event]], stream: TextIO) -> list[Ending]:
    """The end of the run of each file, in the order of the arguments."""
    console = console_for(stream)
    others = len(arguments.event_files) - 1
    try:
        results = _run(arguments, read, console, stream)
        return [_with_csv(*result) if arguments.csv else of_run(*result) for result in results]
    except CannotGoOn as problem:
        outcome, said = not_begun(problem)
        return [of_run(outcome, said), *[of_run(outcome)] * others]
    except signals.Stopped:
        from local.cli.left_on_server import end_of_stopped  # imports boto3, which no wrong usage waits for

        outcome = Outcome("", "ABORTED", None, end_of_stopped(None, signals.stopped_by()))
        run_output.show_outcome(console, outcome)
        return [of_run(outcome)] * (others + 1)


def _run(
    arguments: argparse.Namespace, read: Callable[[], list[Event]], console: Console, stream: TextIO
) -> list[Result]:
    clock = _clock(arguments)
    with contextlib.ExitStack() as stack:
        with signals.interruptible():
            events = read()
            if arguments.csv:
                _check_csv(events)
            if all(isinstance(event.content, CannotGoOn) for event in events):
                return [not_begun(event.content) for event in events]
            secret, simulator = _server(arguments, clock, stack)
            targets, hides_answers = _targets(simulator), _hides_answers()
            _show_headlines(console, events, targets, hides_answers)
            try:
                template = template_path(lambda: say(PREPARING))
            except SynthFailed as problem:
                raise CannotGoOn(f"the stack cannot be synthesized: {problem}") from None
            from local.cli import watched_run  # takes long to import: no wrong usage, and no headline, waits for it
            from local.history.files import Files

        files = Files()
        results = watched_run.watched_runs(
            watched_run.Emulated(
                template,
                secret,
                clock,
                arguments.max_wait,
                real_server=arguments.library_url is not None,
                slots=arguments.slots or (_slots_of_batches(events) if simulator is not None else None),
                history=files,
                targets=targets,
                hides_answers=hides_answers,
            ),
            events,
            stream,
        )
        outcomes = [(event.name, outcome) for event, (outcome, said) in zip(events, results, strict=True) if not said]
        if len(events) > 1 or not outcomes:
            for name, outcome in outcomes:
                run_output.show_outcome(console, outcome, name)
            _show_tables(console, simulator, outcomes)
        else:
            from local.cli.end_of_run import report_of, show_end, show_next  # they are not needed before
            from local.pages.kept_page import keep_page
            from local.report.sentence import items_left

            ((_, outcome),) = outcomes
            report = report_of(outcome, files)
            show_end(console, outcome, report)
            _show_tables(console, simulator, outcomes)
            if report is not None:
                page, url = keep_page(files, outcome.execution_arn), arguments.library_url
                show_next(console, report.run, page, url, items_left(report))
    return results


def _targets(simulator: Any) -> Targets:
    """The datamarts of the simulator; of a real server none is known before it is asked."""
    if simulator is None:
        return {}
    return {each: Target(name, table) for each, (name, table) in simulator.tables().items()}


def _hides_answers() -> bool:
    """Whether the stage that runs here hides the values of answers."""
    try:
        return not settings_of(STAGE).show_answers
    except BadConfiguration as problem:
        raise CannotGoOn(str(problem)) from None


def _show_headlines(console: Console, events: Sequence[Event], targets: Targets, hides_answers: bool) -> None:
    """A line for each event that is about to start something, with its name in front if there are several."""
    for event in events:
        if not isinstance(event.content, CannotGoOn):
            name = [Text(f"{event.name}:")] if len(events) > 1 else []
            line = headline_of(event.content, event.file, targets, hides_answers=hides_answers)
            console.print(*name, Text(line, style="bold"))
    console.file.flush()


def _check_csv(events: Sequence[Event]) -> None:
    """Raises CannotGoOn where there is not exactly one batch, or event that may start one; its items are the lines."""
    if len(events) > 1:
        raise CannotGoOn(f"--csv: prints the items of one batch, and {len(events)} files are given; use --json.")
    for event in events:
        may_start_one = starts_batch(event.content) or described(event.content) is not None
        if not (isinstance(event.content, CannotGoOn) or may_start_one):
            raise CannotGoOn(f'--csv: {event.file} does not hold a batch, {{"batch": …}}; use --json.')


def _with_csv(outcome: Outcome, said: tuple[str, ...]) -> Ending:
    """The end of a batch with its items as CSV; that of a run, which an event may start too, says that it has none."""
    if outcome.execution_arn and not is_batch(outcome.execution_arn):
        said = (*said, "datamart: --csv: the event has started a run, which has no items to print; use --json.")
    return with_csv(of_run(outcome, said))


def _show_tables(console: Console, simulator: Any, outcomes: Sequence[tuple[str, Outcome]]) -> None:
    """The first rows of each table of the simulator that was loaded; of a real server's nothing is known here."""
    if simulator is None:
        return
    runs = [outcome for _, outcome in outcomes if not (outcome.execution_arn and is_batch(outcome.execution_arn))]
    outputs = [outcome.output for outcome in runs if outcome.status == "SUCCEEDED" and outcome.output]
    for table in dict.fromkeys(output["target"]["table"] for output in outputs if output["target"]):
        if table:
            rows, count = simulator.rows(table, run_output.ROWS), simulator.count_rows(table)
            run_output.show_rows(console, table, rows, count)


def _slots_of_batches(events: Sequence[Event]) -> int | None:
    """As many as a batch may run at once: the simulator takes any number. None where no batch says how many."""
    batches = [event.content for event in events if starts_batch(event.content)]
    if not batches:
        return None
    from local.cli.batch_files import most_at_once  # reads the files of all jobs, which no request waits for

    given = map(most_at_once, batches)
    return max((each for each in given if each is not None and 1 <= each <= MOST_SLOTS), default=None)


def _clock(arguments: argparse.Namespace) -> Clock:
    """A standing clock if every wait is skipped, but not with a real server, whose jobs age in real time."""
    return StandingClock() if arguments.max_wait == 0 and arguments.library_url is None else Clock()


def _event(name: str, path: Path) -> Event:
    """The event of a file, or the job or batch of that name; one that cannot be read has the reason as its content."""
    try:
        if NAME.fullmatch(str(path)) and not path.exists():
            from local.cli.named_input import input_named  # reads what jobs there are, which no file waits for

            return Event(name, path, input_named(str(path)))
        data = path.read_bytes()
        content = input_from(data, path)
        _check(content, data, path)
        return Event(name, path, content)
    except CannotGoOn as problem:
        return Event(name, path, problem)
    except OSError as problem:
        return Event(name, path, CannotGoOn(f"{path}: cannot be read ({problem.strerror})."))


def _check(content: Any, data: bytes, path: Path) -> None:
    """Refuse a batch or a request that its first step would refuse. Raises CannotGoOn.

    What an event starts is known to the emulator alone.
    """
    if starts_batch(content):
        from local.cli.batch_files import check_input  # reads the files of all jobs, which no request waits for

        check_input(content, data, path)
    elif is_job_file(content):
        raise CannotGoOn(f"{path}: is the file of a job, which runs by its name. Type: datamart run {path.stem}")
    elif described(content) is None:
        try:
            if isinstance(content, dict) and "job" in content:
                from local.cli.named_input import check_input_with_job  # reads the files of all jobs, as for a batch

                check_input_with_job(content)
            else:
                read_input(content, run_clock.timestamp(run_clock.now()))
        except InvalidRequest as problem:
            raise CannotGoOn(f"{path}: {problem}") from None


def _server(arguments: argparse.Namespace, clock: Clock, stack: contextlib.ExitStack) -> tuple[dict[str, Any], Any]:
    """The connection's secret, and the simulator that it leads to unless a real Library was named."""
    if arguments.library_url is not None:
        if arguments.fresh:
            raise CannotGoOn("--fresh: empties the simulator's warehouse, and --library-url names a real server.")
        from local.server_access.ca_bundle import authorities_of  # they import the client of the Library server
        from local.server_access.environment import BadConnection, secret_from

        try:
            stack.enter_context(authorities_of(os.environ))
            return secret_from(arguments.library_url, os.environ), None
        except BadConnection as problem:
            raise CannotGoOn(str(problem)) from None
    from local.simulator import Simulator

    try:
        made = Simulator(scenario=arguments.scenario, clock=clock.now, warehouse_path=_warehouse(arguments.fresh))
        simulator = stack.enter_context(made)
    except ValueError as problem:
        raise CannotGoOn(f"--scenario: {problem}") from None
    secret = {"baseUrl": simulator.base_url, "username": simulator.username, "password": simulator.password}
    return secret, simulator


def _warehouse(fresh: bool) -> Path | None:
    """The warehouse that is kept from run to run; None, with a line about it, where nothing can be kept."""
    from local.history.kept_warehouse import kept_warehouse

    try:
        return kept_warehouse(fresh)
    except OSError as problem:
        say(f"datamart: the tables of this run are not kept: {problem.filename}: {problem.strerror}.")
        return None
