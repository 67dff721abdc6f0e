"""The outcome of a run or a batch in one sentence, and the command that comes next. Pure."""

from shlex import quote
from typing import cast

from functions.notifications.commands import REPEAT, REST, follow_up, is_of_request, rerun
from functions.runs.history import HistoryRecord
from functions.runs.job_state import Loaded
from local.report import words
from local.report.report import RunReport

TABLE = {
    "yes": "its table was loaded before that",
    "no": "its table was not loaded",
    "unknown": "nobody knows whether its table was loaded",
}
"""What is known of the table of a run that did not succeed."""

ENDS = {"FAILED": "failed", "TIMED_OUT": "ran into the time limit of its execution", "ABORTED": "was stopped"}


def outcome_of(report: RunReport) -> str:
    """``City is loaded: DM_CITY was replaced in 3.40 s.``, for a batch how many of its items are loaded."""
    run = report.run
    name = words.name_of(run)
    if run.follow_ups_of is not None and run.status != "RUNNING":
        return f"What follows the load of {name} is {'' if run.status == 'SUCCEEDED' else 'not all '}done."
    if run.status == "RUNNING":
        return f"{name} is running."
    if run.kind == "batch":
        return f"{name if run.batch not in (None, run.id) else 'The batch'} {_succeeded(run)}{_items(run)}"
    if run.status == "SUCCEEDED":
        return _of_success(run, name)
    end = ENDS.get(run.status, "did not succeed")
    return f"{name} {end}; {TABLE.get(run.loaded, TABLE['unknown'])}."


def _succeeded(run: HistoryRecord) -> str:
    return "succeeded" if run.status == "SUCCEEDED" else ENDS.get(run.status, "did not succeed")


def _items(run: HistoryRecord) -> str:
    if not run.counts:
        return "."
    loaded, items = run.counts.get("loaded", 0), run.counts.get("items", 0)
    return f": {loaded} of {items} item{'' if items == 1 else 's'} {'is' if items == 1 else 'are'} loaded."


def _of_success(run: HistoryRecord, name: str) -> str:
    if run.skipped:
        return f"{name} was skipped, because another run had the datamart."
    if run.loaded != "yes":
        return f"{name} succeeded, and loaded: {run.loaded}."
    table = run.table or "its table"
    what = "is loaded" if run.append is None else "has new rows" if run.append else "was replaced"
    seconds = "" if run.duration_seconds is None else f" in {words.seconds_of(run.duration_seconds)}"
    return f"{name} is loaded: {table} {what}{seconds}."


def next_command(report: RunReport) -> tuple[str, str] | None:
    """The command that repeats what has not succeeded, with the words before it; None as of :func:`repetition`."""
    run, found = report.run, repetition(report.run)
    if found is None:
        return None
    words_before, options = found
    if report.console is None:
        return words_before, f"datamart rerun {quote(run.id)}{options}{on_server(report.library_url)}"
    if words_before == REST:
        return words_before, follow_up(run.execution)
    return words_before, rerun(run.execution, _loaded(run))


def on_server(library_url: str | None) -> str:
    """The option of the command that repeats a run of this computer on a real server; without it, on the simulator."""
    return "" if library_url is None else f" --library-url {quote(library_url)}"


def repetition(run: HistoryRecord) -> tuple[str, str] | None:
    """The words before the command that repeats what has not succeeded, and the options of that command.

    None where it would fail again, because the request has to be corrected first.
    """
    if run.status in ("SUCCEEDED", "RUNNING"):
        return None
    if run.loaded == "yes" and any(each.get("outcome") != "done" for each in run.follow_ups or ()):
        return REST, " --follow-ups"
    if is_of_request(run.error):
        return None
    loaded = _loaded(run)
    return REPEAT[loaded], "" if loaded == "no" else " --force"


def items_left(report: RunReport) -> list[HistoryRecord]:
    """The loaded items of a batch whose follow-ups are not all done: no restart of the batch does these."""
    return [item for item in report.items if (found := repetition(item)) is not None and found[0] == REST]


def _loaded(run: HistoryRecord) -> Loaded:
    return "no" if run.kind == "batch" else cast(Loaded, run.loaded)
