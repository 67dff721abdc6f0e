"""``datamart runs``: what has run, newest first: of this computer, or of a stage in AWS."""

import argparse
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from functions import clock
from functions.runs.history import KEYS, HistoryRecord
from functions.similar_names import nearest
from local.cli import runs_output
from local.cli.console import console_for
from local.cli.csv_output import csv_text
from local.cli.endings import SUCCEEDED, Ending, failed, finish
from local.errors import CannotGoOn
from local.history.history import SKIPPED, STATUSES, History, Selection

FIELDS = tuple(KEYS.values())
"""What ``--json`` takes."""

LIMIT, LIMIT_OF_PAGE = 20, 5_000
"""How many records are shown unless ``--limit`` says it; a page has room for two months of a hundred jobs."""

STATUS_WORDS = (*STATUSES, SKIPPED)

COMPARED = 300
"""Newest records whose names are compared with one that nothing is found for."""

_AGO = re.compile(r"([1-9][0-9]{0,3})([dh])")
_HOURS = {"d": 24, "h": 1}


def runs(arguments: argparse.Namespace) -> int:
    """Show what has run and return the exit code: 0 shown, 2 bad usage, or AWS refuses; 130 Ctrl-C.

    ``--json`` prints an array, and nothing on standard output where the command fails.
    """
    try:
        fields = None if arguments.json is None else _fields(arguments.json)
        selection = _selection(arguments)
        return finish(_ending(arguments, fields, selection), as_json=fields is not None)
    except CannotGoOn as problem:
        return finish(failed("runs", problem, str(problem)))


def _ending(arguments: argparse.Namespace, fields: list[str] | None, selection: Selection) -> Ending:
    # Imported here: they import boto3, which no wrong usage waits for.
    from local.aws.aws_errors import in_plain_words
    from local.history.opened import history_of

    with in_plain_words():
        history = history_of(arguments.stage)
        found = list(history.records(selection))
        said = () if found else tuple(_why_nothing(history, selection, arguments.stage))
        said += history.notes()
    if arguments.html is not None:
        return _page(arguments.html, found, arguments.stage, said)
    if fields is not None:
        return Ending(SUCCEEDED, [{key: each.as_json()[key] for key in fields} for each in found], said)
    if arguments.csv:
        return Ending(SUCCEEDED, said=said, csv=csv_text(FIELDS, map(_cells, found)))
    if not sys.stdout.isatty():
        return Ending(SUCCEEDED, said=said, rows=tuple(map(runs_output.fields_of, found)))
    runs_output.show(console_for(sys.stdout), found)
    return Ending(SUCCEEDED, said=said)


def _page(path: Path, found: list[HistoryRecord], stage: str | None, said: tuple[str, ...]) -> Ending:
    """Write the page. Raises CannotGoOn."""
    # Imported here: they import jinja2, and what reads the files of jobs.
    from local.cli.expected_loads import expected_loads
    from local.history.files import Files
    from local.pages.history_page import history_page
    from local.pages.own_pages import no_page, own_pages
    from local.pages.page import write_page

    expected, problems = expected_loads(stage)
    title = "Runs of this computer" if stage is None else f"Stage {stage}"
    pages = own_pages(Files(), path) if stage is None else no_page
    write_page(path, history_page(found, title, expected, is_deployed=stage is not None, page_of=pages))
    return Ending(SUCCEEDED, said=(*said, *problems), shown=(str(path),))


def _cells(record: HistoryRecord) -> list[Any]:
    """Those of a line of ``--csv``: counts as in a sentence."""
    found = record.as_json()
    counts = ", ".join(f"{count} {word}" for word, count in (record.counts or {}).items())
    return [(counts or None) if key == "counts" else found[key] for key in FIELDS]


# -- arguments --------------------------------------------------------------------------------------------------------


def _fields(text: str) -> list[str]:
    """The fields of ``--json``, in this order. Raises CannotGoOn, which lists those that there are."""
    fields = [name for name in map(str.strip, text.split(",")) if name]
    known = f"Fields: {', '.join(FIELDS)}."
    if not fields:
        raise CannotGoOn(f"--json: give one field or several, separated by commas. {known}")
    for name in fields:
        if name not in FIELDS:
            raise CannotGoOn(f'--json: unknown field "{name}"{nearest(name, FIELDS)}. {known}')
    return list(dict.fromkeys(fields))


def _selection(arguments: argparse.Namespace) -> Selection:
    return Selection(
        job=arguments.job,
        batch=arguments.batch,
        datamart=arguments.datamart,
        status=_statuses(arguments.status),
        since=None if arguments.since is None else _since(arguments.since),
        limit=arguments.limit or (LIMIT if arguments.html is None else LIMIT_OF_PAGE),
    )


def _statuses(text: str | None) -> tuple[str, ...]:
    """Raises CannotGoOn naming the first word that is unknown."""
    words = [word for word in map(str.strip, (text or "").split(",")) if word]
    for word in words:
        if word not in STATUS_WORDS:
            raise CannotGoOn(
                f'--status: unknown status "{word}"{nearest(word, STATUS_WORDS)}. One or several of: '
                f"{', '.join(STATUS_WORDS)}."
            )
    return tuple(words)


def _since(text: str) -> float:
    """Seconds since the epoch: so long ago, or the beginning of a day of this computer's time zone, or a time."""
    if ago := _AGO.fullmatch(text):
        return clock.now() - timedelta(hours=int(ago[1]) * _HOURS[ago[2]]).total_seconds()
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError):
        raise CannotGoOn(
            f'--since: "{text}" is neither a span, a day nor a time, such as 7d, 12h, 2026-11-20 or '
            "2026-11-20T05:00+01:00."
        ) from None


# -- nothing found ----------------------------------------------------------------------------------------------------


def _why_nothing(history: History, selection: Selection, stage: str | None) -> Iterator[str]:
    """Sentences about what a person may have meant."""
    where = "of this computer (--stage S reads that of a stage)" if stage is None else f"of the stage {stage}"
    yield f"datamart: nothing in the history {where} matches."
    wanted = {"job": selection.job, "batch": selection.batch, "datamart": selection.datamart}
    if any(wanted.values()):
        newest = list(history.records(Selection(limit=COMPARED)))
        for what, name in wanted.items():
            known = {getattr(record, what) for record in newest} - {None}
            if name is not None and name not in known and (near := nearest(name, known)):
                yield f'datamart: no {what} "{name}" ran lately{near}.'
