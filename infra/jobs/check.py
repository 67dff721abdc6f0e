"""Refuses job files that fit their schema and still cannot work: checked at synth, not at five in the morning."""

from functions.errors import InvalidRequest
from functions.requests.named_jobs import LATEST
from functions.requests.request import normalise
from functions.similar_names import nearest
from infra.jobs.named_job import NamedJob
from infra.jobs.time_zones import check_zone
from infra.jobs.trigger_check import (
    FROM_OUTSIDE,
    check_accepted,
    check_answers,
    check_triggers,
    kinds_that_bring_requests,
)
from infra.jobs.triggers import kind_of
from infra.settings.settings import BadConfiguration, Settings


def check_job(job: NamedJob, settings: Settings) -> None:
    """Raise BadConfiguration, naming key and reason, for a job that could not do what its file says."""
    check_zone("timeZone", job.time_zone)
    check_triggers(job)
    _check_request(job, settings)
    check_answers("request", job.content["request"], job)
    _check_what_is_expected(job)
    _check_burst(job)


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


def _check_request(job: NamedJob, settings: Settings) -> None:
    accepts = "acceptRequests" in job.content
    if accepts and not any(kind_of(trigger).CAN_BRING_REQUEST for trigger in job.triggers):
        raise BadConfiguration(
            f"acceptRequests: needs a trigger that can bring a request: {kinds_that_bring_requests()}."
        )
    check_accepted(job)
    request = job.content["request"]
    try:
        normal = normalise((FROM_OUTSIDE | request) if accepts else request)
    except InvalidRequest as problem:
        raise BadConfiguration(f"request.{problem}") from None
    if normal["connection"] not in settings.connections:
        raise BadConfiguration(
            f'request.connection: unknown connection "{normal["connection"]}"'
            f"{nearest(normal['connection'], settings.connections)}. "
            f"Connections of infra/settings/{settings.stage}.toml: {', '.join(settings.connections)}."
        )
