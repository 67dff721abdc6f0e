"""A notification is published once by mail and once in the chat, whatever happens in between."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from moto import mock_aws

from functions import clock
from functions.lifecycle.sweep import batches, messages
from functions.lifecycle.sweep.runs import NOT_NOTIFIED, flaws
from functions.limits import CLAIM_SECONDS
from functions.notifications import publish
from functions.notifications.exactly_once import NotificationInProgress
from functions.notifications.publish import Notice, notify_once
from functions.runs.batches.model import BatchOutcome, BatchRun
from functions.runs.message import MessageRuns
from functions.runs.notification import Notification
from functions.runs.store.item_format import run_of
from functions.runs.store.notices import LateNoticeRecord, begin_late_notice
from functions.runs.store.table import RunTable
from tests.support.clients import client
from tests.unit.notifications.test_forged_lines import ITEM

NOTICE = Notice("failure", "Datamart City failed", "It failed.\nWhat to do: look.", thread="job/city")


class Killed(BaseException):
    """Lambda kills without asking anybody."""


@dataclass
class Topics:
    """Two topics, the item of what people are notified of, and who gets what."""

    table: RunTable
    mail: str
    chat: str
    queues: dict[str, str]
    asked: int = 0
    _read: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def record(self) -> LateNoticeRecord:
        """The item as an invocation that begins now reads it."""
        return begin_late_notice(self.table, 0)

    def notice(self) -> Notice:
        self.asked += 1
        return NOTICE

    def notify(self) -> bool:
        return notify_once(self.record, self.notice)

    def got(self, topic: str) -> list[dict[str, Any]]:
        """Every message of a topic so far."""
        found = self._read.setdefault(topic, [])
        while new := client("sqs").receive_message(QueueUrl=self.queues[topic]).get("Messages", []):
            for each in new:
                client("sqs").delete_message(QueueUrl=self.queues[topic], ReceiptHandle=each["ReceiptHandle"])
                found.append(json.loads(each["Body"]))
        return found

    def counts(self) -> tuple[int, int]:
        """How many messages came by mail, and in the chat."""
        return len(self.got(self.mail)), len(self.got(self.chat))


@pytest.fixture
def topics(monkeypatch: pytest.MonkeyPatch) -> Iterator[Topics]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    publish.sns.cache_clear()
    with mock_aws():
        name = f"runs-{uuid.uuid4()}"
        client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "executionArn", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "executionArn", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        arns, queues = [], {}
        for kind in ("mail", "chat"):
            topic = client("sns").create_topic(Name=f"{kind}-{uuid.uuid4().hex}")["TopicArn"]
            url = client("sqs").create_queue(QueueName=f"{kind}-{uuid.uuid4().hex}")["QueueUrl"]
            arn = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
                "QueueArn"
            ]
            client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
            queues[topic] = url
            arns.append(topic)
        monkeypatch.setenv("NOTICE_TOPIC_ARN", arns[0])
        monkeypatch.setenv("CHAT_TOPIC_ARN", arns[1])
        yield Topics(RunTable(name, client("dynamodb")), *arns, queues)
    publish.sns.cache_clear()


@pytest.fixture
def at_call(topics: Topics) -> Iterator[Callable[[str, Callable[[], None]], None]]:
    """Lets something happen once, right before SNS publishes on a topic."""
    hooks = publish.sns().meta.events

    def install(topic: str, happens: Callable[[], None]) -> None:
        def once(params: dict[str, Any], **_: Any) -> None:
            if params["TopicArn"] == topic:
                hooks.unregister("provide-client-params.sns.Publish", unique_id="here")
                happens()

        hooks.register("provide-client-params.sns.Publish", once, unique_id="here")

    yield install
    hooks.unregister("provide-client-params.sns.Publish", unique_id="here")


def raising(error: BaseException) -> Callable[[], None]:
    def happens() -> None:
        raise error

    return happens


def test_a_notice_is_published_once_on_each_topic_however_often_it_is_asked_for(topics: Topics) -> None:
    assert [topics.notify() for _ in range(3)] == [True, False, False]
    assert topics.counts() == (1, 1)
    (mail,), (chat,) = topics.got(topics.mail), topics.got(topics.chat)
    assert (mail["Subject"], mail["Message"]) == (NOTICE.subject, NOTICE.text)
    assert json.loads(chat["Message"])["content"]["title"] == f"❌ {NOTICE.subject}"
    assert topics.asked == 1


def test_what_nothing_claims_is_sent_by_mail_although_the_chat_fails(topics: Topics, at_call: Any) -> None:
    at_call(topics.chat, raising(ConnectionError("no")))
    publish.publish(NOTICE)
    assert topics.counts() == (1, 0)
    publish.publish(NOTICE)
    assert topics.counts() == (2, 1)


def test_without_a_chat_the_mail_is_all_there_is(topics: Topics, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHAT_TOPIC_ARN")
    assert [topics.notify() for _ in range(2)] == [True, False]
    assert topics.counts() == (1, 0)
    assert set(topics.record.claimed) == {"notice"}


def test_a_chat_that_fails_does_not_keep_the_mail_back_and_gets_its_message_later(topics: Topics, at_call: Any) -> None:
    for _ in range(2):
        at_call(topics.chat, raising(ConnectionError("no")))
        with pytest.raises(ConnectionError):
            topics.notify()
    assert topics.counts() == (1, 0)
    assert Notification.NOTICE.chat_is_due(topics.record.claimed, topics.record.notified)
    assert not topics.notify()
    assert topics.counts() == (1, 1)
    assert not Notification.NOTICE.chat_is_due(topics.record.claimed, topics.record.notified)


def test_mail_that_fails_is_sent_again_before_the_chat(topics: Topics, at_call: Any) -> None:
    at_call(topics.mail, raising(ConnectionError("no")))
    with pytest.raises(ConnectionError):
        topics.notify()
    assert topics.counts() == (0, 0)
    assert topics.notify()
    assert topics.counts() == (1, 1)


def test_an_invocation_that_dies_between_mail_and_chat_leaves_the_chat_to_the_next(
    topics: Topics, at_call: Any
) -> None:
    at_call(topics.chat, raising(Killed()))
    with pytest.raises(Killed):
        topics.notify()
    with pytest.raises(NotificationInProgress):  # the dead one may be at it
        topics.notify()
    later = clock.now() + CLAIM_SECONDS + 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        assert not topics.notify()
    assert topics.counts() == (1, 1)


def test_two_invocations_at_once_send_neither_twice(topics: Topics, at_call: Any) -> None:
    def meanwhile() -> None:
        with pytest.raises(NotificationInProgress):
            topics.notify()

    for topic in (topics.mail, topics.chat):
        at_call(topic, meanwhile)
        topics.notify()
    assert topics.counts() == (1, 1)


def test_a_chat_that_is_set_up_later_gets_nothing_of_what_people_know_by_mail(
    topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.delenv("CHAT_TOPIC_ARN")
        topics.notify()
    topics.notify()
    assert topics.counts() == (1, 0)


def test_a_matter_without_anything_to_publish_is_settled_for_both_topics(topics: Topics) -> None:
    assert not notify_once(topics.record, lambda: None)
    assert not topics.notify()
    assert topics.counts() == (0, 0)


def test_each_notice_has_an_identity_of_its_own_in_the_chat(topics: Topics) -> None:
    topics.notify()
    notify_once(begin_late_notice(topics.table, 60), topics.notice)
    first, second = (json.loads(each["Message"])["id"] for each in topics.got(topics.chat))
    assert first != second


SENT, DUE, IN_CHAT = {"event": 1, "notice": 1}, {"noticeChat": 0}, {"noticeChat": 1}


@pytest.mark.parametrize("end", ["Fail", "Succeed"])
@pytest.mark.parametrize(("claimed", "told", "found"), [({}, {}, []), (DUE, {}, [NOT_NOTIFIED]), (DUE, IN_CHAT, [])])
def test_the_sweep_finds_a_run_whose_failure_or_recovery_the_chat_did_not_get(
    claimed: dict[str, int], told: dict[str, int], found: list[str], end: str
) -> None:
    item = ITEM | {"claimed": SENT | claimed, "told": SENT | told, "outcome": {"end": end}}
    assert flaws(run_of(item, 1)) == found


def test_the_sweep_finds_a_batch_and_a_message_whose_failures_the_chat_did_not_get() -> None:
    failed = BatchOutcome(False, {}, "BatchIncomplete")
    for told, found in ((SENT, True), (SENT | IN_CHAT, False)):
        batch = BatchRun("arn", outcome=failed, ended_at=1, claimed=SENT | DUE, notified=told)
        message = MessageRuns("message/job/1", failures=1, claimed=SENT | DUE, notified=told)
        assert (batches.is_suspect(batch), messages.is_suspect(message)) == (found, found)


def test_what_nothing_claims_is_published_on_both_topics(topics: Topics) -> None:
    publish.publish(NOTICE)
    assert topics.counts() == (1, 1)
