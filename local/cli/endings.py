"""How every command ends: its exit code, its lines on standard error, and the JSON object of a failure.

No other module of the commands knows an exit code or prints JSON (tests/unit/cli/test_endings.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Protocol

from functions.errors import InvalidRequest
from functions.text import printable
from local import signals
from local.cli.batch_csv import csv_of
from local.cli.terminal import put, put_csv, put_fields, put_json, say
from local.errors import CannotGoOn, NotDone
from local.outcome import Outcome

SUCCEEDED, FAILED, REFUSED = 0, 1, 2
"""Exit codes; that of a command that a signal stopped is :func:`local.signals.exit_code`."""

LOST = "NotFollowed"
"""The error name in the outcome of a run that was started and can no longer be followed."""


@dataclass(frozen=True)
class Ending:
    """The end of a command.

    Parameters
    ----------
    code
        The exit code.
    report
        The object or list that ``--json`` prints; None for a command that has no ``--json``.
    said
        Lines on standard error.
    shown
        Lines on standard output, if ``--json`` is not given.
    rows
        As ``shown``, lines of fields, for other programs.
    csv
        What ``--csv`` prints; None without it, and where nothing is known.
    """

    code: int
    report: Any = None
    said: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    csv: str | None = None


def finish(ending: Ending, as_json: bool = False) -> int:
    """Print the end of a command whole, whatever signal arrives, and return its exit code."""
    return finish_all([ending], as_json)


def finish_all(endings: Sequence[Ending], as_json: bool = False) -> int:
    """The same for a command of several parts: an object a line, in their order; the exit code is their highest."""
    with signals.deferred():
        for line in (line for ending in endings for line in ending.said):
            say(line)
        if as_json:
            put_json(*(ending.report for ending in endings if ending.report is not None))
        else:
            for line in (line for ending in endings for line in ending.shown):
                put(line)
            for row in (row for ending in endings for row in ending.rows):
                put_fields(row)
        for text in (ending.csv for ending in endings if ending.csv is not None):
            put_csv(text)
    return max(ending.code for ending in endings)


def code_of(problem: BaseException) -> int:
    """The exit code of a command that ends with this error."""
    if isinstance(problem, KeyboardInterrupt):
        return signals.exit_code()
    return REFUSED if isinstance(problem, CannotGoOn) else FAILED


def error_of(problem: BaseException) -> str:
    """The name of an error in the JSON object of a failure."""
    if isinstance(problem, KeyboardInterrupt):
        return "Interrupted"
    return InvalidRequest.name if isinstance(problem, CannotGoOn) else type(problem).__name__


# -- commands that report on a run ------------------------------------------------------------------------------------


def of_run(outcome: Outcome, said: tuple[str, ...] = ()) -> Ending:
    """The end of ``datamart run``."""
    code = SUCCEEDED if outcome.status == "SUCCEEDED" else FAILED
    if outcome.status == "ABORTED":
        code = signals.exit_code()
    return Ending(REFUSED if outcome.error == InvalidRequest.name else code, outcome.as_json(), said)


def with_csv(ending: Ending) -> Ending:
    """The end of a batch with its items as CSV, as far as they are known."""
    output = None if ending.report is None else ending.report["output"]
    return replace(ending, csv=csv_of(output))


def of_followed_run(outcome: Outcome, said: tuple[str, ...] = ()) -> Ending:
    """The end of ``datamart start``: a run that is not followed any more ends it as the signal says."""
    code = SUCCEEDED if outcome.status == "SUCCEEDED" else FAILED
    if outcome.status == "RUNNING":
        code = signals.exit_code()
    report = outcome.as_json() | {"executionArn": outcome.execution_arn or None}
    return Ending(REFUSED if outcome.error in (InvalidRequest.name, LOST) else code, report, said)


def of_started_run(outcome: Outcome) -> Ending:
    """The end of ``datamart start --no-wait``: the run goes on, as it was asked to."""
    return Ending(SUCCEEDED, outcome.as_json() | {"executionArn": outcome.execution_arn})


def not_begun(problem: CannotGoOn) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome of a run that was not started, and the line about it."""
    return Outcome("", "FAILED", InvalidRequest.name, f"Loaded: no. {problem}"), (_line(problem),)


