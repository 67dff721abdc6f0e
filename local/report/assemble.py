"""Puts a report together from what was read of an execution. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from functions.names import is_batch
from functions.notifications.batch_end import advice_of_batch
from functions.notifications.console_link import console_link
from functions.notifications.run_end import advice_of
from functions.runs.history import HistoryRecord
from functions.runs.job_state import Loaded
from functions.text import ELLIPSIS, one_line
from local.report.cost import cost_of
from local.report.events import Event, timeline_of
from local.report.facts import answers_of, cleaned_up_of, job_statuses_of, waits_of
from local.report.lines import Line, lines_of, lines_of_entries
from local.report.report import NotRun, Problem, RunReport
from local.report.steps import attempts_of, steps_of
from local.report.values import dicts_of, text_of

NO_EXECUTION = "The steps are not known any more: {why}. What stays is the record, and what the log has of it."
NO_LOG = "HTTP requests, statuses of the job, answers and clean-up are not known: {why}."
NOTHING_KEPT, NOTHING_IN_LOG = "nothing was kept of the execution", "the log has nothing of this execution"
ANSWERS_HIDDEN = "The values of answers are hidden (showAnswers = false in the settings of the stage)."

LONGEST_CAUSE = 6_000
"""Characters of a cause."""


class Kept(NamedTuple):
    """What was read of an execution beside its record.

    Parameters
    ----------
    described
        What DescribeExecution answered; empty if it is not known any more.
    events
        The events of its history.
    log
        Texts of log lines; those of other executions are passed over.
    why_gone, why_no_log
        Why the execution is not known any more, or the log not readable, in a clause.
    is_deployed
        Whether the execution is one of AWS, which the console shows.
    items
        Of a batch: a line for each item, as in its output; empty if that is not known.
    after
        Of a batch: the items that an item names, of those that name some; empty if that is not known.
    server
        Of an execution of this computer: where it ran, as :class:`local.history.details.Details` has it.
    """

    described: dict[str, Any]
    events: Sequence[Event]
    log: Sequence[str]
    why_gone: str | None = None
    why_no_log: str | None = None
    is_deployed: bool = False
    items: Sequence[dict[str, Any]] = ()
    after: Mapping[str, Sequence[str]] = MappingProxyType({})
    server: str | None = None


def assembled(record: HistoryRecord, kept: Kept, items: Sequence[HistoryRecord] = ()) -> RunReport:
    """The report of a run, or of a batch with the records of its ``items``."""
    timeline, lines = timeline_of(kept.events), lines_of(record.execution, kept.log)
    entries = timeline.entries
    of_entries = lines_of_entries(entries, lines)
    answers, left_out = answers_of(lines, _output(kept.described))
    return RunReport(
        run=record,
        console=console_link(record.execution) if kept.is_deployed else None,
        notes=tuple(_notes(record, kept, lines, any(answer.values is None and answer.is_logged for answer in answers))),
        problem=_problem(record, kept.described),
        attempts=attempts_of(entries),
        steps=steps_of(entries, of_entries),
        prompts=answers,
        prompts_left_out=left_out,
        job=job_statuses_of(lines),
        waits=waits_of(entries, of_entries),
        cleaned_up=cleaned_up_of(lines),
        cost=cost_of(record.execution, timeline, len(kept.events)) if entries else None,
        items=tuple(sorted(items, key=lambda item: item.started_at)),
        not_run=tuple(_not_run(kept, items)),
        after={item: tuple(named) for item, named in kept.after.items()},
        server=kept.server,
    )


def _not_run(kept: Kept, items: Sequence[HistoryRecord]) -> Iterator[NotRun]:
    """The items that have no record, in the order of the file."""
    have_run = {item.item for item in items}
    for line in kept.items or dicts_of(_output(kept.described).get("items")):
        if line.get("name") not in have_run:
            yield NotRun(str(line.get("name")), str(line.get("outcome")), text_of(line.get("because")))


def _notes(record: HistoryRecord, kept: Kept, lines: Sequence[Line], lacks_values: bool) -> list[str]:
    notes = [] if kept.events else [NO_EXECUTION.format(why=kept.why_gone or NOTHING_KEPT)]
    if not lines and not is_batch(record.execution):
        return [*notes, NO_LOG.format(why=kept.why_no_log or NOTHING_IN_LOG)]
    return [*notes, ANSWERS_HIDDEN] if lacks_values else notes


def _problem(record: HistoryRecord, described: dict[str, Any]) -> Problem | None:
    if record.status in ("SUCCEEDED", "RUNNING"):
        return None
    cause = record.cause or ""
    if not cause or cause.endswith(ELLIPSIS):  # the record keeps its beginning
        cause = str(described.get("cause") or cause)
    if record.kind == "batch":
        todo = advice_of_batch(record.status, record.error)
    else:
        todo = advice_of(record.status, record.error, cast(Loaded, record.loaded))
    return Problem(record.error, one_line(cause, LONGEST_CAUSE), todo)


def _output(described: dict[str, Any]) -> dict[str, Any]:
    try:
        output = json.loads(described.get("output") or "{}")
    except (ValueError, TypeError, RecursionError):
        return {}
    return output if isinstance(output, dict) else {}


def lines_of_failed_step(record: HistoryRecord, kept: Kept) -> list[str]:
    """The log lines of the step that failed last, as they were written; empty where none failed, or wrote a line.

    That is the step whose error ended the last attempt, else the last one that failed at all.
    """
    entries, lines = timeline_of(kept.events).entries, lines_of(record.execution, kept.log)
    attempts = attempts_of(entries)
    failed = [place for place, entry in enumerate(entries) if entry.failures]
    ended_it = [place for place in failed if attempts and entries[place].failures[-1].error == attempts[-1].error]
    if not failed:
        return []
    return [line.text for line in lines_of_entries(entries, lines).get((ended_it or failed)[-1], [])]
