"""Prints the report of ``make synth``: a table of the stage's jobs and batches on stdout, and warnings on stderr.

    python -m infra.build.jobs_report --stage dev

Warnings (infra/jobs/warnings.py) never fail: infra/jobs/check.py has rejected before what must not be deployed.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from functions.text import one_line
from infra.batches.batch_files import FOLDER as BATCHES
from infra.batches.batch_files import batches_of
from infra.batches.named_batch import NamedBatch
from infra.jobs.job_files import FOLDER as JOBS
from infra.jobs.job_files import jobs_of, no_jobs
from infra.jobs.named_job import NamedJob
from infra.jobs.schedule_expression import Rate, parse_schedule
from infra.jobs.schedule_times import firings
from infra.jobs.triggered import Triggered
from infra.jobs.triggers import kind_of
from infra.jobs.warnings import warnings_of
from infra.settings.settings import FOLDER as SETTINGS
from infra.settings.settings import BadConfiguration, Settings, settings_of

FIRINGS = 3
"""How many of the next firings are shown."""

LONGEST = 300
"""Characters of a cell: a filter may have hundreds of values."""


def main() -> None:
    """Read the arguments and print the report; exit with 1 only for files that are wrong."""
    parser = argparse.ArgumentParser(prog="python -m infra.build.jobs_report", description=__doc__)
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--settings", type=Path, default=SETTINGS, help="folder of the stages' settings")
    parser.add_argument("--jobs", type=Path, default=JOBS, help="folder of the jobs' files")
    parser.add_argument("--batches", type=Path, default=BATCHES, help="folder of the batches' files")
    arguments = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that the terminal cannot show does not end make synth
    try:
        settings = settings_of(arguments.stage, arguments.settings)
        jobs = jobs_of(settings, arguments.jobs)
        batches = batches_of(settings, jobs, arguments.batches)
        report(jobs, settings, datetime.now(UTC), sys.stdout, sys.stderr, batches)
    except BadConfiguration as problem:
        sys.exit(f"synth: {problem}")


def report(
    jobs: list[NamedJob],
    settings: Settings,
    now: datetime,
    out: TextIO,
    err: TextIO,
    batches: Sequence[NamedBatch] = (),
) -> None:
    """Write the tables to ``out`` and the warnings to ``err``.

    Parameters
    ----------
    now
        The moment of the synth (aware).
    """
    # Not a terminal: 80 columns, or what COLUMNS says.
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    if jobs:
        console.print(_table(f"Jobs of the stage {settings.stage}", "job, datamart, connection", jobs, now))
    else:
        out.write(f"{no_jobs(settings)}\n")
    if batches:
        console.print(_table(f"Batches of the stage {settings.stage}", "batch, items", batches, now))
    out.flush()
    for warning in warnings_of([*jobs, *batches], now):
        err.write(f"warning: {one_line(warning)}\n")


def _table(title: str, first: str, named: Sequence[Triggered], now: datetime) -> Table:
    """A row for each trigger of each job or batch; one without triggers has one row.

    What it loads stands below its name: five columns side by side would break every word at 80.
    """
    made = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    made.add_column(first, overflow="fold", ratio=4)
    made.add_column("starts", overflow="fold", ratio=4)
    made.add_column("next", overflow="fold")
    for each in named:
        what = Text("\n").join(map(_line, (each.name, *_loads(each))))
        if not each.triggers:
            made.add_row(what, "by its name only", "")
        for trigger in each.triggers:
            made.add_row(what, _line(kind_of(trigger).words(trigger)), Text("\n".join(_next(trigger, each, now))))
            what = Text("")
    return made


def _loads(each: Triggered) -> Iterator[str]:
    """What a job or batch loads, a line each."""
    if isinstance(each, NamedJob):
        yield _datamart(each)
        yield f"connection {_connection(each)}"
    elif isinstance(each, NamedBatch):
        yield each.words


def _line(text: str) -> Text:
    """One line without control characters, never parsed as markup."""
    return Text(one_line(text, LONGEST))


def _connection(job: NamedJob) -> str:
    return str(job.content["request"].get("connection", "default"))


def _datamart(job: NamedJob) -> str:
    request = job.content["request"]
    accepted = job.content.get("acceptRequests", {}).get("datamarts", [])
    if accepted and "datamart" not in request:
        return f"one of {', '.join(_called(one) for one in accepted)}"
    return _called(request["datamart"])


def _called(datamart: Any) -> str:
    return f"{datamart['path']}/{datamart['name']}" if isinstance(datamart, dict) else str(datamart)


def _next(trigger: dict[str, Any], owner: Triggered, now: datetime) -> Iterator[str]:
    """The next firings, a line each, and their time zone; or why it has none."""
    if "schedule" not in trigger:
        yield "when it comes"
        return
    schedule = parse_schedule("schedule", trigger["schedule"])
    if isinstance(schedule, Rate):
        yield "counted from its deployment"
        return
    zone = trigger.get("timeZone", owner.time_zone)
    found = [f"{at:%a %Y-%m-%d %H:%M}" for at in islice(firings(schedule, ZoneInfo(zone), now), FIRINGS)]
    yield from [*found, zone] if found else ["never again"]


if __name__ == "__main__":
    main()
