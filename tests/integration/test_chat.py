"""What a chat gets of whole runs and batches. Its topic is that of mail here, where the functions may publish."""

import json
import os
from collections import Counter
from typing import Any

import pytest

from functions.limits import SWEEP_GRACE
from functions.notifications import chat
from local.clock import Clock
from local.simulator import catalogue
from local.simulator.response import Response
from tests.integration import test_hostile_texts as hostile_texts
from tests.integration.conftest import TUTORIAL, System
from tests.integration.test_notifications import end_again
from tests.support.aws_calls import counted
from tests.unit.notifications.test_chat import MARKUP, assert_no_markup, shown


@pytest.fixture(autouse=True)
def asked_for(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_TOPIC_ARN", os.environ["NOTICE_TOPIC_ARN"])


def documents(system: System) -> list[dict[str, Any]]:
    """What is for the chat, of all that was published; the search for secrets sees it, too."""
    return [json.loads(each["Message"]) for each in system.notices() if "Subject" not in each]


def mails(system: System) -> list[str]:
    return [each["Subject"] for each in system.notices() if "Subject" in each]


def test_a_failure_is_a_mail_and_a_document_and_each_comes_once(system: System) -> None:
    outcome = system.run(datamart=catalogue.BROKEN_SQL)
    for _ in range(2):
        end_again(system, outcome.execution_arn)
    ((document,), (subject,)) = documents(system), mails(system)
    assert document["content"]["title"] == f"❌ {subject}"
    assert document["metadata"]["eventType"] == "datamart-failure"
    assert document["metadata"]["relatedResources"] == [outcome.execution_arn]
    name = outcome.execution_arn.rpartition(":")[2]
    assert any(f"`datamart show {name} --stage dev`" in step for step in document["content"]["nextSteps"])


def test_a_document_takes_two_writes_and_one_call_of_sns(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken() -> Counter[str]:
        with counted(system.emulator) as calls:
            system.run(datamart=catalogue.BROKEN_SQL)
        return Counter(call.operation for call in calls if call.module == "end_run")

    system.run(datamart=catalogue.BROKEN_SQL)  # it is the first of the failures in a row
    with_chat = taken()
    monkeypatch.delenv("CHAT_TOPIC_ARN")
    assert with_chat - taken() == {"UpdateItem": 2, "Publish": 1}


def test_a_success_is_in_neither(system: System) -> None:
    system.run_input({"job": "city-nightly"})
    assert (documents(system), mails(system)) == ([], [])


def test_the_password_that_was_refused_is_not_in_the_chat(system: System) -> None:
    system.connect(password="another-planted-pässword")
    system.run()
    (document,) = documents(system)
    assert "CredentialsRejected" in document["content"]["title"]
    assert "another-planted" not in json.dumps(system.notices(), ensure_ascii=False)


def test_markup_that_the_server_says_means_nothing_in_the_chat(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    content = Response.content

    def planted(self: Response) -> bytes:
        return content(Response(self.status, hostile_texts._planted(self.body), self.headers, self.raw))

    monkeypatch.setattr(hostile_texts, "HOSTILE", MARKUP)
    monkeypatch.setattr(Response, "content", planted)
    outcome = system.run(datamart=catalogue.BROKEN_SQL)
    (document,) = documents(system)
    assert "white_check_mark" in document["content"]["description"], "nothing of the server's was shown"
    for text in shown(document, outcome.execution_arn):
        assert_no_markup(text)


def test_the_failures_of_a_batch_are_one_document_in_the_thread_of_the_batch(system: System) -> None:
    items = [{"project": TUTORIAL, "datamart": f"None such {number}", "name": f"n{number}"} for number in range(3)]
    system.watch_batch(system.emulator.start_batch({"batch": {"items": items}}))
    ((document,), (_,)) = documents(system), mails(system)
    assert document["metadata"]["eventType"] == "datamart-batch"
    assert document["metadata"]["threadId"].rpartition("/")[0].endswith("/batch")
    assert all(f"n{number}: failed" in document["content"]["description"] for number in range(3))


def test_a_chat_that_fails_for_hours_keeps_nothing_back_and_the_sweep_makes_it_good(
    system: System, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    def fails(*_: Any) -> str:
        raise ConnectionError("the chat is away")

    with monkeypatch.context() as patch:
        patch.setattr(chat, "document", fails)
        outcome = system.run(datamart=catalogue.BROKEN_SQL)
        assert len(mails(system)) == 1
        assert system.leases() == {}
        assert len(system.events()) == 1
    assert documents(system) == []
    clock.advance(SWEEP_GRACE + 1)
    assert system.invoke("sweep", {"look": "hourly"})["found"] == 1
    kinds = [document["metadata"]["eventType"] for document in documents(system)]
    assert sorted(kinds) == ["datamart-failure", "datamart-sweep"]
    assert [outcome.execution_arn in str(document) for document in documents(system)] == [True, False]


def test_a_recovery_that_the_chat_did_not_get_is_made_good_by_the_sweep(
    system: System, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    def fails(*_: Any) -> str:
        raise ConnectionError("the chat is away")

    system.connect(password="another-planted-pässword")
    system.run_input({"job": "city-nightly"})
    system.connect()
    with monkeypatch.context() as patch:
        patch.setattr(chat, "document", fails)
        system.run_input({"job": "city-nightly"})
    assert mails(system)[-1].endswith(" is loaded again after 1 failure")
    before = len(documents(system))
    clock.advance(SWEEP_GRACE + 1)
    system.invoke("sweep", {"look": "hourly"})
    kinds = [document["metadata"]["eventType"] for document in documents(system)[before:]]
    assert sorted(kinds) == ["datamart-recovery", "datamart-sweep"]
    assert system.invoke("sweep", {"look": "hourly"})["found"] == 0
