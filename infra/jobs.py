"""The named jobs: one file each in ``infra/jobs``, checked at synth with errors that name file, key and reason."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

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
    _check_names(wanted)
    return [_read(paths[name], settings) for name in wanted]


def _check_names(names: Iterable[str]) -> None:
    alike: dict[str, str] = {}
    for name in names:
        other = alike.setdefault(re.sub("[-_]", "", name).lower(), name)
        if other != name:
            raise BadConfiguration(
                f"infra/jobs/{name}.json: must differ from {other}.json in more than case, - and _: the resources of "
                "both would have the same names."
            )


def _read(path: Path, settings: Settings) -> NamedJob:
    try:
        given = json.loads(path.read_text("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise BadConfiguration(f"infra/jobs/{path.name}: is not JSON ({problem}).") from None
    try:
        return _checked(path.stem, given, settings)
    except (Misfit, BadConfiguration) as problem:
        raise BadConfiguration(f"infra/jobs/{path.name}: {problem}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if twice := [key for key in keys if keys.count(key) > 1]:
        raise ValueError(f'"{twice[0]}" stands twice in one object')
    return dict(pairs)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number there")


def _checked(name: str, given: Any, settings: Settings) -> NamedJob:
    if not _NAME.fullmatch(name):
        raise BadConfiguration("a job's name is a letter and then letters, digits, - and _, at most 40 together.")
    job = NamedJob(name, SCHEMA.check(given))
    _check_zone("timeZone", job.time_zone)
    for index, trigger in enumerate(job.triggers):
        _check_trigger(f"triggers[{index}]", trigger, job.time_zone)
        if trigger in job.triggers[:index]:
            raise BadConfiguration(f"triggers[{index}]: stands there twice, and would start the job twice.")
    topics = [trigger["sns"]["topicArn"] for trigger in job.triggers if "topicArn" in trigger.get("sns", {})]
    if len(topics) > len(set(topics)):
        raise BadConfiguration("triggers: a topic can be subscribed to once; put what its filters take into one.")
    carrying = {"objects" in trigger["sns"] for trigger in job.triggers if "sns" in trigger}
    if len(carrying) > 1:
        raise BadConfiguration("triggers: messages that are S3 notifications and others need a job each.")
    _check_request(job, settings)
    _check_placeholders(job)
    if "expectBy" in job.content and not job.triggers:
        raise BadConfiguration("expectBy: nothing starts this job by then; give it a trigger.")
    if "expectOn" in job.content and "expectBy" not in job.content:
        raise BadConfiguration("expectOn: says on which days, and expectBy is missing, which says by when.")
    return job


def _check_zone(where: str, name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(name, available_timezones())
        raise BadConfiguration(f'{where}: there is no time zone "{name}"{near}; one is called Europe/Paris.') from None


def _check_trigger(where: str, trigger: dict[str, Any], zone: str) -> None:
    kinds = [kind for kind in KINDS if kind in trigger]
    if len(kinds) != 1:
        raise BadConfiguration(f"{where}: must have just one of {', '.join(KINDS)}, not {', '.join(kinds) or 'none'}.")
    if kinds != ["schedule"] and (extra := sorted({"timeZone", "flexibleMinutes"} & set(trigger))):
        raise BadConfiguration(f"{where}.{extra[0]}: belongs to a schedule.")
    if "schedule" in trigger:
        zone = trigger.get("timeZone", zone)
        _check_zone(f"{where}.timeZone", zone)
        _check_schedule(f"{where}.schedule", trigger["schedule"], ZoneInfo(zone))
        return
    sns = trigger.get("sns", {})
    if "objects" in sns and "filter" in sns:
        raise BadConfiguration(f"{where}.sns.filter: S3's notifications have no attributes that it could choose by.")
    if "s3" in trigger:
        _check_keys(f"{where}.s3", trigger["s3"])
    elif "objects" in sns:
        _check_keys(f"{where}.sns.objects", sns["objects"])


def _check_keys(where: str, declared: dict[str, Any]) -> None:
    prefix, suffix = declared.get("prefix", ""), declared.get("suffix", "")
    if prefix.startswith("/"):
        raise BadConfiguration(f"{where}.prefix: keys do not begin with a slash; write {prefix.lstrip('/') or 'none'}.")
    for key, wrong in (("prefix", prefix.endswith("*")), ("suffix", suffix.startswith("*"))):
        if wrong:
            raise BadConfiguration(f"{where}.{key}: is no pattern; leave the * out.")


def _check_schedule(where: str, expression: str, zone: ZoneInfo) -> None:
    kind, _, inner = expression.removesuffix(")").partition("(")
    if kind == "cron":
        _check_cron(where, inner.split())
    elif kind == "rate" and not re.fullmatch("[1-9][0-9]* (minute|hour|day)s?", inner):
        raise BadConfiguration(f"{where}: rate(…) has a number and a unit: rate(1 day), rate(4 hours).")
    elif kind == "at":
        try:
            at = datetime.strptime(inner, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone)
        except ValueError:
            raise BadConfiguration(f"{where}: at(…) has a date and a time: at(2026-11-24T05:00:00).") from None
        if at < datetime.now(zone):
            raise BadConfiguration(f"{where}: {expression} lies in the past and never comes; take it out.")


_CRON = {
    "minutes": "[0-5]?[0-9]",
    "hours": "[01]?[0-9]|2[0-3]",
    "day of the month": "0?[1-9]|[12][0-9]|3[01]",
    "month": "0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC",
    "day of the week": "[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT",
    "year": "19[7-9][0-9]|2[01][0-9][0-9]",
}
"""The fields of cron(…) and a value of each, as EventBridge Scheduler has them."""

_CRON_OF_DAYS = {"day of the month": "L|LW|([1-9]|[12][0-9]|3[01])W", "day of the week": "L|[1-7]L|[1-7]#[1-5]"}
"""What else may stand for a day."""


def _check_cron(where: str, fields: list[str]) -> None:
    if len(fields) != len(_CRON):
        raise BadConfiguration(f"{where}: cron(…) has {len(_CRON)} fields ({', '.join(_CRON)}): cron(0 5 * * ? *).")
    for (name, value), field in zip(_CRON.items(), fields, strict=True):
        one = rf"(\*|({value})(-({value}))?)(/[1-9][0-9]*)?"
        days = rf"|\?|{_CRON_OF_DAYS[name]}" if name in _CRON_OF_DAYS else ""
        if not re.fullmatch(f"{one}(,{one})*{days}", field, re.IGNORECASE):
            raise BadConfiguration(f"{where}: {field} is no {name} of cron(…).")
    if (fields[2] == "?") == (fields[4] == "?"):
        raise BadConfiguration(f"{where}: one of day of the month and day of the week must be ?, and only one.")


_FROM_OUTSIDE = {"project": "P", "datamart": "D"}
"""Stands for what a request from outside brings when the rest of the job's own request is checked."""


def _check_request(job: NamedJob, settings: Settings) -> None:
    accepts = "acceptRequests" in job.content
    if accepts and all("schedule" in trigger for trigger in job.triggers):
        raise BadConfiguration("acceptRequests: needs a trigger that can bring a request: s3 or sns.")
    for key, one in (("projects", "project"), ("datamarts", "datamart")):
        for index, value in enumerate(job.content.get("acceptRequests", {}).get(key, [])):
            try:
                normalise(_FROM_OUTSIDE | {one: value})
            except InvalidRequest as problem:
                sentence = str(problem).removeprefix(f"{one}: ")
                raise BadConfiguration(f"acceptRequests.{key}[{index}]: {sentence}") from None
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
