"""Checks the uploads of triggers: bucket, prefix and suffix, and uploads that several triggers would accept."""

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from functions.text import quoted
from functions.triggers.uploaded_object import FOLDER_MARKERS
from infra.jobs.triggered import Triggered
from infra.settings.settings import BadConfiguration

Declared = dict[str, Any]
"""``bucket``, ``prefix`` and ``suffix``, as a job's file has them."""

LONGEST_KEY = 1024
"""Bytes of an object's key in UTF-8."""


def check_uploads(where: str, declared: Declared) -> None:
    """Raise BadConfiguration, beginning with ``where`` and the key, for uploads that can never come."""
    if "bucket" in declared:
        _check_bucket(f"{where}.bucket", declared["bucket"])
    elif "kmsKeyArn" in declared:
        raise BadConfiguration(
            f"{where}.kmsKeyArn: needs bucket, whose key it is. Add bucket, or remove kmsKeyArn: the stack's own "
            "bucket is encrypted as the stage's settings say (customerManagedKey)."
        )
    prefix, suffix = declared.get("prefix", ""), declared.get("suffix", "")
    if prefix.lower().startswith("s3://"):
        raise BadConfiguration(
            f"{where}.prefix: is a URL. Put the name of the bucket into bucket, and here only the beginning of the "
            "key, such as in/."
        )
    if prefix.startswith("/"):
        hint = f'Write "{rest}".' if (rest := prefix.lstrip("/")) else "Leave prefix out."
        raise BadConfiguration(f"{where}.prefix: keys do not begin with a slash. {hint}")
    for key, wrong in (("prefix", prefix.endswith("*")), ("suffix", suffix.startswith("*"))):
        if wrong:
            raise BadConfiguration(f"{where}.{key}: patterns are not supported. Leave the * out.")
    if suffix.endswith(FOLDER_MARKERS):
        end = "a slash" if suffix.endswith("/") else "_$folder$"
        raise BadConfiguration(
            f"{where}.suffix: keys that end with {end} are folders, which start nothing. Give the end of a file's key."
        )
    for key, text in (("prefix", prefix), ("suffix", suffix)):
        if (size := len(text.encode())) > LONGEST_KEY:
            raise BadConfiguration(f"{where}.{key}: has {size} bytes. A key has at most {LONGEST_KEY}.")


def upload_words(declared: Declared) -> str:
    """The uploads in words, such as ``uploads to landing/*.csv``."""
    keys = f"{declared.get('prefix', '')}*{declared.get('suffix', '')}"
    least = f" of at least {declared['minBytes']} bytes" if "minBytes" in declared else ""
    if "bucket" in declared:
        return f"uploads to {declared['bucket']}/{keys}{least}"
    return f"uploads of {keys} to the own bucket{least}"


_NOT_BUCKETS = {
    "-s3alias": "the alias of an access point; events name the bucket itself",
    "--ol-s3": "the alias of an Object Lambda access point; events name the bucket itself",
    ".mrap": "the alias of a multi-Region access point; events name the bucket itself",
    "--x-s3": "a directory bucket, which sends no events to EventBridge or SNS",
    "--table-s3": "a table bucket, which sends no events of uploads",
}
"""Suffixes that S3 reserves for other things than general purpose buckets."""


def _check_bucket(where: str, name: str) -> None:
    for ending, what in _NOT_BUCKETS.items():
        if name.endswith(ending):
            raise BadConfiguration(f'{where}: "{name}" is {what}. Name a general purpose bucket.')
    if ".." in name or _is_address(name) or re.match("xn--|sthree-|amzn-s3-demo-", name):
        raise BadConfiguration(
            f'{where}: "{name}" is not the name of a bucket: S3 allows no two dots in a row, no IP address, and no '
            "name that begins with xn--, sthree- or amzn-s3-demo-."
        )


def _is_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


# -- warnings ---------------------------------------------------------------------------------------------------------


def key_warnings(job: Triggered) -> Iterator[str]:
    """Buckets, prefixes and suffixes that are probably mistakes, each line beginning with its key."""
    for uploads in _uploads(job):
        declared = uploads.declared
        bucket, prefix = declared.get("bucket"), declared.get("prefix", "")
        for key in ("prefix", "suffix"):
            if re.search("%[0-9A-Fa-f]{2}", declared.get(key, "")):
                yield (
                    f"{uploads.where}.{key}: looks URL-encoded, but is compared with the decoded key. "
                    "Write a blank as a blank, unless the keys do hold a % sign."
                )
            if "\\" in declared.get(key, ""):
                yield f"{uploads.where}.{key}: has a backslash. Keys are divided by /, unless the keys do hold one."
        if bucket and prefix.startswith(f"{bucket}/"):
            yield f"{uploads.where}.prefix: begins with the bucket's own name. A key does not; leave {bucket}/ out."
        if bucket and not prefix and "suffix" not in declared:
            yield f"{uploads.where}: every upload to {bucket} starts the {job.what}. Give a prefix or a suffix."


@dataclass(frozen=True)
class Uploads:
    """What one trigger of a job names; ``where`` is its key in the job's file."""

    job: Triggered
    where: str
    declared: Declared

    def overlap(self, other: "Uploads") -> bool:
        """Whether one key has the prefixes and the suffixes of both."""
        return all(
            one.startswith(two) or two.startswith(one)
            for one, two in (
                (self.declared.get("prefix", ""), other.declared.get("prefix", "")),
                (self.declared.get("suffix", "")[::-1], other.declared.get("suffix", "")[::-1]),
            )
        )


def _uploads(job: Triggered) -> Iterator[Uploads]:
    for index, trigger in enumerate(job.triggers):
        if "s3" in trigger:
            yield Uploads(job, f"triggers[{index}].s3", trigger["s3"])
        elif "objects" in trigger.get("sns", {}):
            yield Uploads(job, f"triggers[{index}].sns.objects", trigger["sns"]["objects"])


def overlap_warnings(jobs: Sequence[Triggered]) -> Iterator[tuple[Triggered, str]]:
    """For each trigger whose uploads later triggers take too: its job and a line that begins with its key."""
    by_bucket: dict[str | None, list[Uploads]] = defaultdict(list)
    for job in jobs:
        for uploads in _uploads(job):
            by_bucket[uploads.declared.get("bucket")].append(uploads)
    for declared in by_bucket.values():
        for index, one in enumerate(declared):
            if others := [other for other in declared[index + 1 :] if one.overlap(other)]:
                yield one.job, f"{one.where}: {_overlap(one, others)}"


_MOST_NAMED = 3


def _overlap(one: Uploads, others: list[Uploads]) -> str:
    within = [other for other in others if other.job is one.job]
    between = [other for other in others if other.job is not one.job]
    if not between:
        return (
            f"takes uploads that {within[0].where} takes too. One upload starts the {one.job.what} once: remove one of "
            "the two."
        )
    named = ", ".join(f"{other.job.file} ({other.where})" for other in between[:_MOST_NAMED])
    more = f" and {len(between) - _MOST_NAMED} more" if len(between) > _MOST_NAMED else ""
    bucket = one.declared.get("bucket", "the stack's own bucket")
    same = [other.job.name for other in between if other.job.loads == one.job.loads]
    text = f"one upload to {bucket} may start {one.job.name} and also {named}{more}."
    if same and one.job.loads is not None:
        text += f" {one.job.name} and {same[0]} load the same datamart {quoted(one.job.loads[2])}: it is loaded twice."
    return f"{text} If that is not meant, give them prefixes or suffixes that exclude each other."
