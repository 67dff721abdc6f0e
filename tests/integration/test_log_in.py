"""Whose credentials go where, and how often: accounts lock after some refused log-ins.

The functions keep a secret for fifteen minutes, so it changes behind their backs here, as a rotation does it.
"""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from functions.lifecycle.secret_texts import secret_text, secrets_manager
from local.outcome import Outcome
from local.simulator import Simulator, catalogue
from tests.integration.conftest import PASSWORD, TUTORIAL, System
from tests.support.cases import exhaustive
from tests.support.permissions import Recorder

NEW = "planted-nëw-password-93c4"


def arn(system: System) -> str:
    return str(system.emulator.deployed.secrets["default"])


def kept(system: System) -> None:
    """The functions know the secret from an earlier run."""
    secret_text(arn(system))


def put(system: System, text: str | None = None, **changes: Any) -> None:
    """Change the secret as ``aws secretsmanager put-secret-value`` does: the functions are told nothing."""
    held = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=arn(system))["SecretString"])
    changed = json.dumps(held | changes) if text is None else text
    boto3.client("secretsmanager").put_secret_value(SecretId=arn(system), SecretString=changed)


def change_password(system: System, new: str = NEW) -> None:
    """On the server."""
    system.simulator.server.credentials.password = system.simulator.password = new


def log_ins(system: System) -> list[int]:
    """The HTTP status of every log-in that the server has seen."""
    return [r["status"] for r in system.simulator.state()["requests"] if r["path"].endswith("/auth/login")]


def loads(system: System) -> Outcome:
    """Run a datamart that asks nothing."""
    return system.run(datamart=catalogue.CATEGORY_SALES)


def refused(outcome: Outcome) -> str:
    assert (outcome.status, outcome.error) == ("FAILED", "CredentialsRejected"), outcome.cause
    assert outcome.cause is not None
    assert outcome.cause.startswith("Loaded: no. ")
    return outcome.cause


def test_a_password_that_was_rotated_since_the_last_run_is_read_anew(system: System) -> None:
    kept(system)
    change_password(system)
    put(system, password=NEW)
    assert loads(system).status == "SUCCEEDED"
    assert log_ins(system) == [401, 204]
    assert loads(system).status == "SUCCEEDED"
    assert log_ins(system) == [401, 204, 204]  # and kept from then on


def test_a_password_that_is_wrong_is_sent_once(system: System) -> None:
    system.connect(password="wrong-one")
    kept(system)
    assert "ERR003" in refused(loads(system))
    assert log_ins(system) == [401]


def test_a_password_that_changed_on_the_server_alone_is_sent_once(system: System) -> None:
    kept(system)
    change_password(system)
    refused(loads(system))
    assert log_ins(system) == [401]


def test_a_secret_that_was_written_anew_with_the_same_in_it_is_not_another_one(system: System) -> None:
    system.connect(password="wrong-one")
    kept(system)
    held = boto3.client("secretsmanager").get_secret_value(SecretId=arn(system))["SecretString"]
    put(system, text=json.dumps(json.loads(held), indent=2, sort_keys=True))
    refused(loads(system))
    assert log_ins(system) == [401]


def test_a_password_that_was_rotated_to_another_wrong_one_is_tried_once_too(system: System) -> None:
    kept(system)
    change_password(system)
    put(system, password="still-wrong")
    refused(loads(system))
    assert log_ins(system) == [401, 401]
    refused(loads(system))
    assert log_ins(system) == [401, 401, 401]  # the newest alone: the first one is known to be old


@pytest.mark.parametrize(
    ("text", "told"), [("{", "is not a JSON object"), exhaustive(('{"loginMode": 1}', "lacks baseUrl"))]
)
def test_a_secret_that_was_replaced_by_none_is_reported_and_nothing_is_sent_again(
    system: System, text: str, told: str
) -> None:
    kept(system)
    change_password(system)
    put(system, text=text)
    cause = refused(loads(system))
    assert told in cause
    assert "put-secret-value" in cause
    assert log_ins(system) == [401]


