"""A run whose time is over says so when its job could not be cancelled: the job writes the table all the same."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.notifications.run_end import end_of
from functions.runs.store.item_format import run_of
from functions.text import named
from local.simulator import catalogue
from tests.faults.lambdas import lambda_error
from tests.integration.conftest import System

LEFT = "may still be running"


def test_a_time_out_whose_job_could_not_be_cancelled_says_that_it_may_still_be_running(
    new_system: Callable[..., System],
) -> None:
    system = new_system("monitor-forbidden")
    system.expect_left = True
    outcome = system.run(datamart=catalogue.SLOW_LOAD, timeoutMinutes=1)
    assert outcome.error == "RunTimedOut"
    job = next(iter(system.item(outcome)["attempts"].values()))["jobId"]
    for told in (outcome.cause, system.notices()[-1]["Message"], system.events()[-1]["detail"]["reason"]):
        assert f"Its job {named(job)} could not be cancelled and {LEFT}" in told
        assert "HTTP 403" in told
    assert outcome.cause.startswith("Loaded: unknown. ")


def test_a_clean_up_that_aws_did_not_start_has_cancelled_nothing(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refused:
        def __init__(self, module: str, event: Any) -> None:
            self.module = module

        def __enter__(self) -> None:
            if self.module == "delete_instance":
                raise lambda_error("Lambda.KMSAccessDeniedException", "KMS access was denied")

        def __exit__(self, *exception: object) -> None:
            pass

    monkeypatch.setattr(system.emulator.runtime, "around", Refused)
    outcome = system.run(datamart=catalogue.SLOW_LOAD, timeoutMinutes=1)
    assert outcome.error == "RunTimedOut"
    assert LEFT in outcome.cause


@pytest.mark.parametrize(("job", "said"), [("accepted", True), ("lost", True), ("loaded", False), ("refused", False)])
@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT"])
def test_an_execution_that_was_cut_short_says_whether_its_job_may_still_be_running(
    status: str, job: str, said: bool
) -> None:
    item = {"executionArn": "arn", "attempts": {"1": {"job": job, "postedAt": 5}}}
    assert (LEFT in end_of(run_of(item, 1), {"status": status}).advice) == said
