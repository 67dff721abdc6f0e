"""One version of one uploaded object, read from either of the two events that S3 sends of it.

Keys are URL-encoded in S3's notifications and are not in EventBridge's events (infra/PLATFORM.md "Limits at run time"),
whatever event classes make of them: each is decoded here as it really is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote_plus

from functions.text import quoted

FOLDER_MARKERS = ("/", "_$folder$")
"""Ends of keys that stand for a folder: "Create folder" of the S3 console, and Hadoop's and EMR's own."""

LONGEST_KEY = 1_024
"""Bytes of a key that S3 takes."""


@dataclass(frozen=True)
class Uploaded:
    """One version of one object, as an event names it; ``version`` and ``etag`` are empty where it does not.

    ``size`` is in bytes, as the event says.
    """

    bucket: str
    key: str
    version: str
    etag: str
    sequencer: str
    size: int

    @property
    def where(self) -> str:
        """Its name in messages, in quotes: the uploader chooses the key."""
        return quoted(f"s3://{self.bucket}/{self.key}", LONGEST_KEY + 100)

    @property
    def identity(self) -> str:
        """The same for both ways in which S3 reports an upload, and different for any two uploads."""
        return "\n".join(("s3", self.bucket, self.key, self.version or self.sequencer))

    @property
    def values(self) -> dict[str, str]:
        """Values for the job's placeholders."""
        name = self.key.rpartition("/")[2]
        return {"bucket": self.bucket, "key": self.key, "fileName": name, "stem": PurePosixPath(name).stem}

    @property
    def reference(self) -> dict[str, str]:
        """Just this version of the object, as the input of a batch names it: without versions by its ETag."""
        which = {"version": self.version} if self.version else {"etag": self.etag}
        return {"bucket": self.bucket, "key": self.key} | which

    @property
    def is_folder_marker(self) -> bool:
        """Whether the key stands for a folder and not for a file in it."""
        return self.key.endswith(FOLDER_MARKERS)


def of_reference(reference: Mapping[str, str]) -> Uploaded:
    """From :attr:`Uploaded.reference`."""
    return Uploaded(
        bucket=reference["bucket"],
        key=reference["key"],
        version=reference.get("version", ""),
        etag=reference.get("etag", ""),
        sequencer="",
        size=0,
    )


def of_event(event: dict[str, Any]) -> Uploaded:
    """From EventBridge's "Object Created". Raises KeyError or TypeError for anything else."""
    detail = event["detail"]
    return _uploaded(detail["bucket"], detail["object"], detail["object"]["key"], "version-id", "etag")


def of_record(record: dict[str, Any]) -> Uploaded:
    """From a record of an S3 notification. Raises KeyError, TypeError or AttributeError for anything else."""
    entity = record["s3"]
    return _uploaded(entity["bucket"], entity["object"], unquote_plus(entity["object"]["key"]), "versionId", "eTag")


def _uploaded(bucket: dict[str, Any], described: dict[str, Any], key: str, version: str, etag: str) -> Uploaded:
    size = described.get("size")
    return Uploaded(
        bucket=_text(bucket["name"]),
        key=_text(key),
        version=version_of(described.get(version)),
        etag=_text(described.get(etag) or ""),
        sequencer=_text(described.get("sequencer") or ""),
        size=size if isinstance(size, int) else 0,
    )


def version_of(named: Any) -> str:
    """The version that S3 names, or an empty text for none. Raises TypeError for what is not a text.

    An object called null is overwritten in place: the bucket's versioning is suspended, or came after the object.
    """
    return "" if named in (None, "null") else _text(named)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
