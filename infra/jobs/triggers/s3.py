"""Uploads in a job's file: their check, and "uploads to landing/*.csv"."""

from functions.requests.placeholders import OF_S3, Placeholder
from infra.jobs import upload_schema
from infra.jobs.object_keys import check_uploads, upload_words
from infra.jobs.triggered import Triggered
from infra.jobs.triggers import Trigger
from infra.settings.settings import BadConfiguration

PROPERTIES = {
    "s3": {
        "description": "Upload of an object to S3, whose key begins with `prefix` and ends with `suffix`.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "bucket": {
                "description": (
                    "Name of a bucket of the stack's account and region that sends its events to EventBridge. The "
                    "stack's own bucket if left out."
                ),
                "type": "string",
                "pattern": upload_schema.BUCKET,
            }
        }
        | upload_schema.WHICH_OBJECTS,
    }
}
PATTERNS = upload_schema.PATTERNS
CAN_BRING_REQUEST = True


def check(where: str, trigger: Trigger, job: Triggered) -> None:
    """Raise BadConfiguration for uploads that can never come, and for a KMS key without use."""
    check_uploads(f"{where}.s3", trigger["s3"])
    if "kmsKeyArn" in trigger["s3"] and "acceptRequests" not in job.content:
        raise BadConfiguration(
            f"{where}.s3.kmsKeyArn: without acceptRequests no object is read, so no key is needed. Leave it out."
        )


def words(trigger: Trigger) -> str:
    """The uploads in words, such as ``uploads to landing/*.csv``."""
    return upload_words(trigger["s3"])


def deployed(trigger: Trigger, resource_name: str) -> Trigger:
    """The uploads as the file has them."""
    return {"s3": trigger["s3"]}


def brings(trigger: Trigger, placeholder: Placeholder) -> bool:
    """Whether the value is one of an uploaded object."""
    return placeholder.name in OF_S3
