"""Was the table loaded?"""

import itertools

import pytest

from functions.runs.job_state import LOADED, MAY_BE_RUNNING, JobState, loaded


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
