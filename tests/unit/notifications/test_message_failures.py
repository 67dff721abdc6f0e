"""All failures of the runs that one message started are one notification, however the ends of the runs arrive."""

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from functions import clock
from functions.lifecycle.sweep import messages
from functions.limits import CLAIM_SECONDS, END_REPEATED_FOR
from functions.notifications import publish
from functions.notifications.console_link import console_link
from functions.notifications.exactly_once import NotificationInProgress
from functions.notifications.message_failures import LONGEST_TEXT, notify_of_failures, register_with_other_runs
from functions.notifications.run_end import end_of
from functions.requests.execution_input import SCHEMA
from functions.requests.input_limits import MOST_RUNS
from functions.runs.message import LONGEST_OBJECT, message_in
from functions.runs.store.notices import find_message
from functions.runs.store.runs import refuse_run
from functions.runs.store.table import RunTable
from functions.triggers.trigger_event import execution_name
from tests.support.cases import one_of
from tests.support.clients import client

MACHINE = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev"
MESSAGE = "b6a1c3d2-7f48-5e09-8c1d-2e3f4a5b6c7d"
KEY = f"message/country-upload/{MESSAGE}"
FAILED, SUCCEEDED = "FAILED", "SUCCEEDED"


class People:
    """The runs of one message, and what people are notified of."""

    def __init__(self, table: RunTable, runs: int) -> None:
        self.table = table
        self.runs = runs
        self.topic = client("sns").create_topic(Name=f"notices-{uuid.uuid4().hex}")["TopicArn"]
        self._queue = client("sqs").create_queue(QueueName=f"people-{uuid.uuid4().hex}")["QueueUrl"]
        arn = f"arn:aws:sqs:eu-west-1:123456789012:{self._queue.rpartition('/')[2]}"
        client("sns").subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)
        self._read: list[dict[str, Any]] = []

    def arn(self, number: int) -> str:
        return f"{MACHINE}:{execution_name('country-upload', str(number))}"

    def deliver(self, number: int, status: str = FAILED) -> bool:
        """The end of one run arrives."""
        arn = self.arn(number)
        given = {
            "message": {"id": MESSAGE, "runs": self.runs, "run": arn.rpartition(":")[2]},
            "values": {"bucket": "landing", "key": f"countries/{number}.csv"},
        }
        run = refuse_run(self.table, arn, "country-upload", None, f"reason {number}", message_in(given, arn))
        detail = {"executionArn": arn, "status": status, "error": "InvalidRequest" if status == FAILED else None}
        record, sent = register_with_other_runs(run, end_of(run, detail))
        return sent or (not record.missing and notify_of_failures(record))

    def told(self) -> list[dict[str, Any]]:
        """Every notice so far."""
        while found := client("sqs").receive_message(QueueUrl=self._queue).get("Messages", []):
            for each in found:
                client("sqs").delete_message(QueueUrl=self._queue, ReceiptHandle=each["ReceiptHandle"])
                self._read.append(json.loads(each["Body"]))
        return self._read

    def failures(self) -> list[str]:
        """What the notices say happened, run by run."""
        lines = [line for told in self.told() for line in told["Message"].split("\n")]
        return sorted(line for line in lines if line.startswith("What happened: "))


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., People]]:
    name = f"runs-{uuid.uuid4()}"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("RUN_TABLE", name)
    (tmp_path / "jobs.json").write_text("{}")
    monkeypatch.setenv("JOBS_FILE", str(tmp_path / "jobs.json"))
    publish.sns.cache_clear()
    with mock_aws():
        client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "executionArn", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "executionArn", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

        def of_a_message(runs: int) -> People:
            made = People(RunTable(name, client("dynamodb")), runs)
            monkeypatch.setenv("NOTICE_TOPIC_ARN", made.topic)
            monkeypatch.setattr(messages, "run_table", lambda: made.table)
            return made

        yield of_a_message
    publish.sns.cache_clear()


@pytest.fixture
def at_the_sending(people: Any) -> Iterator[Callable[[Callable[[], None]], None]]:
    """Lets something happen once, right before SNS is called."""
    hooks = publish.sns().meta.events

    def install(happens: Callable[[], None]) -> None:
        def once(**_: Any) -> None:
            hooks.unregister("before-call.sns.Publish", unique_id="sending")
            happens()

        hooks.register("before-call.sns.Publish", once, unique_id="sending")

    yield install
    hooks.unregister("before-call.sns.Publish", unique_id="sending")


def test_ten_failures_of_one_message_are_one_notification_that_lists_each_with_what_to_do(people: Any) -> None:
    ten = people(10)
    answers = [ten.deliver(number) for number in range(10)]
    assert answers == [False] * 9 + [True]
    (told,) = ten.told()
    assert told["Subject"] == "Job country-upload: 10 of 10 runs of one message failed"
    text = told["Message"]
    for number in range(10):
        assert f'Object: "s3://landing/countries/{number}.csv"' in text
        assert f"What happened: reason {number}" in text
        assert console_link(ten.arn(number)) in text
    for line in ("Job: country-upload", "Ended as: InvalidRequest", "Loaded: No,", "What to do: "):
        assert text.count(f"\n{line}") == 10
    assert f"Message: {MESSAGE}" in text


