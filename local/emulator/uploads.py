"""Uploads the objects that an event names: S3 reports only existing objects, and the starter looks them up in S3."""

import contextlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from local.emulator.clients import client
from local.emulator.template import REGION

Event = dict[str, Any]

LARGEST_STAND_IN = 1024 * 1024
"""Maximum size in bytes of an object that is uploaded as zeros."""


def upload(event: Event, objects: Path) -> Event:
    """Upload the objects of the event, and return the event as S3 would have sent it.

    ``objects`` is a folder with files of objects, by key. An object in an event of EventBridge is uploaded if there
    is a file of its key. One in a message is uploaded in any case, as zeros without a file, because the starter checks
    every message against S3. The event gets the object's own version, ETag and size.
    """
    if "detail" in event:
        return _reported_by_event(event, objects)
    if isinstance(event.get("Records"), list):
        return event | {"Records": [_of_message(record, objects) for record in event["Records"]]}
    return event


def _reported_by_event(event: Event, objects: Path) -> Event:
    detail = event["detail"]
    if "bucket" not in detail:
        return event
    body = _file(objects, detail["object"]["key"])
    if body is None:
        return event
    own = _put(detail["bucket"]["name"], detail["object"]["key"], body)
    names = {"version": "version-id", "etag": "etag", "size": "size"}
    return event | {"detail": detail | {"object": detail["object"] | {names[key]: value for key, value in own.items()}}}


def _of_message(record: Event, objects: Path) -> Event:
    """A record of SNS, its message with the objects' own versions where it is a notification of uploads."""
    try:
        message = json.loads(record["Sns"]["Message"])
        reported = [_reported_by_record(each, objects) for each in message["Records"]]
    except (KeyError, TypeError, ValueError):
        return record
    return record | {"Sns": record["Sns"] | {"Message": json.dumps(message | {"Records": reported})}}


def _reported_by_record(record: Event, objects: Path) -> Event:
    if not record["eventName"].startswith("ObjectCreated:"):
        return record
    bucket, described = record["s3"]["bucket"]["name"], record["s3"]["object"]
    key = unquote_plus(described["key"])
    body = _file(objects, key)
    own = _put(bucket, key, bytes(min(described.get("size", 0), LARGEST_STAND_IN)) if body is None else body)
    names = {"version": "versionId", "etag": "eTag", "size": "size"}
    kept = {name: value for name, value in described.items() if name != "versionId"}
    return record | {"s3": record["s3"] | {"object": kept | {names[key]: value for key, value in own.items()}}}


def _file(objects: Path, key: str) -> bytes | None:
    file = objects / key
    inside = file.resolve().is_relative_to(objects.resolve())
    return file.read_bytes() if inside and file.is_file() else None


def _put(bucket: str, key: str, body: bytes) -> dict[str, Any]:
    """Upload an object, and what S3 says of it: ``etag``, ``size``, and ``version`` where the bucket has versions."""
    s3 = client("s3")
    with contextlib.suppress(ClientError):  # it is there, or it is the stack's own
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    answer = s3.put_object(Bucket=bucket, Key=key, Body=body)
    own = {"etag": answer["ETag"].strip('"'), "size": len(body)}
    return own | ({"version": answer["VersionId"]} if "VersionId" in answer else {})
