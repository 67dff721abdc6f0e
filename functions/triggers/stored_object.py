"""Asks S3 about an uploaded object: whether it exists, since when, its size, and its content.

An event over SNS is only as trustworthy as its publishers, so S3 is asked before a run is started. A permanent refusal
rejects the event; any other error is raised, so that the event is delivered again.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from functions.aws_clients import new_client
from functions.triggers.trigger_event import RejectedEvent, TriggerEvent
from functions.triggers.uploaded_object import LONGEST_KEY, Uploaded, version_of

LARGEST_REQUEST = 128 * 1024
"""Bytes of an uploaded request: with what surrounds it, it stays within a state's 256 KB."""


STARTER = "StartRun"
"""The function that most objects are read by."""


@dataclass(frozen=True)
class Stored:
    """The object as it is stored: the time of its upload (ISO 8601 in UTC), its bytes, and its version.

    ``version`` is empty in a bucket without versions.
    """

    since: str
    size: int
    version: str


def look(uploaded: Uploaded) -> Stored:
    """Ask S3 for just the version that the event named (HeadObject). Raises RejectedEvent."""
    _check_is_askable(uploaded)
    answer = _asked(_s3().head_object, uploaded)
    since = answer["LastModified"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return Stored(since, answer["ContentLength"], version_of(answer.get("VersionId")))


def read(uploaded: Uploaded) -> str:
    """The text of just the version that the event named.

    Raises
    ------
    RejectedEvent
        It is gone, was overwritten since, may not be read, is empty or too large, or is not text.
    """
    try:
        return read_bytes(uploaded, LARGEST_REQUEST, "a request").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RejectedEvent("it is not text in UTF-8") from None


def read_bytes(uploaded: Uploaded, largest: int, what: str, reader: str = STARTER) -> bytes:
    """The content of just the version that the event named, of at most ``largest`` bytes.

    ``what`` is expected in it; ``reader`` is the function that reads it. Raises RejectedEvent, as :func:`read`.
    """
    _check_is_askable(uploaded)
    answer = _asked(_s3().get_object, uploaded, reader)
    size = answer["ContentLength"]
    if size == 0:
        raise RejectedEvent(f"it is empty (0 bytes); {what} is expected in it, as JSON")
    if size > largest:
        raise RejectedEvent(f"it has {size} bytes; {what} may have {largest}")
    content: bytes = answer["Body"].read()
    return content


def trigger_event(uploaded: Uploaded, at: str, message: TriggerEvent | None = None) -> TriggerEvent:
    """The same trigger event for both ways in which S3 reports an upload; ``at`` is its time (ISO 8601)."""
    return TriggerEvent(
        identity=uploaded.identity,
        at=at,
        values=uploaded.values,
        trigger="upload",
        by=f"s3://{uploaded.bucket}/{uploaded.key}",
        where=uploaded.where,
        content=lambda: read(uploaded),
        stored=uploaded.reference,
        message=message,
    )


_ETAG = re.compile(r"[0-9A-Za-z-]{1,100}")


def _check_is_askable(uploaded: Uploaded) -> None:
    """Raise RejectedEvent for keys and versions that S3 never sends, and that no call could carry."""
    if not 1 <= len(uploaded.key.encode()) <= LONGEST_KEY or len(uploaded.version) > LONGEST_KEY:
        raise RejectedEvent("no object has such a key or version")
    if not uploaded.version and not _ETAG.fullmatch(uploaded.etag):
        raise RejectedEvent("the event names neither a version nor an ETag of it")


def _asked(call: Any, uploaded: Uploaded, reader: str = STARTER) -> dict[str, Any]:
    # Without versions, reading it after it was overwritten would run the newer request twice.
    which = {"VersionId": uploaded.version} if uploaded.version else {"IfMatch": f'"{uploaded.etag}"'}
    try:
        answer: dict[str, Any] = call(Bucket=uploaded.bucket, Key=uploaded.key, **which)
    except ClientError as error:
        if (why := _why_not(error.response["Error"]["Code"], reader)) is not None:
            raise RejectedEvent(why) from None
        raise
    return answer


def _why_not(code: str, reader: str) -> str | None:
    """Why asking again would not help, or None where it may. HeadObject's errors have a status in place of a code."""
    if code in _DENIED or code.startswith("KMS."):
        return DENIED.format(code=code, reader=reader)
    return _GONE.get(code)


DENIED = (
    "{reader} may not read it (S3 answered {code}). If it is encrypted with a KMS key, name the key as kmsKeyArn "
    "beside the bucket in the trigger, and let the key's policy allow kms:Decrypt to the role of {reader}; if the "
    "bucket has a policy or belongs to another account, that policy must allow s3:GetObject, s3:GetObjectVersion and "
    "s3:ListBucket to the same role. Then upload the object again"
)

_DENIED = frozenset({"AccessDenied", "403", "Forbidden", "AllAccessDisabled", "AccountProblem", "InvalidAccessPoint"})

_GONE = {
    "NoSuchKey": "it is not there any more",
    "404": "it, or this version of it, is not there",
    "NotFound": "it, or this version of it, is not there",
    "NoSuchVersion": "this version of it is not there any more",
    "NoSuchBucket": "its bucket is not there any more",
    "MethodNotAllowed": "this version of it is a deletion",
    "405": "this version of it is a deletion",
    "InvalidObjectState": "it lies in an archive and cannot be read",
    "PreconditionFailed": "it was overwritten since; the newer upload starts a run of its own",
    "412": "it was overwritten since; the newer upload starts a run of its own",
    "400": "S3 knows no such version of it, or it is encrypted with a key of the uploader's own (SSE-C)",
    "InvalidRequest": "it is encrypted with a key of the uploader's own (SSE-C), which nobody else can read",
}
"""Error codes after which a retry would not help."""


@cache
def _s3() -> Any:
    return new_client("s3")
