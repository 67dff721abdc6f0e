"""What is known of a job is never taken back by whoever comes late, in moto's DynamoDB."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from functions import clock
from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs.job_state import FAILED, MAY_FOLLOW, MAY_GO_ON, Job
from functions.runs.job_transitions import learn_job, learn_of_answers, lose_job
from functions.runs.operations import begin_answering, intend_to_execute, stand_still
from functions.runs.run import Run
from functions.runs.run_table import RunTable
from tests.unit.runs.tables import new_table

ANSWERS = [{"name": "Year", "how": "answered", "given": 0, "send": {"key": "K", "type": "VALUE", "answers": "2026"}}]

_runs = count(1)


@pytest.fixture(scope="module")
def table() -> Iterator[RunTable]:
    with new_table() as name:
        yield RunTable(name)


@pytest.fixture
def ordered(table: RunTable, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose order to execute is on its way."""
    monkeypatch.setattr(clock, "_source", lambda: 1_800_000_000.0)
    arn = f"arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:run-{next(_runs)}"
    Run.begin(table, arn, Start(normalise({"project": "P", "datamart": "City"})))
    run = Run.load(table, arn, 1)
    run.begin_attempt()
    assert intend_to_execute(run)
    return run


def beside(run: Run) -> Run:
    """The same run as another invocation sees it now."""
    return Run.load(run._table, run.arn, run.number)


def test_every_state_says_what_it_may_follow() -> None:
    assert set(MAY_FOLLOW) == set(Job)


@pytest.mark.parametrize("job", sorted(Job))
def test_a_job_state_is_written_over_those_that_it_may_follow_and_over_no_other(ordered: Run, job: Job) -> None:
    for known in Job:
        ordered.learn(job=known.value)
        assert learn_job(ordered, job, lookedAt=5) is (known in MAY_FOLLOW[job])
        now = beside(ordered).attempt
        assert (now["job"], now.get("lookedAt")) == ((job, 5) if known in MAY_FOLLOW[job] else (known, None))
        ordered.forget("lookedAt")


def test_a_result_is_never_taken_back() -> None:
    assert {job for job, earlier in MAY_FOLLOW.items() if Job.LOADED in earlier} == {Job.LOADED}


def test_only_a_job_that_may_go_on_is_lost() -> None:
    assert MAY_FOLLOW[Job.LOST] == MAY_GO_ON


def test_a_failure_is_told_as_it_was_first_found() -> None:
    assert all(FAILED.isdisjoint(MAY_FOLLOW[job]) for job in FAILED)


def test_an_order_that_never_left_may_be_given_again_and_no_other() -> None:
    assert MAY_FOLLOW[Job.POSTING] - {Job.POSTING} == {Job.NOT_SENT}


@pytest.mark.parametrize("said", [Job.POSTING, Job.NOT_SENT, Job.REFUSED])
def test_what_became_of_an_order_says_nothing_of_the_next_one(ordered: Run, said: Job) -> None:
    """A write whose answer was lost is sent again, perhaps after another invocation has given the order."""
    learn_job(ordered, Job.NOT_SENT)
    other = beside(ordered)
    assert intend_to_execute(other)
    assert not learn_job(ordered, said)
    assert beside(ordered).job is Job.POSTING
    assert learn_job(other, said)


def test_what_is_kept_in_the_run_depends_on_the_same(ordered: Run) -> None:
    late = beside(ordered)
    assert learn_job(ordered, Job.LOADED, {"finishedAt": 9})
    assert not learn_job(late, Job.FAILED, {"finishedAt": 12}, failure={})
    assert (late.job, late.item["finishedAt"], late.attempt.get("failure")) == (Job.LOADED, 9, None)


def test_a_session_that_is_lost_beside_a_look_that_saw_the_result_loses_nothing(ordered: Run) -> None:
    late = beside(ordered)
    learn_job(ordered, Job.LOADED)
    lose_job(late)
    assert (late.job, late.loaded) == (Job.LOADED, "yes")


def test_a_session_that_is_lost_before_anything_was_ordered_is_no_lost_job(table: RunTable, ordered: Run) -> None:
    run = Run.load(table, ordered.arn, 2)
    run.begin_attempt()
    lose_job(run)
    assert run.job is None


@pytest.mark.parametrize("known", sorted(MAY_GO_ON))
def test_a_job_that_may_go_on_is_lost_with_its_session(ordered: Run, known: Job) -> None:
    ordered.learn(job=known.value)
    lose_job(ordered)
    assert beside(ordered).job is Job.LOST


def look_then(run: Run, happens: Callable[[Run], object]) -> bool:
    """A look finds the job at its prompts; before it is written down, something else happens."""
    look = beside(run)
    happens(run)
    return learn_job(look, Job.PROMPTING)


def test_a_status_from_before_the_answers_does_not_say_that_the_job_waits(ordered: Run) -> None:
    learn_job(ordered, Job.PROMPTING)
    assert not look_then(ordered, lambda run: begin_answering(run, 1, ANSWERS))
    assert not look_then(ordered, lambda run: begin_answering(run, 2, ANSWERS))
    assert (ordered.job, ordered.loaded) == (Job.ACCEPTED, "unknown")


def test_a_status_from_after_the_answers_says_that_the_job_waits(ordered: Run) -> None:
    begin_answering(ordered, 1, ANSWERS)
    assert look_then(ordered, lambda run: None)
    assert beside(ordered).loaded == "no"


def test_prompts_that_nobody_has_answered_stand_still(ordered: Run) -> None:
    learn_job(ordered, Job.ACCEPTED)
    stand_still(ordered, 1)
    assert ordered.job is Job.PROMPTING


def test_a_late_word_about_answers_says_nothing_of_the_next_ones(ordered: Run) -> None:
    begin_answering(ordered, 1, ANSWERS)
    late = beside(ordered)
    begin_answering(ordered, 2, ANSWERS)
    assert not learn_of_answers(late, answersPending=False, answersInDoubt=False)
    assert not learn_job(late, Job.PROMPTING)
    assert (late.attempt["answersPending"], late.job) == (True, Job.ACCEPTED)
    assert learn_of_answers(ordered, answersPending=False)
    assert not beside(ordered).attempt["answersPending"]
