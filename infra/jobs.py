"""The named jobs: one file each in ``infra/jobs``, checked at synth with errors that name file, key and reason."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from functions.run.errors import InvalidRequest
from functions.run.placeholders import MESSAGE, OF_S3, OF_SNS, BadPlaceholder, Placeholder, placeholders, strings
from functions.run.request import normalise
from functions.run.schema import Misfit, Schema, nearest
from infra.settings import BadConfiguration, Settings

FOLDER = Path(__file__).parent / "jobs"

SCHEMA = Schema(
    Path(__file__).with_name("job.schema.json"),
    "the file",
    patterns={
        "^(cron|rate|at)[(].+[)]$": "a schedule expression: cron(…), rate(…) or at(…)",
        "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$": "the name of a bucket",
        "^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$": "the ARN of an SNS topic",
        "^([01][0-9]|2[0-3]):[0-5][0-9]$": "a time of the day such as 06:00",
    },
)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_FIELDS = {"cron": 6, "rate": 2, "at": 1}
"""Words within the brackets of a schedule expression."""

KINDS = ("schedule", "s3", "sns")


@dataclass(frozen=True)
class NamedJob:
    """A job's file, valid and with its defaults.

    ``triggers`` and the rest are as ``job.schema.json`` describes them.
    """

    name: str
    content: dict[str, Any]

    @property
    def time_zone(self) -> str:
        """Of its schedules, dates and expectBy."""
        return str(self.content["timeZone"])

    @property
    def triggers(self) -> list[dict[str, Any]]:
        """What starts it."""
        found: list[dict[str, Any]] = self.content["triggers"]
        return found

    @property
    def shipped(self) -> dict[str, Any]:
        """What of it goes beside the code (functions/run/jobs.py)."""
        objects = [trigger["sns"]["objects"] for trigger in self.triggers if "objects" in trigger.get("sns", {})]
        return {
            "request": self.content["request"],
            "timeZone": self.time_zone,
            "acceptRequests": self.content.get("acceptRequests"),
            "objects": objects,
        }


def jobs_of(settings: Settings, folder: Path = FOLDER) -> list[NamedJob]:
    """The jobs of a stage, by name. Raises BadConfiguration."""
    paths = {path.stem: path for path in sorted(folder.glob("*.json"))}
    wanted = paths if settings.jobs is None else settings.jobs
    for name in wanted:
        if name not in paths:
            raise BadConfiguration(
                f"infra/settings/{settings.stage}.toml: jobs: there is no file infra/jobs/{name}.json"
                f"{nearest(name, paths)}."
            )
    return [_read(paths[name], settings) for name in wanted]


def _read(path: Path, settings: Settings) -> NamedJob:
    try:
        given = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise BadConfiguration(f"infra/jobs/{path.name}: is not JSON ({problem}).") from None
    try:
        return _checked(path.stem, given, settings)
    except (Misfit, BadConfiguration) as problem:
        raise BadConfiguration(f"infra/jobs/{path.name}: {problem}") from None


def _checked(name: str, given: Any, settings: Settings) -> NamedJob:
    if not _NAME.fullmatch(name):
        raise BadConfiguration("a job's name is a letter and then letters, digits, - and _, at most 40 together.")
    job = NamedJob(name, SCHEMA.check(given))
    _check_zone("timeZone", job.time_zone)
    for index, trigger in enumerate(job.triggers):
        _check_trigger(f"triggers[{index}]", trigger)
    carrying = {"objects" in trigger["sns"] for trigger in job.triggers if "sns" in trigger}
    if len(carrying) > 1:
        raise BadConfiguration("triggers: messages that are S3 notifications and others need a job each.")
    _check_request(job, settings)
    _check_placeholders(job)
    if "expectOn" in job.content and "expectBy" not in job.content:
        raise BadConfiguration("expectOn: says on which days, and expectBy is missing, which says by when.")
    return job


def _check_zone(where: str, name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadConfiguration(f'{where}: there is no time zone "{name}"; one is called Europe/Paris.') from None


def _check_trigger(where: str, trigger: dict[str, Any]) -> None:
    kinds = [kind for kind in KINDS if kind in trigger]
    if len(kinds) != 1:
        raise BadConfiguration(f"{where}: must have just one of {', '.join(KINDS)}, not {', '.join(kinds) or 'none'}.")
    if kinds != ["schedule"] and (extra := sorted({"timeZone", "flexibleMinutes"} & set(trigger))):
        raise BadConfiguration(f"{where}.{extra[0]}: belongs to a schedule.")
    if "schedule" in trigger:
        kind, _, inner = trigger["schedule"].partition("(")
        if len(inner.removesuffix(")").split()) != _FIELDS[kind]:
            raise BadConfiguration(f"{where}.schedule: {kind}(…) has {_FIELDS[kind]} fields: {_EXAMPLES[kind]}.")
        _check_zone(f"{where}.timeZone", trigger.get("timeZone", "UTC"))


_EXAMPLES = {"cron": "cron(0 5 * * ? *)", "rate": "rate(1 day)", "at": "at(2026-11-24T05:00:00)"}

_FROM_OUTSIDE = {"project": "P", "datamart": "D"}
"""Stands for what a request from outside brings when the rest of the job's own request is checked."""


def _check_request(job: NamedJob, settings: Settings) -> None:
    accepts = "acceptRequests" in job.content
    if accepts and all("schedule" in trigger for trigger in job.triggers):
        raise BadConfiguration("acceptRequests: needs a trigger that can bring a request: s3 or sns.")
    request = job.content["request"]
    try:
        normal = normalise((_FROM_OUTSIDE | request) if accepts else request)
    except InvalidRequest as problem:
        raise BadConfiguration(f"request.{problem}") from None
    if normal["connection"] not in settings.connections:
        raise BadConfiguration(
            f'request.connection: "{normal["connection"]}" is none of the connections of infra/settings/'
            f"{settings.stage}.toml{nearest(normal['connection'], settings.connections)}."
        )


def _check_placeholders(job: NamedJob) -> None:
    for index, prompt in enumerate(job.content["request"].get("prompts", [])):
        where = f"request.prompts[{index}].answers"
        for text in strings(prompt.get("answers")):
            try:
                found = placeholders(text)
            except BadPlaceholder as problem:
                raise BadConfiguration(f"{where}: {problem}.") from None
            for placeholder in found:
                _check_is_brought(where, placeholder, job)


def _check_is_brought(where: str, placeholder: Placeholder, job: NamedJob) -> None:
    for trigger in job.triggers:
        if not _brings(trigger, placeholder):
            kind = next(kind for kind in KINDS if kind in trigger)
            raise BadConfiguration(
                f"{where}: {{{placeholder.name}}} has no value when the trigger {kind} starts the job."
            )


def _brings(trigger: dict[str, Any], placeholder: Placeholder) -> bool:
    if placeholder.is_of_time:
        return True
    if "s3" in trigger or "objects" in trigger.get("sns", {}):
        return placeholder.name in OF_S3
    return "sns" in trigger and (placeholder.name in OF_SNS or placeholder.name.startswith(MESSAGE))
