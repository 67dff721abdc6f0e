"""What follows a load: how a run ends that has loaded and not done all of it, and what people read of each."""

from typing import Any

import pytest

from functions.errors import ERRORS, FollowUpFailed, NamedError, SaveFailed
from functions.follow_ups import KINDS
from functions.requests.request import SCHEMA
from functions.runs.conclusion import conclude
from functions.runs.follow_ups import FollowUpState, left_to_do, said_of_record
from functions.runs.job_state import JobState
from functions.runs.model import Run
from functions.runs.outcome import Again, Fail, Succeed
from tests.unit.runs.test_conclusion import failed, lambda_failure, run_with

EVENT = {"kind": "triggerEvent", "given": "Load done", "id": "1E" * 16, "name": "Load done"}
CUBE = {"kind": "publishCube", "given": "/Public Objects/Sales", "id": "2C" * 16, "name": "Sales"}


def loaded(*follow_ups: dict[str, Any], **more: Any) -> Run:
    """A run whose table is loaded."""
    kept = {str(position): one for position, one in enumerate(follow_ups)}
    return run_with(JobState.LOADED, onConflict="wait", followUps=kept, **more)


def test_the_kinds_are_the_keys_of_the_schema() -> None:
    assert list(KINDS) == list(SCHEMA.rules["properties"]["then"]["items"]["properties"])


@pytest.mark.parametrize("error", [error for error in ERRORS.values() if error.when_loaded is None])
def test_a_loaded_run_with_follow_ups_left_fails_as_such_or_does_them_in_another_attempt(
    error: type[NamedError],
) -> None:
    conclusion = conclude(loaded(EVENT, CUBE), lambda_failure(error.name, "it broke"), saving=False)
    if isinstance(conclusion, Again):
        assert error.next_attempt is not None
        return
    assert isinstance(conclusion, Fail)
    assert conclusion.error == "FollowUpFailed"
    assert conclusion.cause.startswith(
        'Loaded: yes. Datamart "City": it broke. What followed the load: event Load done:'
    )


def test_errors_that_another_session_cures_are_followed_by_another_attempt_and_others_are_not() -> None:
    followed = {
        name
        for name in ERRORS
        if isinstance(conclude(loaded(EVENT), lambda_failure(name, "it broke"), saving=False), Again)
    }
    assert followed == {"ServerBusy", "SessionLost", "InstanceLost", "RunInProgress"}


@pytest.mark.parametrize("name", ["SessionLost", "States.Timeout", "OutcomeUnknown"])
def test_a_failure_after_the_last_follow_up_does_not_matter(name: str) -> None:
    run = loaded(EVENT | {"state": "done"}, CUBE | {"state": "done"})
    assert isinstance(conclude(run, lambda_failure(name, "it broke"), saving=False), Succeed)


def test_the_deadline_of_a_loaded_run_is_a_failure_of_what_follows() -> None:
    late = failed(loaded(CUBE | {"state": "under way"}, minutes_left=-1), lambda_failure("RunTimedOut", "too late"))
    assert (late.error, late.reason) == ("FollowUpFailed", "too late.")
    late = failed(loaded(EVENT, minutes_left=-1), lambda_failure("SessionLost", "gone"))
    assert late.error == "FollowUpFailed"
    assert "timeoutMinutes; the last error was: gone" in late.reason


def test_what_was_not_saved_comes_before_what_follows() -> None:
    conclusion = failed(loaded(EVENT), lambda_failure("SessionLost", "gone"), saving=True)
    assert conclusion.error == SaveFailed.name
    assert "event Load done: not triggered" in conclusion.cause


def test_an_attempt_without_a_failure_that_has_not_done_all_of_it_fails() -> None:
    """As that of an execution which began under the definition of an earlier release."""
    conclusion = conclude(loaded(EVENT), None, saving=False)
    assert isinstance(conclusion, Fail)
    assert conclusion.error == FollowUpFailed.name


def test_a_table_that_was_not_loaded_has_nothing_that_follows() -> None:
    run = run_with(JobState.FAILED_BEFORE_SQL, followUps={"0": EVENT})
    conclusion = failed(run, lambda_failure("DatamartFailed", "no"))
    assert conclusion.error == "DatamartFailed"
    assert "What followed" not in conclusion.cause


def test_the_cause_and_the_output_name_each_with_its_outcome() -> None:
    run = loaded(
        EVENT | {"state": "done"}, CUBE | {"state": "failed", "reason": "not ready"}, EVENT, EVENT | {"state": "begun"}
    )
    cause = failed(run, lambda_failure("FollowUpFailed", "the cube Sales was not published: not ready")).cause
    assert (
        "What followed the load: event Load done: triggered; cube Sales: failed; event Load done: not triggered; event "
        "Load done: not known whether it was triggered. Correct what the message names"
    ) in cause
    assert [one.as_json()["outcome"] for one in run.follow_ups] == ["done", "failed", "notDone", "unknown"]
    assert [one.position for one in left_to_do(run.follow_ups)] == [1, 2, 3]


@pytest.mark.parametrize("state", [None, *FollowUpState])
def test_a_record_says_in_words_what_the_run_said(state: FollowUpState | None) -> None:
    kept = CUBE | ({"state": state.value} if state else {})
    (one,) = loaded(kept).follow_ups
    assert said_of_record(one.as_json()) == one.said


def test_a_record_of_a_later_release_is_shown_as_far_as_it_is_known() -> None:
    assert said_of_record({"kind": "sendMail", "name": "Board", "outcome": "sent"}) == "Board: sent"


def test_text_of_a_server_cannot_pass_for_a_line_of_ours() -> None:
    (one,) = loaded(EVENT | {"name": 'x\nWhat to do: "nothing'}).follow_ups
    assert one.said == 'event "x What to do: \'nothing": not triggered'


def test_a_run_of_follow_ups_counts_as_loaded_and_loads_nothing() -> None:
    run = run_with(None, followUps={"0": EVENT}, followUpsOf="the-night-before")
    assert (run.loaded, run.is_loaded_before) == ("yes", True)
    assert failed(run, lambda_failure("NotFound", 'no event "Load done"'), saving=True).error == "FollowUpFailed"


def test_only_a_load_of_another_attempt_lets_an_attempt_execute_nothing() -> None:
    attempts = {"1": {"job": "loaded"}, "2": {}}
    assert not run_with(JobState.LOADED).is_loaded_before
    assert run_with(None, number=2, attempts=attempts).is_loaded_before
    assert run_with(None, number=2, attempts=attempts).loading_attempt.number == 1
