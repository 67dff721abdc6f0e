"""What unit tests share: no pauses between retries, a time zone, and Secrets Manager as the commands find it."""

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.microstrategy import retries

NAME = "datamart-runner-dev/default"


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that calls would have paused for between their retries; nobody waits for them."""
    made: list[float] = []
    monkeypatch.setattr(retries, "_sleep", made.append)
    return made


@pytest.fixture
def in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A time zone in which times are not those of UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Paris")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Secrets Manager with the connection's empty secret, as the stack makes it."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),  # the emulator of other tests may be in eu-west-1
    ):
        monkeypatch.setenv(name, value)
    with mock_aws(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1.*"]}}}):
        client = boto3.client("secretsmanager")
        client.create_secret(Name=NAME)
        yield client
        client.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)  # moto may go on for other tests