def test_a_secret_that_cannot_be_read_anew_leaves_it_at_one_log_in(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(system)
    change_password(system)
    put(system, password=NEW)
    throttled = ClientError({"Error": {"Code": "ThrottlingException", "Message": "slower"}}, "GetSecretValue")
    client = secrets_manager()

    def throttle(**_: Any) -> Any:
        raise throttled

    client.meta.events.register_first("before-call.secrets-manager.GetSecretValue", throttle)
    try:
        assert "ERR003" in refused(loads(system))
    finally:
        client.meta.events.unregister("before-call.secrets-manager.GetSecretValue", throttle)
    assert log_ins(system) == [401]


def test_a_secret_that_was_no_json_is_read_anew_before_it_is_refused(system: System) -> None:
    system.emulator.seed_secret("default", "{")
    refused(loads(system))
    put_right = {"baseUrl": system.simulator.base_url, "username": system.simulator.username, "password": PASSWORD}
    boto3.client("secretsmanager").put_secret_value(SecretId=arn(system), SecretString=json.dumps(put_right))
    assert loads(system).status == "SUCCEEDED"
    assert log_ins(system) == [204]


@pytest.mark.exhaustive  # guarded by: a password that was rotated
def test_a_new_api_token_is_read_anew(system: System) -> None:
    system.connect(loginMode=4096, apiToken=system.simulator.api_token, username=None, password=None)
    kept(system)
    system.simulator.api_token = system.simulator.server.credentials.new_api_token(1e12)
    put(system, apiToken=system.simulator.api_token)
    assert loads(system).status == "SUCCEEDED"
    assert log_ins(system) == [401, 204]


def test_a_run_under_way_keeps_its_session_when_the_password_is_rotated(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def around(module: str, event: Any) -> Any:
        if module == "create_instance":
            change_password(system)
            put(system, password=NEW)
        return contextlib.nullcontext()

    monkeypatch.setattr(system.emulator.runtime, "around", around)
    assert loads(system).status == "SUCCEEDED"
    assert log_ins(system) == [204]


# -- two connections ------------------------------------------------------------------------------------------------


@pytest.fixture
def second(system: System, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """The server of a connection of its own, with a password of its own."""
    with Simulator(password="of-the-second-one-5d1e", clock=system.emulator.clock.now) as simulator:
        there = {"baseUrl": simulator.base_url, "username": simulator.username, "password": simulator.password}
        made = boto3.client("secretsmanager").create_secret(Name="second-one", SecretString=json.dumps(there))
        monkeypatch.setenv("SECRETS", json.dumps({"default": arn(system), "second": made["ARN"]}))
        monkeypatch.setenv("CONNECTIONS", '["default", "second"]')
        monkeypatch.setenv("MAX_CONCURRENT_RUNS", '{"default": 1, "second": 1}')
        yield simulator
        # The stage has one connection: that its role may not read a second secret is right.
        recorder.denied = [line for line in recorder.denied if made["ARN"] not in line]
        boto3.client("secretsmanager").delete_secret(SecretId=made["ARN"], ForceDeleteWithoutRecovery=True)


def test_one_connections_credentials_never_go_to_another_connections_server(system: System, second: Simulator) -> None:
    request = {"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES, "connection": "second"}
    assert system.emulator.run(request).status == "SUCCEEDED"
    assert log_ins(system) == []
    assert loads(system).status == "SUCCEEDED"
    assert log_ins(system) == [204]
    assert sum(r["path"].endswith("/auth/login") for r in second.state()["requests"]) == 1


def test_after_a_move_the_new_password_goes_to_the_new_server_alone(system: System, second: Simulator) -> None:
    """The old server is still there and knows the account no more."""
    kept(system)
    change_password(system)
    put(system, baseUrl=second.base_url, password=second.password)
    outcome = system.emulator.run({"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES})
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert log_ins(system) == [401]
    assert second.state()["loads"] == {catalogue.CATEGORY_SALES: 1}
    assert len(system.simulator.state()["requests"]) == 1


def test_a_refused_log_in_does_not_reach_for_another_connections_secret(system: System, second: Simulator) -> None:
    kept(system)
    change_password(system)
    refused(loads(system))
    assert log_ins(system) == [401]
    assert second.state()["requests"] == []
