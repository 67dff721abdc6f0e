"""``datamart init``: writes the file of a job, with the prompts of its datamart filled in."""

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from functions.microstrategy import Client
from functions.text import printable
from infra.jobs.cron_words import cron_words
from infra.settings.settings import Settings
from local.cli.prompts_arguments import project_of, wanted
from local.cli.server_command import OnNote, Read, is_simulated, read_from_server
from local.first_job.draft import job_content, job_name, to_fill_in
from local.first_job.job_file import check_is_free, path_of, write
from local.server_access.datamart_prompts import ask
from local.server_access.stage import settings_for

STAGE = "dev"
"""Whose settings say which jobs run, where no stage is named."""


@dataclass(frozen=True)
class NewJob:
    """A job whose file has been written.

    Parameters
    ----------
    name
        Of the job.
    content
        Of its file.
    to_fill_in
        The names of prompts whose answer is still missing.
    next_steps
        Command lines, each with what it does.
    """

    name: str
    content: dict[str, Any]
    to_fill_in: Sequence[str]
    next_steps: Sequence[tuple[str, str]]

    @property
    def file(self) -> str:
        """Where it is, from the root of the repository."""
        return f"infra/jobs/{self.name}.json"

    def as_json(self) -> dict[str, Any]:
        """``{"job": NAME, "file": PATH, "toFillIn": [NAME, …], "content": {…}}``"""
        return {"job": self.name, "file": self.file, "toFillIn": list(self.to_fill_in), "content": self.content}


def init(arguments: argparse.Namespace) -> int:
    """Write the file of the job and return the exit code."""

    def reader(console: Console) -> Read[NewJob]:
        asked_for = wanted(project_of(arguments), arguments.datamart)
        settings = settings_for(arguments.stage or STAGE, arguments.connection or "default")
        if arguments.name is not None:
            check_is_free(path_of(arguments.name), arguments.force)
        return lambda client, on_note: _written(client, on_note, asked_for, settings, arguments)

    return read_from_server("init", arguments, reader, _show)


def _written(
    client: Client, on_note: OnNote, asked_for: dict[str, Any], settings: Settings, arguments: argparse.Namespace
) -> NewJob:
    """Raises LibraryError, CannotGoOn."""
    asked = ask(client, asked_for, on_note)
    name = arguments.name or job_name(asked.datamart.name or "")
    path = path_of(name)
    check_is_free(path, arguments.force)
    content = job_content(asked, arguments.connection)
    write(path, content)
    if settings.jobs is not None and name not in settings.jobs:
        on_note(f'infra/settings/{settings.stage}.toml lists the jobs that run: add "{name}" to them.')
    return NewJob(name, content, to_fill_in(content), _next_steps(name, arguments))


def _next_steps(name: str, arguments: argparse.Namespace) -> list[tuple[str, str]]:
    command = ".venv/bin/datamart"
    if is_simulated(arguments):
        return [
            (f"{command} check --simulator", "finds what the job names, executes nothing"),
            (f"{command} run {name}", "runs it here, on the simulator"),
        ]
    if arguments.library_url is not None:
        server = f"--library-url {shlex.quote(arguments.library_url)}"
        return [
            (f"{command} check {server}", "finds what the job names, executes nothing"),
            (f"{command} run {name} {server}", "loads the table, for real"),
        ]
    stage = shlex.quote(arguments.stage)
    return [
        (f"{command} check --stage {stage}", "finds what the job names, executes nothing"),
        (f"make deploy STAGE={stage}", "lets it run by its schedule"),
    ]


def _show(console: Console, job: NewJob, notes: list[str]) -> None:
    """Print what was written, what is left to do, and what comes next."""
    schedule = cron_words(job.content["triggers"][0]["schedule"])
    console.print(_line(f"{job.file} is written. The job {job.name} runs {schedule} ({job.content['timeZone']})."))
    for note in notes:
        console.print(_line(f"Note: {note}", "yellow"))
    if job.to_fill_in:
        console.print()
        console.print(_line("Replace … in it by answers to:", "bold"))
        for name in job.to_fill_in:
            console.print(_line(f"  {name}"))
    console.print()
    console.print(_line("What next:", "bold"))
    width = max(len(step) for step, _ in job.next_steps)
    for step, what in job.next_steps:
        console.print(_line(f"  {step.ljust(width)}   # {what}"), soft_wrap=True)


def _line(text: str, style: str = "") -> Text:
    return Text(printable(text), style)
