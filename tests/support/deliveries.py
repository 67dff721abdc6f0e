"""Events in AWS's exact shape: the samples of ``events/`` with what a test wants changed in them."""

import contextlib
import copy
import json
import uuid
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from botocore.exceptions import ClientError
from moto.s3.models import s3_backends

from tests.support.clients import client

BUCKET = "sales-landing"
VERSIONED = "sales-versions"

EVENTS = Path(__file__).parents[2] / "events"

Event = dict[str, Any]


@cache
def _sample(name: str) -> str:
    return (EVENTS / f"{name}.json").read_text("utf-8")


def scheduled(at: str = "2026-11-24T04:00:00Z", name: str = "nightly-1") -> Event:
    """EventBridge Scheduler's target input, its context attributes put in."""
    event: Event = json.loads(_sample("schedule"))
    return {"scheduleArn": event["scheduleArn"].rpartition("/")[0] + f"/{name}", "scheduledTime": at}


def created(key: str, /, bucket: str = BUCKET, **changes: Any) -> Event:
    """EventBridge's "Object Created"; a change to None leaves the object's field out."""
    event: Event = json.loads(_sample("s3-object-created"))
    event["detail"]["bucket"]["name"] = bucket
    changed = event["detail"]["object"] | {"key": key} | {name.replace("_", "-"): v for name, v in changes.items()}
    event["detail"]["object"] = {name: value for name, value in changed.items() if value is not None}
    return event


def record(key: str, /, bucket: str = VERSIONED, name: str = "ObjectCreated:Put", **changes: Any) -> Event:
    """One record of an S3 notification, its key encoded as S3 does it."""
    message = json.loads(_sample("s3-through-sns"))["Records"][0]["Sns"]["Message"]
    found: Event = json.loads(message)["Records"][0]
    found["eventName"] = name
    found["s3"]["bucket"]["name"] = bucket
    changed = found["s3"]["object"] | {"key": quote_plus(key, safe="/")} | changes
    found["s3"]["object"] = {name: value for name, value in changed.items() if value is not None}
    return found


def stored(told: Event) -> Event:
    """The same record of a notification, after its object was uploaded: empty, as its ETag says, and in its version."""
    bucket, key = told["s3"]["bucket"]["name"], unquote_plus(told["s3"]["object"]["key"])
    version, s3 = told["s3"]["object"].get("versionId"), client("s3")
    if bucket not in (BUCKET, VERSIONED):
        with contextlib.suppress(ClientError):  # it may be there, from another test of the process
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key=key, Body=b"")
    if version not in (None, "", "null"):  # S3 chooses versions, and a test needs one that it knows
        s3_backends["123456789012"]["aws"].get_object(bucket, key)._version_id = version  # type: ignore[union-attr]
    return told


def message(text: str = "", message_id: str | None = None, subject: str | None = None, **attributes: str) -> Event:
    """SNS's event for Lambda; a message of its own unless its id is given."""
    event: Event = json.loads(_sample("sns"))
    event["Records"][0]["Sns"] |= {
        "MessageId": message_id or str(uuid.uuid4()),
        "Message": text,
        "Subject": subject,
        "MessageAttributes": {name: {"Type": "String", "Value": value} for name, value in attributes.items()},
    }
    return event


def notification(*records: Event, message_id: str | None = None) -> Event:
    """An S3 notification inside an SNS message."""
    return message(json.dumps({"Records": list(records)}), message_id, "Amazon S3 Notification")


def again(event: Event) -> Event:
    """The same event, delivered once more."""
    return copy.deepcopy(event)