@pytest.mark.parametrize("order", one_of(*map(list, itertools.permutations(range(3)))))
def test_ends_that_come_twice_and_in_any_order_are_reported_once(people: Any, order: list[int]) -> None:
    three = people(3)
    for number in (*order, *reversed(order), *order):
        three.deliver(number, SUCCEEDED if number == 1 else FAILED)
    assert three.failures() == ["What happened: reason 0", "What happened: reason 2"]
    (told,) = three.told()
    assert told["Subject"] == "Job country-upload: 2 of 3 runs of one message failed"


def test_nobody_is_notified_before_the_last_run_has_ended(people: Any) -> None:
    three = people(3)
    for number in (0, 1, 0, 1):
        three.deliver(number)
    assert three.told() == []


def test_of_runs_that_all_succeed_nobody_is_notified(people: Any) -> None:
    two = people(2)
    assert [two.deliver(number, SUCCEEDED) for number in (0, 1, 0)] == [False] * 3
    assert two.told() == []
    assert not messages.is_suspect(find_message(two.table, KEY))


def test_an_end_that_comes_while_people_are_notified_comes_back_and_nothing_is_sent_twice(
    people: Any, at_the_sending: Any
) -> None:
    two = people(2)
    two.deliver(0)

    def meanwhile() -> None:
        with pytest.raises(NotificationInProgress):
            two.deliver(0)

    at_the_sending(meanwhile)
    assert two.deliver(1)
    assert not two.deliver(0)
    assert two.failures() == ["What happened: reason 0", "What happened: reason 1"]
    assert len(two.told()) == 1


def test_what_could_not_be_sent_is_sent_when_the_end_is_delivered_again(people: Any, at_the_sending: Any) -> None:
    two = people(2)
    two.deliver(0)

    def fails() -> None:
        raise ConnectionError("SNS is out of reach")

    at_the_sending(fails)
    with pytest.raises(ConnectionError):
        two.deliver(1)
    assert two.told() == []
    assert two.deliver(1)
    assert len(two.told()) == 1
    assert len(two.failures()) == 2


def test_an_invocation_that_died_while_notifying_is_replaced_once_its_claim_is_old(
    people: Any, at_the_sending: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dies() -> None:
        raise Killed

    two = people(2)
    two.deliver(0)
    at_the_sending(dies)
    with pytest.raises(Killed):
        two.deliver(1)
    with pytest.raises(NotificationInProgress):
        two.deliver(1)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + CLAIM_SECONDS + 1)
    assert two.deliver(1)
    assert len(two.failures()) == 2


def test_where_an_end_never_comes_the_sweep_tells_what_is_there_and_a_late_failure_is_reported_by_itself(
    people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    three = people(3)
    three.deliver(0)
    three.deliver(1, SUCCEEDED)
    assert messages.notify(KEY) == [], "the queue may still deliver the end"
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + END_REPEATED_FOR + 1)
    (thing,) = messages.notify(KEY)
    assert (thing.run, thing.now, thing.left) == (three.arn(0), "notified now", False)
    assert messages.notify(KEY) == []
    (told,) = three.told()
    assert "The ends of 1 more runs are not known yet" in told["Message"]
    assert three.deliver(2)
    assert not three.deliver(2)
    assert [each["Subject"] for each in three.told()][1:] == [
        "Datamart country-upload failed: InvalidRequest (loaded: no)"
    ]
    assert len(three.failures()) == 2


def test_the_longest_failures_fit_into_one_notification_and_one_item(people: Any) -> None:
    ten = people(MOST_RUNS)
    for number in range(MOST_RUNS):
        run = refuse_run(ten.table, ten.arn(number), "country-upload", None, "ä" * 20_000)
        run.write(put={"message": {"id": MESSAGE, "runs": MOST_RUNS, "object": "k" * LONGEST_OBJECT}})
        detail = {"executionArn": ten.arn(number), "status": FAILED, "error": "InvalidRequest"}
        record, _ = register_with_other_runs(run, end_of(run, detail))
        assert record.missing or notify_of_failures(record)
    (told,) = ten.told()
    assert MOST_RUNS * LONGEST_TEXT < len(told["Message"].encode()) + 20_000 < publish.LONGEST + 20_000
    assert f"Failure {MOST_RUNS} of {MOST_RUNS}" in told["Message"]


ARN = f"{MACHINE}:{execution_name('country-upload', 'x')}"
OWN = ARN.rpartition(":")[2]


@pytest.mark.parametrize(
    "message",
    [
        {"id": MESSAGE, "runs": 2, "run": execution_name("country-upload", "another")},
        {"id": MESSAGE, "runs": 1, "run": OWN},
        {"id": MESSAGE, "runs": 11, "run": OWN},
        {"id": MESSAGE, "runs": True, "run": OWN},
        {"id": "", "runs": 2, "run": OWN},
        {"id": ["x"], "runs": 2, "run": OWN},
        "x",
        None,
    ],
    ids=["copied from another execution", "one run", "too many", "no number", "no id", "a list", "a text", "null"],
)
def test_what_did_not_start_the_run_beside_others_is_not_a_message_of_it(message: Any) -> None:
    assert message_in({"message": message}, ARN) is None


def test_the_schema_and_the_reader_agree_on_what_a_message_may_be() -> None:
    assert SCHEMA.check({"job": "j", "message": {"id": MESSAGE, "runs": MOST_RUNS, "run": OWN}})
    assert message_in({"message": {"id": MESSAGE, "runs": MOST_RUNS, "run": OWN}}, ARN) is not None
