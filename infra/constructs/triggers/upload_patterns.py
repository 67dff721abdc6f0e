"""Packs the uploads that all jobs declare into few EventBridge patterns, each within the quota of a rule.

Which pattern an upload is in follows from the upload itself, so that a new job moves no other job's upload to another
rule: while a stack is updated there is never a moment in which an upload is in no rule.
"""

import hashlib
import json
from collections import defaultdict
from typing import Any

from infra.constructs.triggers.object_pattern import pattern_of_key
from infra.settings.settings import BadConfiguration

LARGEST = 2048
"""Characters of a rule's event pattern."""

LONGEST_BUCKET = 63
"""Characters of a bucket's name: the stack's own bucket gets its name at the deployment."""

MOST_RULES = 64
"""More would mean that each holds one upload only."""

Declared = dict[str, Any]
"""``bucket``, ``prefix`` and ``suffix``; without a bucket it is the stack's own."""


def pack_uploads(declared: list[Declared], own_bucket: str | None) -> list[dict[str, Any]]:
    """The patterns of as many rules as are needed, by their number: a power of two, some of them perhaps empty.

    ``own_bucket`` is the name (or token) of the stack's own bucket, None if it has none.

    Raises
    ------
    BadConfiguration
        A prefix and a suffix alone are too long for a rule.
    """
    rules = 1
    while rules <= MOST_RULES:
        shares: dict[int, list[Declared]] = defaultdict(list)
        for each in declared:
            shares[_share(each, rules)].append(each)
        if all(_size(shares[number]) <= LARGEST for number in range(rules)):
            return [_pattern(shares[number], own_bucket) if shares[number] else {} for number in range(rules)]
        rules *= 2
    longest = max(declared, key=lambda each: _size([each]))
    prefix, suffix = longest.get("prefix", ""), longest.get("suffix", "")
    raise BadConfiguration(
        f'the uploads with the prefix "{prefix}" and the suffix "{suffix}" make an event pattern of '
        f"{_size([longest])} characters; EventBridge's quota is {LARGEST}. Shorten one of the two."
    )


def _share(declared: Declared, rules: int) -> int:
    text = json.dumps([declared.get(key) for key in ("bucket", "prefix", "suffix")])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % rules


def _pattern(declared: list[Declared], own_bucket: str | None) -> dict[str, Any]:
    """One pattern that matches just the uploads of ``declared``."""
    by_bucket: dict[str, list[Any] | None] = {}
    for each in declared:
        bucket = each.get("bucket") or own_bucket
        if bucket is None:
            raise ValueError("a job needs the stack's own bucket, which does not exist")
        keys = pattern_of_key(each)
        known = by_bucket.setdefault(bucket, [])
        if not keys:
            by_bucket[bucket] = None  # every key
        elif known is not None:
            known += [rule for rule in keys["object"]["key"] if rule not in known]
    choices = [
        {"bucket": {"name": [bucket]}} | ({"object": {"key": keys}} if keys else {})
        for bucket, keys in by_bucket.items()
    ]
    detail = choices[0] if len(choices) == 1 else {"$or": choices}
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}


def _size(declared: list[Declared]) -> int:
    return len(json.dumps(_pattern(declared, "b" * LONGEST_BUCKET), separators=(",", ":"))) if declared else 0
