"""What the job monitor says of a job, and when it says nothing of ours (API.md 6.1)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.errors import PermissionDenied
from functions.microstrategy import Client
from functions.microstrategy.client import CLOCKS_DIFFER
from functions.microstrategy.status import COMPLETED, ENDED, GONE
from tests.unit.microstrategy.conftest import ScriptedServer
from tests.unit.microstrategy.test_calls import CITY

JOB = "10:RU5WLTMwODE3OUxBSU8yVVNFMQ=="
BEGUN = "2026-11-25T03:00:00.000+0000"
ORDERED = datetime(2026, 11, 25, 3, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ({"status": "executing", "objectId": CITY}, "executing"),
        ({"status": "Executing", "objectId": CITY.lower()}, "executing"),
        ({"status": "executing"}, "executing"),
        ({"status": "executing", "objectId": "D" * 32}, GONE),
        ({"status": COMPLETED, "objectId": CITY, "creationTime": BEGUN}, COMPLETED),
        ({"status": COMPLETED, "objectId": "D" * 32, "creationTime": BEGUN}, GONE),
        ({"status": COMPLETED, "creationTime": BEGUN}, GONE),
        ({"status": COMPLETED, "objectId": CITY, "creationTime": "yesterday"}, GONE),
        ({"status": COMPLETED, "objectId": CITY, "creationTime": "2026-11-25T03:00:00"}, GONE),
        ({"status": COMPLETED, "objectId": CITY, "creationTime": "2026-11-25T02:00:00+0000"}, GONE),
        ({"status": "Completed", "objectId": CITY, "creationTime": BEGUN}, COMPLETED),
        ({"status": "error", "objectId": CITY}, "error"),
        ({}, "none"),
    ],
)
def test_only_of_our_own_job_it_says_something(
    server: ScriptedServer, client: Client, shown: dict[str, Any], said: str
) -> None:
    server.answer(200, json.dumps(shown).encode())
    assert client.get_job(JOB, CITY, ORDERED) == said


def test_a_clock_that_is_a_little_behind_ours_makes_no_other_job(server: ScriptedServer, client: Client) -> None:
    shown = {"status": COMPLETED, "objectId": CITY, "creationTime": BEGUN}
    for since, said in ((ORDERED + CLOCKS_DIFFER, COMPLETED), (ORDERED + CLOCKS_DIFFER + 1, GONE), (None, GONE)):
        server.answer(200, json.dumps(shown).encode())
        assert client.get_job(JOB, CITY, since) == said


@pytest.mark.parametrize("status", [404, 500])
def test_a_job_that_it_does_not_show_is_gone(server: ScriptedServer, client: Client, status: int) -> None:
    server.answer(status, b'{"code": "ERR001", "message": "There is no such job."}')
    assert client.get_job(JOB, CITY) == GONE


def test_a_monitor_that_the_account_may_not_read_is_permission_denied(server: ScriptedServer, client: Client) -> None:
    server.answer(403, b'{"code": "ERR017", "message": "no"}')
    with pytest.raises(PermissionDenied):
        client.get_job(JOB, CITY)


def test_what_has_ended_is_known_by_its_word() -> None:
    assert {GONE, COMPLETED, "error", "stopped"} == ENDED
