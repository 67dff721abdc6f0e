"""Following an execution: pages of its history, the pauses between two looks, what it outlives."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import execution


class LongRun:
    """Step Functions with a history of several pages, which moto does not have."""

    class exceptions:
        class InvalidToken(Exception):
            pass

    def __init__(self, looks: int, expires: bool = False) -> None:
        self._looks = looks
        self._expires = expires
        self.read: list[int] = []

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        self._looks -= 1
        status = "RUNNING" if self._looks > 0 else "FAILED"
        return {"executionArn": executionArn, "status": status, "error": "E", "cause": "C"}

    def get_execution_history(self, executionArn: str, maxResults: int, nextToken: str = "0") -> dict[str, Any]:
        page = int(nextToken)
        self.read.append(page)
        if page == 2 and self._expires:
            self._expires = False
            raise self.exceptions.InvalidToken
        at = datetime(2026, 11, 20, tzinfo=UTC)
        events = [
            {"id": 2 * page + i, "timestamp": at, "stateEnteredEventDetails": {"name": f"State{2 * page + i}"}}
            for i in (1, 2)
        ]
        return {"events": events} | ({"nextToken": str(page + 1)} if page < 2 else {})


@pytest.fixture
def follow(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], tuple[Any, list[float], list[str]]]:
    def followed(client: Any) -> tuple[Any, list[float], list[str]]:
        waited: list[float] = []
        told: list[str] = []
        monkeypatch.setattr(execution.boto3, "client", lambda _: client)
        outcome = execution.follow("arn", lambda state, at: told.append(state), waited.append)
        return outcome, waited, told

    return followed


def test_following_a_run_reports_every_state_of_every_page_once(follow: Any) -> None:
    outcome, _, told = follow(LongRun(looks=3))
    assert told == outcome.states == [f"State{i}" for i in range(1, 7)]


def test_following_a_run_reads_only_the_last_page_again(follow: Any) -> None:
    client = LongRun(looks=3)
    follow(client)
    assert client.read == [0, 1, 2, 2, 2]


def test_following_a_run_begins_anew_when_its_place_in_the_history_expires(follow: Any) -> None:
    _, _, told = follow(LongRun(looks=3, expires=True))
    assert told == [f"State{i}" for i in range(1, 7)]


def test_following_a_run_looks_after_two_seconds_and_at_last_every_ten(follow: Any) -> None:
    _, waited, _ = follow(LongRun(looks=20))
    assert waited[0] == 2.0
    assert waited == sorted(waited)
    assert waited[-1] == 10.0


def test_following_a_run_survives_a_network_that_is_gone_for_a_while(follow: Any) -> None:
    outcome, waited, _ = follow(_failing(LongRun(looks=1), times=execution.PATIENCE, code="ThrottlingException"))
    assert outcome.status == "FAILED"
    assert len(waited) == execution.PATIENCE


def test_following_a_run_gives_up_when_nothing_comes_back(follow: Any) -> None:
    with pytest.raises(ClientError):
        follow(_failing(LongRun(looks=1), times=execution.PATIENCE + 1, code="ThrottlingException"))


def test_following_a_run_gives_up_at_once_where_waiting_does_not_help(follow: Any) -> None:
    with pytest.raises(ClientError):
        follow(_failing(LongRun(looks=1), times=1, code="AccessDeniedException"))


def _failing(client: LongRun, times: int, code: str) -> LongRun:
    describe, left = client.describe_execution, [times]

    def described(executionArn: str) -> dict[str, Any]:
        if left[0]:
            left[0] -= 1
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "DescribeExecution")
        return describe(executionArn)

    client.describe_execution = described  # type: ignore[method-assign]
    return client
