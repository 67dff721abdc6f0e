"""What a job's file declares as its triggers, as it is deployed beside the code (functions/requests/named_jobs.py)."""

from typing import Any

from functions.requests.named_jobs import Job
from functions.triggers.uploaded_object import Uploaded

Declared = dict[str, Any]
"""``bucket``, ``prefix``, ``suffix`` and ``minBytes`` of objects; all but the first may be missing."""


def declares_schedule(job: Job, name: str) -> bool:
    """Whether the job has a schedule of this name."""
    return any(trigger.get("schedule") == name for trigger in job["triggers"])


def declares_upload(job: Job, bucket: str, key: str, own_bucket: str | None) -> bool:
    """Whether the upload of this object starts the job; ``own_bucket`` is the bucket of triggers that name none."""
    return any(is_declared(declared, bucket, key) for declared in uploads_of(job, own_bucket))


def uploads_of(job: Job, own_bucket: str | None) -> list[Declared]:
    """Which uploads start the job; ``own_bucket`` is the bucket of triggers that name none."""
    uploads = [trigger["s3"] for trigger in job["triggers"] if "s3" in trigger]
    return [declared | {"bucket": declared.get("bucket") or own_bucket} for declared in uploads]


def declares_topic(job: Job, topic: str) -> bool:
    """Whether messages of this topic start the job: an own topic by its name in jobs.json, a foreign one by ARN."""
    return any(trigger["sns"]["topic"] == topic for trigger in job["triggers"] if "sns" in trigger)


def is_declared(declared: Declared, bucket: str, key: str) -> bool:
    """Whether an object is one of those that ``declared`` means; the same objects as the rule's pattern."""
    return (
        bucket == declared["bucket"]
        and key.startswith(declared.get("prefix", ""))
        and key.endswith(declared.get("suffix", ""))
    )


def why_ignored(uploaded: Uploaded, declared: list[Declared], size: int | None = None) -> str | None:
    """Why the upload starts no run of these triggers, or None if it starts one.

    ``size`` is the object's in bytes, or None while it is not known.
    """
    if uploaded.is_folder_marker:
        return "its key stands for a folder"
    fitting = [one for one in declared if is_declared(one, uploaded.bucket, uploaded.key)]
    if not fitting:
        return "the job declares no such object"
    least = min(one.get("minBytes", 0) for one in fitting)
    return None if size is None or size >= least else f"it has {size} bytes, and minBytes is {least}"
