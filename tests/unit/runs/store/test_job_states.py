"""A late invocation never replaces newer knowledge of a job, in moto's DynamoDB."""

from collections.abc import Callable, Iterator

import pytest

from functions import clock
from functions.runs.job_state import FAILED, MAY_FOLLOW, MAY_GO_ON, JobState
from functions.runs.store.attempts import begin_attempt
from functions.runs.store.job_states import (
    begin_answering,
    begin_execution,
    record_answers_taken,
    record_job_state,
    record_loss,
    record_standstill,
)
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import load_run
from functions.runs.store.table import RunTable
from tests.support.stored_runs import put_in_attempt, remove_from_attempt
from tests.unit.runs.tables import beside, direct_run_table, executing_run

ANSWERS = [{"name": "Year", "how": "answered", "given": 0, "send": {"key": "K", "type": "VALUE", "answers": "2026"}}]


@pytest.fixture(scope="module")
def table() -> Iterator[RunTable]:
    with direct_run_table() as table:
        yield table


@pytest.fixture
def executing(table: RunTable, monkeypatch: pytest.MonkeyPatch) -> RunRecord:
    """A run whose execution request is on its way."""
    monkeypatch.setattr(clock, "_source", lambda: 1_800_000_000.0)
    return executing_run(table)


def test_every_state_says_what_it_may_follow() -> None:
    assert set(MAY_FOLLOW) == set(JobState)


@pytest.mark.parametrize("job", sorted(JobState))
def test_a_job_state_is_written_over_those_that_it_may_follow_and_over_no_other(
    executing: RunRecord, job: JobState
) -> None:
    for known in JobState:
        put_in_attempt(executing, job=known.value)
        assert record_job_state(executing, job, {"lookedAt": 5}) is (known in MAY_FOLLOW[job])
        now = beside(executing).attempt
        assert (now.job_state, now.looked_at) == ((job, 5) if known in MAY_FOLLOW[job] else (known, None))
        remove_from_attempt(executing, "lookedAt")


def test_a_result_is_never_taken_back() -> None:
    assert {job for job, earlier in MAY_FOLLOW.items() if JobState.LOADED in earlier} == {JobState.LOADED}


def test_only_a_job_that_may_go_on_is_lost() -> None:
    assert MAY_FOLLOW[JobState.LOST] == MAY_GO_ON


def test_a_failure_is_reported_as_it_was_first_found() -> None:
    assert all(FAILED.isdisjoint(MAY_FOLLOW[job]) for job in FAILED)


def test_only_an_execution_request_that_was_not_sent_may_be_sent_again() -> None:
    assert MAY_FOLLOW[JobState.POSTING] - {JobState.POSTING} == {JobState.NOT_SENT}


@pytest.mark.parametrize("said", [JobState.POSTING, JobState.NOT_SENT, JobState.REFUSED])
def test_the_result_of_an_execution_request_says_nothing_about_the_next_one(
    executing: RunRecord, said: JobState
) -> None:
    """A write whose answer was lost is sent again, perhaps after another invocation has given the order."""
    record_job_state(executing, JobState.NOT_SENT)
    other = beside(executing)
    assert begin_execution(other)
    assert not record_job_state(executing, said)
    assert beside(executing).attempt.job_state is JobState.POSTING
    assert record_job_state(other, said)


def test_what_is_kept_in_the_run_depends_on_the_same(executing: RunRecord) -> None:
    late = beside(executing)
    assert record_job_state(executing, JobState.LOADED, of_the_run={"finishedAt": 9})
    assert not record_job_state(late, JobState.FAILED, {"failure": {}}, {"finishedAt": 12})
    assert (late.attempt.job_state, late.finished_at, late.attempt.failure) == (JobState.LOADED, 9, None)


def test_a_session_that_is_lost_beside_a_look_that_saw_the_result_loses_nothing(executing: RunRecord) -> None:
    late = beside(executing)
    record_job_state(executing, JobState.LOADED)
    record_loss(late)
    assert (late.attempt.job_state, late.loaded) == (JobState.LOADED, "yes")


def test_a_session_that_is_lost_before_the_execution_request_leaves_no_orphaned_job(
    table: RunTable, executing: RunRecord
) -> None:
    run = load_run(table, executing.arn, 2)
    begin_attempt(run)
    record_loss(run)
    assert run.attempt.job_state is None


@pytest.mark.parametrize("known", sorted(MAY_GO_ON))
def test_a_job_that_may_go_on_is_lost_with_its_session(executing: RunRecord, known: JobState) -> None:
    put_in_attempt(executing, job=known.value)
    record_loss(executing)
    assert beside(executing).attempt.job_state is JobState.LOST


def look_then(run: RunRecord, happens: Callable[[RunRecord], object]) -> bool:
    """A look finds the job at its prompts; before it is written down, something else happens."""
    look = beside(run)
    happens(run)
    return record_job_state(look, JobState.PROMPTING)


def test_a_status_from_before_the_answers_does_not_say_that_the_job_waits(executing: RunRecord) -> None:
    record_job_state(executing, JobState.PROMPTING)
    assert not look_then(executing, lambda run: begin_answering(run, 1, ANSWERS))
    assert not look_then(executing, lambda run: begin_answering(run, 2, ANSWERS))
    assert (executing.attempt.job_state, executing.loaded) == (JobState.ACCEPTED, "unknown")


def test_a_status_from_after_the_answers_says_that_the_job_waits(executing: RunRecord) -> None:
    begin_answering(executing, 1, ANSWERS)
    assert look_then(executing, lambda run: None)
    assert beside(executing).loaded == "no"


def test_prompts_that_nobody_has_answered_record_standstill(executing: RunRecord) -> None:
    record_job_state(executing, JobState.ACCEPTED)
    record_standstill(executing, 1)
    assert executing.attempt.job_state is JobState.PROMPTING


def test_a_late_word_about_answers_says_nothing_of_the_next_ones(executing: RunRecord) -> None:
    begin_answering(executing, 1, ANSWERS)
    late = beside(executing)
    begin_answering(executing, 2, ANSWERS)
    assert not record_answers_taken(late, ANSWERS)
    assert not record_job_state(late, JobState.PROMPTING)
    assert (late.attempt.answers_pending, late.attempt.job_state) == (True, JobState.ACCEPTED)
    assert record_answers_taken(executing, ANSWERS)
    assert not beside(executing).attempt.answers_pending
