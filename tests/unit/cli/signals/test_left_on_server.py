"""What a run has open on the server, in words, at its end and where the process leaves at once."""

from typing import Any

import pytest

from functions.runs.job_state import JobState
from functions.runs.store.item_format import run_of
from local.cli.left_on_server import end_of_stopped, end_of_stopped_batch, left_on_server

OPEN = {"session": '{"token": "secret"}', "baseUrl": "https://host/x", "instanceId": "I1", "jobId": "J1"}
URL = "a session at https://host/x"


@pytest.mark.parametrize(
    ("attempt", "left"),
    [
        ({}, []),
        ({"loggingInAt": 5}, ["perhaps a session, because a login was under way"]),
        (OPEN | {"job": JobState.ACCEPTED}, [URL, "instance I1", "job J1"]),
        (OPEN | {"job": JobState.PROMPTING}, [URL, "instance I1", "job J1"]),
        (OPEN | {"job": JobState.ACCEPTED, "jobEnded": 7, "instanceDeleted": True}, [URL]),
        (OPEN | {"job": JobState.LOADED}, [URL, "instance I1"]),
        ({"job": JobState.ACCEPTED, "jobId": "J1"}, ["perhaps job J1, which may still be running"]),
        ({"job": JobState.POSTING}, ["perhaps a job whose id is not known"]),
        ({"job": JobState.PROMPTING, "jobId": "J1", "instanceId": "I1", "instanceDeleted": True}, []),
        ({"job": JobState.ACCEPTED, "jobId": "J1", "jobEnded": 7}, []),
    ],
)
def test_what_is_left_is_named_and_never_the_token(attempt: dict[str, Any], left: list[str]) -> None:
    assert left_on_server(run_of({"attempts": {"1": attempt}})) == left


def test_what_every_attempt_left_on_the_server_is_listed() -> None:
    assert left_on_server(run_of({"attempts": {"1": {}, "2": OPEN | {"job": JobState.LOADED}}})) == [URL, "instance I1"]


def test_a_run_without_an_item_has_left_nothing() -> None:
    assert left_on_server(None) == []
    assert end_of_stopped(None, "Ctrl-C") == "Loaded: no. Stopped by Ctrl-C. Nothing is left on the server."


def test_the_end_says_what_the_clean_up_could_not_remove() -> None:
    run = run_of({"attempts": {"1": OPEN | {"job": JobState.ACCEPTED}}})
    said = f"Loaded: unknown. Stopped by SIGTERM. Left on the server: {URL}; instance I1; job J1."
    assert end_of_stopped(run, "SIGTERM") == said


def test_a_stopped_batch_says_how_many_items_are_loaded_and_what_each_run_has_left() -> None:
    left = run_of({"attempts": {"1": OPEN | {"job": JobState.LOADED}}})
    report = {"counts": {"items": 3, "loaded": 1, "stopped": 2}}
    assert end_of_stopped_batch(report, [None, left], "SIGTERM") == (
        f"Loaded: 1 of 3 items. Stopped by SIGTERM. Left on the server: {URL}; instance I1."
    )
    assert end_of_stopped_batch(None, [], "SIGTERM") == "Loaded: no. Stopped by SIGTERM. Nothing is left on the server."


def test_a_stopped_batch_does_not_claim_that_an_item_is_not_loaded_which_may_be() -> None:
    items = [{"loaded": "yes"}, {"loaded": "unknown"}, {"loaded": "no"}]
    report = {"counts": {"items": 3, "loaded": 1}, "items": items}
    assert end_of_stopped_batch(report, [], "Ctrl-C").startswith("Loaded: 1 of 3 items, and perhaps 1 more. Stopped by")