def not_confirmed(problem: NotDone) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome of a run that a person decided not to start, and the line about it."""
    return Outcome("", "ABORTED", None, f"Loaded: no. {problem}"), (_line(problem),)


def not_found(problem: CannotGoOn) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome of a run that cannot be followed because it is not found, and the line about it."""
    return Outcome("", "UNKNOWN", LOST, f"Loaded: unknown. {problem}"), (_line(problem),)


# -- commands with a report of their own ------------------------------------------------------------------------------


class Report(Protocol):
    """A dataclass with the result of a command; ``problem`` in words, if there was one."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    problem: str | None


def reported(work: Callable[[], None], report: Report, stopped: str, as_json: bool) -> int:
    """Do ``work``, which fills the report, and end the command with it; ``stopped`` is said after a signal."""
    try:
        work()
    except (NotDone, CannotGoOn, KeyboardInterrupt) as problem:
        report.problem = printable(stopped if isinstance(problem, KeyboardInterrupt) else problem)
        return finish(Ending(code_of(problem), asdict(report), (_line(report.problem),)), as_json)
    return finish(Ending(SUCCEEDED, asdict(report)), as_json)


# -- failures without a report ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Failure:
    """A command that ended before it had an object of its own; ``error`` is None if a signal stopped it."""

    error: str | None
    cause: str
    loaded: str = "no"


def _of_run(failure: Failure) -> dict[str, Any]:
    status = "FAILED" if failure.error else "ABORTED"
    return Outcome("", status, failure.error, f"Loaded: {failure.loaded}. {failure.cause}").as_json()


def _with_cause(failure: Failure) -> dict[str, Any]:
    return {"error": failure.error or "Interrupted", "cause": failure.cause}


def _of_check(failure: Failure) -> dict[str, Any]:
    about = ("usage", "command line") if failure.error else ("check", "all of it")
    finding = {"check": about[0], "subject": about[1], "result": "problem", "text": failure.cause}
    return {"ok": False, "findings": [finding]}


def _of_answer(failure: Failure) -> dict[str, Any]:
    return {"sent": False, "question": None, "problem": failure.cause}


def _of_free_lease(failure: Failure) -> dict[str, Any]:
    return {"freed": False, "lease": None, "problem": failure.cause}


def _of_pauses(failure: Failure) -> dict[str, Any]:
    return {"pauses": [], "problem": failure.cause}


def _of_records(failure: Failure) -> None:
    """What prints records has none to print: standard output is empty, as that of gh."""


FAILURES: dict[str, Callable[[Failure], dict[str, Any] | None]] = {
    "runs": _of_records,
    "watch": lambda failure: _of_run(replace(failure, loaded="unknown")) | {"executionArn": None},
    "plan": _with_cause,
    "show": _with_cause,
    "prompts": _with_cause,
    "init": _with_cause,
    "list": _with_cause,
    "check": _of_check,
    "answer": _of_answer,
    "free-lease": _of_free_lease,
    "pause": _of_pauses,
    "resume": _of_pauses,
}
"""The object of a failure by the command; that of every other command is the outcome of a run."""


def report_of(command: str, failure: Failure) -> dict[str, Any] | None:
    """The object that ``--json`` prints for a failure of the command, if any."""
    return FAILURES.get(command, _of_run)(failure)


def not_understood(command: str) -> Ending:
    """The end of a command line that argparse rejects; it has printed why."""
    failure = Failure(InvalidRequest.name, "The command line is not understood.")
    return Ending(REFUSED, report_of(command, failure))


def stopped(command: str) -> Ending:
    """The end of a command that a signal stopped and that does not say so itself."""
    why = f"Stopped by {signals.stopped_by()}."
    return Ending(signals.exit_code(), report_of(command, Failure(None, why)), (_line(why),))


def failed(command: str, problem: BaseException, cause: str, notes: tuple[str, ...] = ()) -> Ending:
    """The end of a command by an error, with its ``cause`` in words."""
    error = error_of(problem)
    line = _line(cause if isinstance(problem, CannotGoOn) else f"{error}: {cause}")
    return Ending(code_of(problem), report_of(command, Failure(error, cause)), (*notes, line))


def _line(problem: object) -> str:
    return f"datamart: {problem}"
