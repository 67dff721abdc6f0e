"""The states of a job: what each says about the table, and which one a look leads to."""

import itertools
from dataclasses import replace

import pytest

from functions import clock
from functions.microstrategy.codes import BEFORE_SQL, ENDED_IN_SQL
from functions.runs.attempt import Attempt
from functions.runs.job_state import (
    FAILED,
    LATEST_BEGINNING,
    LOADED,
    MAY_BE_RUNNING,
    MAY_FOLLOW,
    MAY_GO_ON,
    NOTHING_EXECUTED,
    SEEN_SECONDS,
    SETTLED,
    SETTLING_SECONDS,
    UNSETTLED,
    JobState,
    answered_a_moment_ago,
    last_begun,
    latest_end,
    loaded,
    may_go_on,
    state_at_prompts,
    state_of_failed,
)

NOON = 1_800_000_000.0


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: NOON)


def test_states_are_stored_by_the_names_of_earlier_releases() -> None:
    names = ["posting", "not sent", "refused", "accepted", "prompting", "loaded", "failed before SQL", "failed", "lost"]
    assert list(JobState) == names


def test_every_state_of_a_job_says_something_about_the_table() -> None:
    assert set(LOADED) == {None, *JobState}


def test_only_a_finished_job_has_loaded_the_table() -> None:
    assert [job for job, answer in LOADED.items() if answer == "yes"] == [JobState.LOADED]


@pytest.mark.parametrize("jobs", list(itertools.permutations([JobState.LOADED, JobState.POSTING, None])))
def test_one_attempt_that_has_loaded_the_table_is_enough(jobs: tuple[JobState | None, ...]) -> None:
    assert loaded(list(jobs)) == "yes"


def test_an_attempt_of_unknown_outcome_outweighs_one_that_loaded_nothing() -> None:
    assert loaded([JobState.REFUSED, JobState.ACCEPTED, None]) == "unknown"


def test_without_any_attempt_nothing_was_loaded() -> None:
    assert loaded([]) == "no"


def test_a_job_that_may_be_running_and_is_not_held_by_a_prompt_leaves_the_state_of_the_table_unknown() -> None:
    assert {LOADED[job] for job in MAY_BE_RUNNING - {JobState.PROMPTING}} == {"unknown"}


def test_a_job_that_cannot_have_written_leaves_the_table_as_it_was() -> None:
    harmless = {*NOTHING_EXECUTED, JobState.PROMPTING, JobState.FAILED_BEFORE_SQL}
    assert {job for job, answer in LOADED.items() if answer == "no"} == harmless


def test_a_failed_job_that_may_have_run_sql_leaves_the_state_of_the_table_unknown() -> None:
    assert LOADED[JobState.FAILED] == "unknown"


def test_every_state_is_of_a_job_that_has_executed_nothing_or_may_run_or_has_a_result() -> None:
    groups = [NOTHING_EXECUTED - {None}, MAY_BE_RUNNING, SETTLED]
    assert sorted(job for group in groups for job in group if job) == sorted(JobState)


def test_a_job_may_run_without_us_unless_it_waits_for_answers() -> None:
    assert MAY_BE_RUNNING - {JobState.PROMPTING} == MAY_GO_ON


def test_a_job_that_may_run_can_be_looked_at_again_unless_the_way_to_ask_is_lost() -> None:
    assert MAY_GO_ON - {JobState.LOST} == UNSETTLED


def test_a_result_is_that_the_table_is_loaded_or_that_the_job_failed() -> None:
    assert {JobState.LOADED, JobState.FAILED, JobState.FAILED_BEFORE_SQL} == SETTLED
    assert SETTLED - {JobState.LOADED} == FAILED


def test_the_response_to_an_execution_request_replaces_its_intent_and_nothing_else() -> None:
    assert MAY_FOLLOW[JobState.NOT_SENT] == MAY_FOLLOW[JobState.REFUSED] == {JobState.POSTING}


def test_an_intent_replaces_only_itself_and_one_whose_request_was_not_sent() -> None:
    assert MAY_FOLLOW[JobState.POSTING] == {JobState.POSTING, JobState.NOT_SENT}


