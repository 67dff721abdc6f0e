"""A trigger event: one scheduled time, uploaded object or message, which starts one run."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from functions import names
from functions.requests.started import Trigger


class RejectedEvent(Exception):
    """The event does not carry a valid request; the text says where and why. Delivering it again would not help."""


@dataclass(frozen=True)
class TriggerEvent:
    """A scheduled time, an uploaded object, a message.

    Parameters
    ----------
    identity
        The same whenever the same thing is delivered again, and never the same for two things.
    at
        When it happened (ISO 8601 with offset): never the time of its delivery.
    values
        Values for the job's placeholders.
    trigger, by
        For the history: what kind of start it is, and the schedule's name, the object's URI or the message's ID.
    where
        Its name in messages: ``"s3://bucket/key"``. One line; text from outside is in quotes.
    content
        Reads the text that may be a request, or None if the event carries no text. Raises RejectedEvent.
    stored
        The version of the object that the text is in, as a batch's input names it; None where the event carries it.
    refusal
        The reason with which its run fails, or None.
    message
        The SNS message that reported this and other objects, or None. The refusals of all of them are one run.
    ignored
        Why it starts nothing at all, or None.
    """

    identity: str
    at: str
    values: dict[str, str] = field(default_factory=dict)
    trigger: Trigger = "console"
    by: str = ""
    where: str = ""
    content: Callable[[], str] | None = None
    stored: dict[str, str] | None = None
    refusal: str | None = None
    message: "TriggerEvent | None" = None
    ignored: str | None = None


def ignored(where: str, why: str) -> TriggerEvent:
    """An event that starts nothing by design: it is only logged."""
    return TriggerEvent(identity="", at="", where=where, ignored=why)


def parsed(text: str) -> Any:
    """``text`` parsed as strict JSON: rejects NaN, Infinity and lone surrogates, as AWS does.

    Raises RejectedEvent.
    """
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise RejectedEvent("it is not JSON") from None
    return value


def execution_name(job: str, identity: str) -> str:
    """The name of the execution, which is the claim: Step Functions lets a name be used once in 90 days."""
    return names.execution_name(job, hashlib.sha256(identity.encode()).hexdigest()[:32])
