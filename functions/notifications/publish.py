"""Notifications to people: what one says (:class:`Notice`), and how it is published once."""

import hashlib
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from functions.aws_clients import new_client
from functions.limits import CLAIM_SECONDS
from functions.metric_names import CHAT_FAILED
from functions.notifications import chat
from functions.notifications.exactly_once import once
from functions.runs.notification import Notification
from functions.runs.store.record import NotifiedRecord
from functions.telemetry import logger, metrics
from functions.text import shorten

LONGEST_SUBJECT = 100
"""Characters, and ASCII only: SNS refuses more."""

LONGEST = 200_000
"""Bytes of a message: SNS takes 256 KB."""


@dataclass(frozen=True)
class Notice:
    """What people are notified of.

    ``kind`` is one word for it, such as ``failure``. ``subject`` and ``text`` are what mail shows: the text is whole,
    with what to do and links. A chat has less room: it shows ``summary`` (``text`` where that is empty), then
    ``next_steps`` (sentences and commands), ``keywords``, and a link to ``execution``, an ARN; and it keeps together
    what has the same ``thread``, such as ``job/city-nightly``. Foreign texts in each of them went through
    functions/text.py.
    """

    kind: str
    subject: str
    text: str
    thread: str = ""
    summary: str = ""
    next_steps: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    execution: str | None = None


def notify_once(
    record: NotifiedRecord,
    notice: Callable[[], Notice | None],
    what: Notification = Notification.NOTICE,
    claim_seconds: float = CLAIM_SECONDS,
) -> bool:
    """Publish a notice that ``record`` is about, once on each topic. Returns whether it was published now, by mail.

    ``notice`` is called once it is claimed, when the record is known as it is then; where it makes none, the matter is
    marked as done. It is called again for the chat where that was not reached: a chat that fails never blocks the mail.
    Raises what :func:`functions.notifications.exactly_once.once` does: call it again later.
    """
    made: Notice | None = None

    def send() -> None:
        nonlocal made
        if (made := notice()) is not None:
            _by_mail(made)

    once(record, what, send, claim_seconds, due_next=lambda: what.in_chat if made and _chat_topic() else None)
    if what.chat_is_due(record.claimed, record.notified):
        identity = hashlib.sha256(f"{record.identity}/{what}".encode()).hexdigest()[:32]
        once(record, what.in_chat, lambda: _by_chat(made or notice(), identity), claim_seconds, was_due=True)
    return made is not None


def publish(notice: Notice) -> None:
    """Publish a notice that nothing claims: by mail, then in the chat.

    A chat that fails is logged and counted. Where it raised, its caller would be called again, and mail it again.
    """
    _by_mail(notice)
    try:
        _by_chat(notice, secrets.token_hex(16))
    except Exception as error:
        reason = {"kind": notice.kind, "error": type(error).__name__, "reason": str(error)}
        logger.warning("the chat did not take a notification; it was sent by mail", extra=reason)


def _by_mail(notice: Notice) -> None:
    publish_text(os.environ["NOTICE_TOPIC_ARN"], notice.subject, notice.text)


def _by_chat(notice: Notice | None, identity: str) -> None:
    if notice is not None and (topic := _chat_topic()):
        try:
            sns().publish(TopicArn=topic, Message=chat.document(notice, identity, topic))
        except Exception:
            metrics.add_metric(name=CHAT_FAILED, unit=MetricUnit.Count, value=1)
            raise


def _chat_topic() -> str | None:
    """The topic of the chat; None where the stage's settings ask for none."""
    return os.environ.get("CHAT_TOPIC_ARN")


def publish_text(topic_arn: str, subject: str, text: str) -> None:
    """Publish a text on a topic, each part cut to what SNS takes."""
    plain = re.sub(r"[^ -~]", "?", subject)[:LONGEST_SUBJECT]
    sns().publish(TopicArn=topic_arn, Subject=plain, Message=shorten(text, LONGEST))


@cache
def sns() -> Any:
    """The client of SNS."""
    return new_client("sns")
