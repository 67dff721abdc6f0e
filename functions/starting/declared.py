"""What a job's file declares as its triggers, as it is deployed beside the code (functions/run/jobs.py)."""

from typing import Any

from functions.run.jobs import Job

Declared = dict[str, Any]
"""``bucket``, ``prefix`` and ``suffix`` of objects; the last two may be missing."""


def declares_schedule(job: Job, name: str) -> bool:
    """Whether the job has a schedule of this name."""
    return any(trigger.get("schedule") == name for trigger in job["triggers"])


def declares_upload(job: Job, bucket: str, key: str, own_bucket: str | None) -> bool:
    """Whether the upload of this object starts the job; ``own_bucket`` is the bucket of triggers that name none."""
    return any(
        is_declared(trigger["s3"] | {"bucket": trigger["s3"].get("bucket") or own_bucket}, bucket, key)
        for trigger in job["triggers"]
        if "s3" in trigger
    )


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