def test_a_look_at_the_job_replaces_everything_but_a_result() -> None:
    assert MAY_FOLLOW[JobState.PROMPTING] == set(JobState) - SETTLED
    assert MAY_FOLLOW[JobState.ACCEPTED] == MAY_FOLLOW[JobState.PROMPTING] - {JobState.LOST}
    assert {MAY_FOLLOW[failed] for failed in FAILED} == {MAY_FOLLOW[JobState.PROMPTING]}


def test_a_loaded_table_is_recorded_whatever_was_known() -> None:
    assert MAY_FOLLOW[JobState.LOADED] == set(JobState)


@pytest.mark.parametrize("job", [None, *JobState])
def test_a_job_may_go_on_until_the_monitor_knows_that_it_has_ended(job: JobState | None) -> None:
    assert may_go_on(Attempt(1, job_state=job)) is (job in MAY_GO_ON)
    assert may_go_on(Attempt(1, job_state=job, job_ended=True)) is False


def test_a_job_has_begun_at_the_latest_with_the_answers_that_it_waited_for() -> None:
    assert last_begun(Attempt(1, posted_at=5)) == 5
    assert last_begun(Attempt(1, posted_at=5, answering_at=9)) == 9
    assert last_begun(Attempt(1, answering_at=9)) == 9


def test_a_job_ends_with_its_maximum_execution_time_after_its_latest_beginning() -> None:
    assert latest_end(Attempt(1, posted_at=5, max_execution_seconds=60)) == 5 + LATEST_BEGINNING + 60
    assert latest_end(Attempt(1, posted_at=5)) is None


@pytest.mark.parametrize(
    ("answered_at", "settling"),
    [
        (NOON - 5, True),
        (NOON - SETTLING_SECONDS, True),
        (NOON - SETTLING_SECONDS - 1, False),
        (None, False),
        (NOON + 1, True),
    ],
)
def test_prompts_that_are_open_shortly_after_answers_do_not_say_that_the_job_waits(
    answered_at: float | None, settling: bool
) -> None:
    attempt = Attempt(1, answered_at=answered_at)
    assert answered_a_moment_ago(attempt, NOON) is settling
    assert state_at_prompts(attempt, NOON) is (JobState.ACCEPTED if settling else JobState.PROMPTING)


def test_a_job_whose_answers_are_pending_may_run_although_its_prompts_are_open() -> None:
    assert state_at_prompts(Attempt(1, answers_pending=True), NOON) is JobState.ACCEPTED


@pytest.mark.parametrize("code", sorted(BEFORE_SQL))
def test_a_code_that_comes_before_sql_outweighs_whatever_was_seen(code: int) -> None:
    attempt = Attempt(1, posted_at=NOON - 3_600, reached_sql=True)
    assert state_of_failed(attempt, code, runs_extra_sql=True) is JobState.FAILED_BEFORE_SQL


NEVER_AT_SQL = Attempt(1, posted_at=NOON - 3_600, looked_at=NOON - SEEN_SECONDS)


@pytest.mark.parametrize(
    ("attempt", "clean"),
    [
        (NEVER_AT_SQL, True),
        (Attempt(1, posted_at=NOON - 3_600, looked_at=NOON - 10), True),
        (Attempt(1, posted_at=NOON - SEEN_SECONDS), True),
        (replace(NEVER_AT_SQL, reached_sql=True), False),
        (replace(NEVER_AT_SQL, looked_at=NOON - SEEN_SECONDS - 1), False),
        (Attempt(1, posted_at=NOON - SEEN_SECONDS - 1), False),
        (Attempt(1), False),
    ],
)
def test_a_failed_job_wrote_nothing_if_looks_without_gaps_never_saw_it_at_sql(attempt: Attempt, clean: bool) -> None:
    expected = JobState.FAILED_BEFORE_SQL if clean else JobState.FAILED
    assert state_of_failed(attempt, None, runs_extra_sql=False) is expected


def test_a_failed_job_with_sql_of_its_own_may_have_written_although_it_was_never_seen_at_sql() -> None:
    assert state_of_failed(NEVER_AT_SQL, None, runs_extra_sql=True) is JobState.FAILED


@pytest.mark.parametrize("code", sorted(ENDED_IN_SQL))
def test_a_code_of_the_warehouse_outweighs_that_the_job_was_never_seen_there(code: int) -> None:
    assert state_of_failed(NEVER_AT_SQL, code, runs_extra_sql=False) is JobState.FAILED
