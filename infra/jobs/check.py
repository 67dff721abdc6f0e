"""Refuses job files that fit their schema and still cannot work: checked at synth, not at five in the morning."""

from typing import Any

from functions.errors import InvalidRequest
from functions.requests.named_jobs import LATEST
from functions.requests.placeholders import (
    ONLY_IN_JOBS,
    BadPlaceholder,
    Placeholder,
    placeholders,
    strings,
    unfilled,
)
from functions.requests.request import normalise
from functions.similar_names import nearest
from functions.triggers.kinds import KINDS
from infra.jobs.named_job import NamedJob
from infra.jobs.time_zones import check_zone
from infra.jobs.topics import check_subscriptions
from infra.jobs.triggers import Trigger, kind_named, kind_of, kinds_in
from infra.settings.settings import BadConfiguration, Settings


def check_job(job: NamedJob, settings: Settings) -> None:
    """Raise BadConfiguration, naming key and reason, for a job that could not do what its file says."""
    check_zone("timeZone", job.time_zone)
    for index, trigger in enumerate(job.triggers):
        _check_trigger(f"triggers[{index}]", trigger, job)
        if trigger in job.triggers[:index]:
            raise BadConfiguration(f"triggers[{index}]: is a duplicate, and would start the job twice. Remove it.")
    check_subscriptions(job)
    _check_request(job, settings)
    _check_placeholders(job)
    _check_what_is_expected(job)
    _check_burst(job)
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


def _check_burst(job: NamedJob) -> None:
    if job.content["burst"] != LATEST:
        return
    if not any("s3" in trigger or "objects" in trigger.get("sns", {}) for trigger in job.triggers):
        raise BadConfiguration(
            'burst: "latest" is about uploads, and the job has no trigger of them. Remove it, or add an s3 trigger.'
        )
    if "acceptRequests" in job.content:
        raise BadConfiguration(
            'burst: "latest" is not allowed beside acceptRequests, whose uploads may load what a newer one does not. '
            "Remove one of them."
        )


def _check_trigger(where: str, trigger: Trigger, job: NamedJob) -> None:
    kinds = kinds_in(trigger)
    if len(kinds) != 1:
        raise BadConfiguration(
            f"{where}: must have exactly one of {', '.join(KINDS)}, not {', '.join(kinds) or 'none'}."
        )
    for kind in KINDS:
        if kind not in kinds and (extra := sorted(set(kind_named(kind).PROPERTIES) & set(trigger))):
            raise BadConfiguration(f"{where}.{extra[0]}: is only allowed in a trigger with {kind}. Remove it.")
    kind_of(trigger).check(where, trigger, job)


_FROM_OUTSIDE = {"project": "P", "datamart": "D"}
"""Stands for what a request from outside brings when the rest of the job's own request is checked."""


def _check_request(job: NamedJob, settings: Settings) -> None:
    accepts = "acceptRequests" in job.content
    if accepts and not any(kind_of(trigger).CAN_BRING_REQUEST for trigger in job.triggers):
        able = " or ".join(kind for kind in KINDS if kind_named(kind).CAN_BRING_REQUEST)
        raise BadConfiguration(f"acceptRequests: needs a trigger that can bring a request: {able}.")
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
        if not placeholder.is_of_time and not kind_of(trigger).brings(trigger, placeholder):
            (kind,) = kinds_in(trigger)
            raise BadConfiguration(
                f"{where}: {{{placeholder.name}}} has no value when the trigger {kind} starts the job."
            )
