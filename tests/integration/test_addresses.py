"""Addresses of a stage's settings that get nothing, as ``datamart check`` and the smoke test report them."""

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.settings.settings import settings_of
from local.cli import smoke
from local.server_access import stage
from tests.integration.conftest import System
from tests.support.cloud import Cloud, answered, deployed, instead_of
from tests.support.run_command import done_by

NOTIFY, ASK = ["anna@example.com", "o'neil+bi@example.com", "gone@example.com"], ["Analyst@example.com"]


CHAT = "arn:aws:sns:eu-west-1:123456789012:ChatTopic1A2B"


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


@pytest.fixture
def subscribed(cloud: Cloud, system: System, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Settings with addresses, and SNS with what it knows of them, two of them a page."""
    written = tmp_path / "dev.toml"
    written.write_text(f"notify = {json.dumps(NOTIFY)}\naskTo = {json.dumps(ASK)}\n", "utf-8")
    for module in (stage, smoke):
        monkeypatch.setattr(module, "settings_of", functools.partial(settings_of, folder=tmp_path))

    def install(with_chat: bool = False, **arns: dict[str, str]) -> None:
        if with_chat:
            written.write_text("chat = true\n", "utf-8")
            cloud.outputs["ChatTopicArn"] = CHAT

        def listed(params: dict[str, Any], **_: Any) -> Any:
            of = next(of for of in ("Notice", "Question", "Chat") if f"{of}Topic" in params["body"]["TopicArn"])
            start = int(params["body"].get("NextToken", 0))
            known = [
                {
                    "Endpoint": address,
                    "Protocol": address.partition("://")[0] if "://" in address else "email",
                    "SubscriptionArn": arn,
                    "TopicArn": "t",
                    "Owner": "1",
                }
                for address, arn in arns.get(of.lower(), {}).items()
            ]
            further = {"NextToken": str(start + 2)} if len(known) > start + 2 else {}
            return answered(Subscriptions=known[start : start + 2], **further)

        instead_of("sns.ListSubscriptionsByTopic", listed)

    return install


def confirmed(*addresses: str) -> dict[str, str]:
    return {address: f"arn:aws:sns:eu-west-1:123456789012:NoticeTopic:{address}" for address in addresses}


def found(capsys: Any) -> dict[str, tuple[str, str]]:
    """Result and text of each finding about addresses."""
    findings = json.loads(done_by(capsys)("check", "--stage", "dev", "--json").out)["findings"]
    return {each["subject"]: (each["result"], each["text"]) for each in findings if each["check"] == "addresses"}


def test_a_check_reports_what_is_not_confirmed_and_what_is_not_subscribed(subscribed: Any, capsys: Any) -> None:
    subscribed(
        notice=confirmed(NOTIFY[0], "else@example.com") | {NOTIFY[1]: "PendingConfirmation"}, question=confirmed(*ASK)
    )
    reported = found(capsys)
    assert set(reported) == {"notify: o'neil+bi@example.com", "notify: gone@example.com", "askTo"}
    result, text = reported["notify: o'neil+bi@example.com"]
    assert result == "problem"
    assert text.startswith("It is not confirmed, and gets nothing.")
    assert "--protocol email --notification-endpoint 'o'\"'\"'neil+bi@example.com'" in text
    result, text = reported["notify: gone@example.com"]
    assert (result, text.startswith("It is not subscribed, and gets nothing.")) == ("problem", True)
    assert "make deploy STAGE=dev" in text
    assert reported["askTo"] == ("ok", "Confirmed: 1.")


def test_an_address_is_known_however_it_is_written(subscribed: Any, capsys: Any) -> None:
    subscribed(notice=confirmed(*NOTIFY), question=confirmed("ANALYST@example.com"))
    assert found(capsys) == {"notify": ("ok", "Confirmed: 3."), "askTo": ("ok", "Confirmed: 1.")}


def test_a_chat_without_a_channel_is_reported(subscribed: Any, capsys: Any) -> None:
    subscribed(with_chat=True)
    ((subject, (result, text)),) = found(capsys).items()
    assert (subject, result) == (f"chat: {CHAT}", "problem")
    assert text.startswith("No channel is subscribed, and the chat gets nothing.")


def test_a_chat_with_a_channel_is_as_it_should_be(subscribed: Any, capsys: Any) -> None:
    channel = "https://global.sns-api.chatbot.amazonaws.com"
    subscribed(with_chat=True, chat=confirmed(channel))
    assert found(capsys) == {"chat": ("ok", "A channel is subscribed.")}


def test_where_aws_does_not_say_who_is_subscribed_the_check_says_so(subscribed: Any, cloud: Cloud, capsys: Any) -> None:
    subscribed()
    cloud.refusal = ("AccessDenied", "User is not authorized to perform cloudformation:DescribeStacks")
    ((result, text),) = found(capsys).values()
    assert result == "note"
    assert text.startswith("Whether they are confirmed is not known: ")
    assert "cloudformation:DescribeStacks" in text


def test_the_smoke_test_warns_of_addresses_and_goes_on(
    subscribed: Any, cloud: Cloud, system: System, capsys: Any
) -> None:
    subscribed(notice=confirmed(*NOTIFY[:2]), question=dict.fromkeys(ASK, "PendingConfirmation"))
    assert smoke.smoke("dev", "city-nightly", cloud.wait) == 0
    said = capsys.readouterr().out.splitlines()
    assert "ok: anna@example.com of notify is confirmed" in said
    warnings = [line for line in said if line.startswith("warning: ")]
    assert [line.split(": It is")[0] for line in warnings] == [
        "warning: notify: gone@example.com",
        "warning: askTo: Analyst@example.com",
    ]
    assert system.loads() == 1
