"""Refuses job files that fit their schema and still cannot work: checked at synth, not at five in the morning."""

from typing import Any

from functions.errors import InvalidRequest
from functions.requests.placeholders import (
    MESSAGE,
    OF_S3,
    OF_SNS,
    ONLY_IN_JOBS,
    BadPlaceholder,
    Placeholder,
    placeholders,
    strings,
    unfilled,
)
from functions.requests.request import normalise
from functions.requests.validation import nearest
from functions.triggers.accepted_request import FROM_OUTSIDE
from functions.triggers.kinds import KINDS
from infra.jobs.filter_policy import ATTRIBUTES, BODY, OR, check_filter
from infra.jobs.named_job import NamedJob
from infra.jobs.object_keys import check_uploads
from infra.jobs.schedule_check import check_schedule
from infra.jobs.time_zones import check_zone
from infra.jobs.topics import check_topic
from infra.settings.settings import BadConfiguration, Settings


def check_job(job: NamedJob, settings: Settings) -> None:
    """Raise BadConfiguration, naming key and reason, for a job that could not do what its file says."""
    check_zone("timeZone", job.time_zone)
    for index, trigger in enumerate(job.triggers):
        _check_trigger(f"triggers[{index}]", trigger, job)
        if trigger in job.triggers[:index]:
            raise BadConfiguration(f"triggers[{index}]: is a duplicate, and would start the job twice. Remove it.")
    topics = [trigger["sns"]["topicArn"] for trigger in job.triggers if "topicArn" in trigger.get("sns", {})]
    if len(topics) > len(set(topics)):
        raise BadConfiguration("triggers: the job subscribes to a topic twice. Combine the two filters in one trigger.")
    carrying = {"objects" in trigger["sns"] for trigger in job.triggers if "sns" in trigger}
    if len(carrying) > 1:
        raise BadConfiguration(
            "triggers: S3 notifications (objects) and other messages cannot start the same job. Make a job for each."
        )
    _check_request(job, settings)
    _check_placeholders(job)
    _check_what_is_expected(job)
    if "expectOn" in job.content and "expectBy" not in job.content:
        raise BadConfiguration("expectOn: needs expectBy, the time of the load. Add expectBy, or remove expectOn.")


def _check_what_is_expected(job: NamedJob) -> None:
    """With several datamarts from outside it must be clear whose load is expected: any other must not silence it."""
    several = len(job.content.get("acceptRequests", {}).get("datamarts", [])) > 1
    if "expectBy" in job.content and several and "datamart" not in job.content["request"]:
        raise BadConfiguration(
            "expectBy: acceptRequests lists several datamarts, and it does not say whose load is expected. Name that "
            'one as "datamart" of the job\'s request; requests from outside may still name the others.'
        )


def _check_trigger(where: str, trigger: dict[str, Any], job: NamedJob) -> None:
    kinds = [kind for kind in KINDS if kind in trigger]
    if len(kinds) != 1:
        raise BadConfiguration(
            f"{where}: must have exactly one of {', '.join(KINDS)}, not {', '.join(kinds) or 'none'}."
        )
    if kinds != ["schedule"] and (extra := sorted({"timeZone", "flexibleMinutes"} & set(trigger))):
        raise BadConfiguration(f"{where}.{extra[0]}: is only allowed in a trigger with schedule. Remove it.")
    if "schedule" in trigger:
        check_schedule(where, trigger, job.time_zone)
    elif "s3" in trigger:
        check_uploads(f"{where}.s3", trigger["s3"])
        if "kmsKeyArn" in trigger["s3"] and "acceptRequests" not in job.content:
            raise BadConfiguration(
                f"{where}.s3.kmsKeyArn: without acceptRequests no object is read, so no key is needed. Leave it out."
            )
    else:
        _check_messages(f"{where}.sns", trigger["sns"], job)


def _check_messages(where: str, declared: dict[str, Any], job: NamedJob) -> None:
    if "topicArn" in declared:
        check_topic(f"{where}.topicArn", declared["topicArn"])
    if "objects" in declared:
        if chosen := sorted({"filter", "filterScope"} & set(declared)):
            raise BadConfiguration(
                f"{where}.{chosen[0]}: S3's notifications have no attributes that it could choose by; objects has "
                "prefix and suffix."
            )
        check_uploads(f"{where}.objects", declared["objects"])
    if "filter" in declared:
        scope = declared.get("filterScope", ATTRIBUTES)
        check_filter(f"{where}.filter", declared["filter"], scope)
        if scope == BODY and "acceptRequests" in job.content:
            _check_filters_requests(f"{where}.filter", declared["filter"])
    elif "filterScope" in declared:
        raise BadConfiguration(f"{where}.filterScope: needs filter. Add filter, or remove filterScope.")


def _check_filters_requests(where: str, policy: dict[str, Any]) -> None:
    """With ``acceptRequests`` the body is the request, and a request has no other keys."""
    for key in policy:
        if key not in (OR, *FROM_OUTSIDE):
            raise BadConfiguration(
                f"{where}.{key}: with acceptRequests the body is the request, and one with such a key is refused; "
                f"there are {', '.join(FROM_OUTSIDE)}. Filter on the message's attributes."
            )


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
            f'request.connection: unknown connection "{normal["connection"]}"'
            f"{nearest(normal['connection'], settings.connections)}. "
            f"Connections of infra/settings/{settings.stage}.toml: {', '.join(settings.connections)}."
        )


def _check_placeholders(job: NamedJob) -> None:
    for index, trigger in enumerate(job.triggers):
        _check_literal(f"triggers[{index}]", trigger)
    for index, prompt in enumerate(job.content["request"].get("prompts", [])):
        _check_literal(f"request.prompts[{index}].name", prompt.get("name"))
        where = f"request.prompts[{index}].answers"
        for text in strings(prompt.get("answers")):
            try:
                found = placeholders(text)
            except BadPlaceholder as problem:
                raise BadConfiguration(f"{where}: {problem}.") from None
            for placeholder in found:
                _check_is_brought(where, placeholder, job)


def _check_literal(where: str, value: Any) -> None:
    """What is taken as it is written holds no day, which would never be filled in."""
    if found := unfilled(value, days_only=True):
        raise BadConfiguration(f"{where}: {found} is not filled in here; {ONLY_IN_JOBS}.")


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
