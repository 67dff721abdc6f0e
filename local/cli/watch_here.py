"""Follows a run of this computer that goes on in another terminal, step by step to the end that the history keeps."""

import json
from collections.abc import Sequence
from typing import Any, TextIO

from functions.runs.history import HistoryRecord
from local.aws.execution import Wait
from local.cli.console import console_for
from local.cli.end_of_run import report_of, show_end, show_next
from local.cli.progress import Progress
from local.errors import CannotGoOn
from local.history.files import Files
from local.history.running_here import RunningHere
from local.history.words import name_of
from local.outcome import Outcome
from local.report.sentence import items_left
from local.report.so_far import StepsSoFar

LOOK_SECONDS = 0.5
"""Between two looks whether it has ended."""

NOT_FOLLOWED = "Loaded: unknown. The run goes on in its terminal, and is no longer followed."

WITHOUT_RECORD = "{run} ended without a record: its terminal was closed, or the history could not be written."


def follow_here(record: HistoryRecord, files: Files, stream: TextIO, wait: Wait) -> Outcome:
    """Show its steps as its terminal does, and its end. Raises CannotGoOn where it left none.

    Ctrl-C ends the following and not the run.
    """
    console, here = console_for(stream), RunningHere(files)
    console.print(f"{name_of(record)} runs in another terminal as {record.id}.", soft_wrap=True)
    with Progress(stream) as progress:
        steps = _Steps(record, progress)
        try:
            while here.running(record.id) is not None:
                steps.show(*here.so_far(record.id))
                wait(LOOK_SECONDS)
        except KeyboardInterrupt:
            return Outcome(record.execution, "RUNNING", None, NOT_FOLLOWED)
        ended = files.find(record.execution)
        if ended is None:
            raise CannotGoOn(WITHOUT_RECORD.format(run=record.id))
        details = files.details_of(record.id)
        steps.show(details.events, details.log)
    outcome = _outcome_of(ended, files)
    report = report_of(outcome, files)
    show_end(console, outcome, report)
    from local.pages.kept_page import keep_page  # imports jinja2, which is not needed before

    page = keep_page(files, ended.execution)
    if report is None:
        show_next(console, ended, page)
    else:
        show_next(console, ended, page, report.library_url, items_left(report))
    return outcome


class _Steps:
    """Shows the steps of a run, as far as they are known; of a batch none are."""

    def __init__(self, record: HistoryRecord, progress: Progress) -> None:
        self._record, self._progress = record, progress
        self._so_far, self._lines = StepsSoFar(record.execution), 0

    def show(self, events: Sequence[dict[str, Any]], log: Sequence[str]) -> None:
        """Show what there is by now."""
        if events and self._record.kind == "run":
            self._progress.show("", self._so_far.steps(events, log[self._lines :]))
            self._lines = len(log)


def _outcome_of(record: HistoryRecord, files: Files) -> Outcome:
    """How it ended, by what Step Functions said; by its record alone where that is not kept any more."""
    details = files.details_of(record.id)
    described, output = details.described, details.described.get("output")
    entered = [event.get("stateEnteredEventDetails") for event in details.events]
    return Outcome(
        record.execution,
        record.status,
        described.get("error") or record.error,
        described.get("cause") or record.cause,
        json.loads(output) if isinstance(output, str) else None,
        [str(each["name"]) for each in entered if isinstance(each, dict) and "name" in each],
        details.events,
    )
