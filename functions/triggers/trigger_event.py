"""One thing that happened and starts one run."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class Refused(Exception):
    """What came with the event is no request; the text says where it was and why. Coming again would not help."""


@dataclass(frozen=True)
class Occurrence:
    """A scheduled time, an uploaded object, a message.

    Parameters
    ----------
    identity
        The same whenever the same thing is delivered again, and never the same for two things.
    at
        When it happened (ISO 8601 with offset): never the time of its delivery.
    values
        What it brought for the job's placeholders.
    where
        What a person calls it: ``"s3://bucket/key"``. One line, with what others chose in quotes.
    content
        Reads what may be a request in it, or None if it carries none. Raises Refused.
    refusal
        Why it starts nothing but a run that fails with this reason, or None.
    told_by
        The message that reported this and others, or None. The refusals of all of them are one run.
    ignored
        Why it starts nothing at all, or None.
    """

    identity: str
    at: str
    values: dict[str, str] = field(default_factory=dict)
    where: str = ""
    content: Callable[[], str] | None = None
    refusal: str | None = None
    told_by: "Occurrence | None" = None
    ignored: str | None = None


def ignored(where: str, why: str) -> Occurrence:
    """Something that starts nothing, which is not a fault: it is only logged."""
    return Occurrence(identity="", at="", where=where, ignored=why)


def parsed(text: str) -> Any:
    """What ``text`` says in JSON, as strictly as AWS takes it; Python would read NaN and halves of characters too.

    Raises Refused.
    """
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise Refused("it is not JSON") from None
    return value


def execution_name(job: str, identity: str) -> str:
    """The name of the execution, which is the claim: Step Functions lets a name be used once in 90 days."""
    return f"{job[:40]}-{hashlib.sha256(identity.encode()).hexdigest()[:32]}"
