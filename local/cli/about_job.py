"""What the run of a job was started with: its time, its trigger, and what was filled into its answers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from functions.errors import InvalidRequest
from functions.requests.execution_input import moment, read_input
from functions.requests.named_jobs import Job, job_named
from functions.requests.placeholders import fill, placeholders, strings
from functions.requests.started import started_in
from functions.text import one_line
from local.cli.headline import Targets, headline_of_request

LONGEST = 200
"""Characters of a text that somebody else wrote."""


def lines_about_job(
    given: Any, execution_arn: str, started_at: str, targets: Targets, hides_answers: bool
) -> Iterator[str]:
    """The headline of a run that a job began, and what is known of its start; nothing about other runs.

    Parameters
    ----------
    given
        The execution's input. Its job is looked up where the functions look it up.
    started_at
        When it started (ISO 8601): the time of a job that is given none.
    targets
        The datamarts that are known, by ID.
    hides_answers
        Whether the values of answers, and so what was filled in, stay out of it.
    """
    if not isinstance(given, dict) or "job" not in given:
        return
    try:
        start = read_input(given, started_at)
        job = job_named(str(start.job))
    except InvalidRequest:
        return  # the first step refuses it in a moment
    yield headline_of_request(start.request, targets, hides_answers)
    by = started_in(given, execution_arn)
    started = " ".join(filter(None, (by.trigger, by.by)))
    yield one_line(f"Job {start.job}, for {start.as_of}, started by {started}", LONGEST)
    if not hides_answers:
        for text, filled in _filled_in(job, moment(str(start.as_of)), given.get("values", {})):
            yield one_line(f"{text} is {filled}", LONGEST)


def _filled_in(job: Job, at: datetime, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each answer of the job that has placeholders, and what stands there now."""
    answers = [prompt.get("answers") for prompt in job["request"].get("prompts", [])]
    for text in dict.fromkeys(strings(answers)):
        if placeholders(text):
            yield text, fill(text, at, ZoneInfo(job["timeZone"]), values)
