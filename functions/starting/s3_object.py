"""An object was uploaded: EventBridge's "Object Created", or an S3 notification inside an SNS message.

Keys are URL-encoded in notifications and are not in EventBridge's events (platform notes, section 5), whatever the
event classes make of them: each source is decoded here as it really is.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote_plus

import boto3
from aws_lambda_powertools.utilities.data_classes import S3Event, S3EventBridgeNotificationEvent
from botocore.exceptions import ClientError

from functions.run.jobs import Job
from functions.starting.declared import is_declared
from functions.starting.occurrence import Occurrence, Refused, parsed
from functions.telemetry import logger

LARGEST_REQUEST = 128 * 1024
"""Bytes of an uploaded request: with what surrounds it, it stays within a state's 256 KB."""


@dataclass(frozen=True)
class Uploaded:
    """One version of one object, as an event names it; ``version`` and ``etag`` are empty where it does not.

    A version called null is none: it is overwritten in place, in a bucket whose versioning is suspended.
    """

    bucket: str
    key: str
    version: str
    etag: str
    sequencer: str

    @property
    def where(self) -> str:
        """As a person calls it."""
        return f"s3://{self.bucket}/{self.key}"

    def occurrence(self, at: str) -> Occurrence:
        """What starts the run; the same from either source."""
        name = self.key.rpartition("/")[2]
        values = {"bucket": self.bucket, "key": self.key, "fileName": name, "stem": PurePosixPath(name).stem}
        return Occurrence(
            identity="\n".join(("s3", self.bucket, self.key, self.version or self.sequencer)),
            at=at,
            values=values,
            where=self.where,
            content=lambda: read(self),
        )


def recognises(event: dict[str, Any]) -> bool:
    """Whether the event is EventBridge's of an upload."""
    return event.get("source") == "aws.s3" and event.get("detail-type") == "Object Created"


def uploaded_object(event: dict[str, Any]) -> tuple[str, str]:
    """Bucket and key of the object that EventBridge's event is about."""
    created = S3EventBridgeNotificationEvent(event)
    return created.detail.bucket.name, str(created.detail.object["key"])


def occurrences(event: dict[str, Any], job: Job) -> list[Occurrence]:
    """The one object that the event names, which the job declares."""
    created = S3EventBridgeNotificationEvent(event)
    uploaded = created.detail.object
    found = Uploaded(
        bucket=created.detail.bucket.name,
        key=uploaded["key"],
        version=_version(uploaded.get("version-id")),
        etag=uploaded.etag,
        sequencer=uploaded.get("sequencer") or "",
    )
    return [found.occurrence(created.time)]


def notified(message: str, job: Job) -> list[Occurrence]:
    """The objects in an S3 notification that the job is declared for; others and S3's test message are passed over.

    Raises Refused when the message is no notification at all.
    """
    try:
        body = parsed(message)
    except Refused:
        body = None
    if isinstance(body, dict) and body.get("Event") == "s3:TestEvent":
        logger.info("S3's test message, sent when the notification was set up")
        return []
    if not isinstance(body, dict) or not isinstance(body.get("Records"), list):
        raise Refused("the message is no S3 notification")
    found = []
    try:
        for record in S3Event(body).records:
            uploaded = record.s3.get_object
            this = Uploaded(
                bucket=record.s3.bucket.name,
                key=unquote_plus(uploaded.key),
                version=_version(uploaded.version_id),
                etag=uploaded.etag,
                sequencer=uploaded.get("sequencer") or "",
            )
            if record.event_name.startswith("ObjectCreated:") and _declared(this, job):
                found.append(this.occurrence(record.event_time))
            else:
                logger.info("an object that starts nothing", extra={"object": this.where})
    except (KeyError, TypeError, AttributeError):
        raise Refused("the message is no S3 notification") from None
    return found


def _version(named: str | None) -> str:
    return "" if named in (None, "null") else named


def _declared(uploaded: Uploaded, job: Job) -> bool:
    return any(is_declared(declared, uploaded.bucket, uploaded.key) for declared in job["objects"])


def read(uploaded: Uploaded) -> str:
    """The text of just the version that the event named.

    Raises
    ------
    Refused
        It is gone, was overwritten since, is too large or is no text.
    """
    # Without versions, reading it after it was overwritten would run the newer request twice.
    which = {"VersionId": uploaded.version} if uploaded.version else {"IfMatch": f'"{uploaded.etag}"'}
    try:
        answer = _s3().get_object(Bucket=uploaded.bucket, Key=uploaded.key, **which)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _GONE:
            raise Refused(_GONE[code]) from None
        raise
    if answer["ContentLength"] > LARGEST_REQUEST:
        raise Refused(f"it has {answer['ContentLength']} bytes; a request may have {LARGEST_REQUEST}")
    try:
        text: str = answer["Body"].read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("it is no text in UTF-8") from None
    return text


_GONE = {
    "NoSuchKey": "it is not there any more",
    "NoSuchVersion": "this version of it is not there any more",
    "MethodNotAllowed": "this version of it is a deletion",
    "InvalidObjectState": "it lies in an archive and cannot be read",
    "PreconditionFailed": "it was overwritten since; the newer upload starts a run of its own",
}
"""Answers after which reading it again would not help."""


@cache
def _s3() -> Any:
    return boto3.client("s3")
