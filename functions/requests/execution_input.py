"""Reads an execution's input: a request, or a job by name with the time and the values of its trigger.

The starter begins every run in the second form. So a copy of an execution's input repeats exactly that run, and
``{"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00"}`` is a backfill.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from functions.errors import InvalidRequest
from functions.names import BATCHES
from functions.requests import placeholders
from functions.requests.event_shapes import WHAT_TO_GIVE, described, without_added
from functions.requests.follow_ups import only_follow_ups, without_mark
from functions.requests.named_jobs import Job, is_burst, job_named
from functions.requests.placeholders import BadPlaceholder
from functions.requests.request import SCHEMA as REQUEST
from functions.requests.request import normalise
from functions.requests.started import check_started
from functions.requests.validation import Schema, SchemaError
from functions.text import one_line

PATTERN_OF_TIME = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"

TIME_IN_WORDS = {PATTERN_OF_TIME: "a time with its offset, such as 2026-11-20T05:00+01:00"}
"""For the messages of schemas with a time."""

SCHEMA = Schema(Path(__file__).with_name("execution_input.schema.json"), "the input", patterns=TIME_IN_WORDS)


@dataclass(frozen=True)
class Start:
    """The valid input of a run.

    Parameters
    ----------
    request
        Complete and normalised: :func:`functions.requests.request.normalise`.
    job
        Name of the job; None for a request without a job.
    as_of
        The trigger's time (ISO 8601); None without a job.
    burst
        Whether a newer upload of the job makes the run superfluous while it waits in the queue.
    follow_ups_of
        Name of the execution that has loaded the table: this one only does the request's follow-ups.
    """

    request: dict[str, Any]
    job: str | None = None
    as_of: str | None = None
    burst: bool = False
    follow_ups_of: str | None = None


def read_input(given: Any, started_at: str, jobs: dict[str, Job] | None = None) -> Start:
    """Check an execution's input.

    Parameters
    ----------
    given
        The input, unchecked.
    started_at
        When the execution started (ISO 8601): the default of ``asOf``.
    jobs
        The jobs that may be named, by name; the deployed ones if left out.

    Raises
    ------
    InvalidRequest
        Naming the key and what is expected there.
    """
    _check_text(given)
    check_started(given)
    given, follow_ups_of = without_mark(without_added(given))
    start = _start(given, started_at, jobs)
    return start if follow_ups_of is None else _without_load(start, follow_ups_of)


def _without_load(start: Start, follow_ups_of: str) -> Start:
    return replace(start, request=only_follow_ups(start.request), burst=False, follow_ups_of=follow_ups_of)


def _start(given: Any, started_at: str, jobs: dict[str, Job] | None) -> Start:
    if (shape := described(given)) is not None:
        raise InvalidRequest(f"the input {shape}. {WHAT_TO_GIVE}")
    if not (isinstance(given, dict) and "job" in given):
        _check_is_no_batch(given)
        _check_names_a_job(given)
        return Start(normalise(given))
    _check_is_no_request(given)
    try:
        start = SCHEMA.check(dict(given))
    except SchemaError as problem:
        raise InvalidRequest(str(problem)) from None
    if "refusal" in start:
        raise InvalidRequest(one_line(start["refusal"]))
    as_of, job = start.get("asOf", started_at), job_named(start["job"], jobs)
    request = expanded(job, moment(as_of), start["values"]) | start["request"]
    try:
        return Start(normalise(request), start["job"], as_of, is_burst(job, start["values"]))
    except InvalidRequest as problem:
        raise InvalidRequest(f'job "{start["job"]}": {problem}') from None


def _check_is_no_batch(given: Any) -> None:
    """Say where a batch belongs that is given to the state machine of runs. Raises InvalidRequest."""
    found = {"batch", "restartOf"} & set(given) if isinstance(given, dict) else set()
    if found and not {"project", "datamart"} & set(given):
        raise InvalidRequest(
            f"{min(found)}: is the input of a batch. Start the state machine of batches with it, whose name ends in "
            f"{BATCHES}."
        )


ONLY_WITH_A_JOB = ("asOf", "values", "request")
"""Keys that a request has no use for: it is taken as it is."""


def _check_names_a_job(given: Any) -> None:
    """Say where keys belong that go with a job. Raises InvalidRequest."""
    for key in ONLY_WITH_A_JOB if isinstance(given, dict) else ():
        if key in given:
            raise InvalidRequest(f'{key}: goes only with a job by name, {{"job": …, "{key}": …}}; remove it.')


def _check_is_no_request(given: dict[str, Any]) -> None:
    """Say that a job and a request exclude each other. Raises InvalidRequest."""
    if keys := [key for key in REQUEST.rules["properties"] if key in given]:
        raise InvalidRequest(
            f"job, {keys[0]}: give only one of the two: a job has a request of its own. What replaces keys of that "
            f'request goes under "request": {{"job": …, "request": {{"{keys[0]}": …}}}}.'
        )


def _check_text(given: Any) -> None:
    """Reject half characters, which JSON can escape: DynamoDB, servers and logs do not accept them."""
    try:
        json.dumps(given, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InvalidRequest("the input holds half of a character (a lone surrogate), which is not text.") from None
    except RecursionError:
        raise InvalidRequest("the input is nested too deeply.") from None


def expanded(job: dict[str, Any], at: datetime, values: dict[str, str]) -> dict[str, Any]:
    """The job's request with the placeholders of its prompt answers filled in. Raises InvalidRequest."""
    request: dict[str, Any] = dict(job["request"])
    if "prompts" not in request:
        return request
    prompts = []
    for index, prompt in enumerate(request["prompts"]):
        try:
            answers = placeholders.fill(prompt.get("answers"), at, ZoneInfo(job["timeZone"]), values)
        except BadPlaceholder as problem:
            raise InvalidRequest(f"prompts[{index}].answers: {problem}.") from None
        prompts.append(prompt | {"answers": answers} if "answers" in prompt else prompt)
    return request | {"prompts": prompts}


def moment(text: str) -> datetime:
    """A time with its offset, from ISO 8601. Raises InvalidRequest."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1970 <= at.year < 9999:
        raise InvalidRequest(f"asOf: {text!r} is not a time with its offset, such as 2026-11-20T05:00+01:00.")
    return at
