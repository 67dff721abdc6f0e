"""A message starts a job by what its body says, where the job's filter looks at the body."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.emulator import NothingStarts
from tests.integration.conftest import System

EVENT = Path(__file__).parents[2] / "events" / "sns.json"


@pytest.fixture
def on_the_body(system: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """A system whose subscription filters by the body (tests/infra/constructs/test_triggers.py)."""
    subscriptions = system.emulator.template.resources("AWS::SNS::Subscription")
    (subscription,) = [made for name, made in subscriptions.items() if name.startswith("RegionMessage1")]
    monkeypatch.setitem(subscription, "FilterPolicy", {"detail": {"status": ["DONE"]}})
    monkeypatch.setitem(subscription, "FilterPolicyScope", "MessageBody")
    return system


def message(status: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(EVENT.read_text("utf-8"))
    body = json.dumps({"detail": {"status": status}})
    event["Records"][0]["Sns"] |= {"Message": body, "MessageId": f"body-{status}"}
    return event


@pytest.mark.exhaustive  # guarded by: unit/emulator, the sample sns.json
def test_a_message_whose_body_passes_the_filter_starts_the_job(on_the_body: System) -> None:
    (execution,) = on_the_body.emulator.deliver(message("DONE"), EVENT.parent / "objects")
    assert on_the_body.emulator.wait(execution).status == "SUCCEEDED"
    assert {row["country"] for row in on_the_body.simulator.rows("DM_CITY")} == {"Spain"}


def test_a_message_whose_body_does_not_pass_starts_nothing_and_the_filter_is_named(on_the_body: System) -> None:
    with pytest.raises(NothingStarts, match=r'does not pass the filter {"detail": {"status": \["DONE"\]}} on MessageB'):
        on_the_body.emulator.deliver(message("FAILED"), EVENT.parent / "objects")
