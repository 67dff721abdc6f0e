"""The run item, against moto's DynamoDB: what is conditional on what."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from functions import clock
from functions.errors import RunAlreadyEnded, RunTimedOut
from functions.microstrategy import Server, Session
from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs.attempt import JobFailure
from functions.runs.job_state import JobState
from functions.runs.model import Definition, Polling, Questions, Requested, ServerObject, Target
from functions.runs.outcome import Outcome
from functions.runs.store.attempts import begin_attempt, close_attempt, set_instance, set_session
from functions.runs.store.job_states import begin_execution
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import begin_run, end_run, load_run, record_datamart
from functions.runs.store.table import RunTable
from functions.runs.stored_session import StoredSession
from tests.support.clients import client
from tests.support.stored_runs import put_in_attempt

ARN = "arn:aws:states:eu-west-1:123456789012:execution:RunDatamart:one"
REQUEST = {"project": "P", "datamart": "City", "prompts": [{"name": "Year", "answers": "2026"}], "timeoutMinutes": 2}
START = Start(normalise(REQUEST))


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunTable]:
    name = f"runs-{uuid.uuid4()}"  # moto may hold tables of other tests
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "executionArn", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "executionArn", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield RunTable(name, client("dynamodb"))


@pytest.fixture
def run(table: RunTable) -> RunRecord:
    begin_run(table, ARN, START)
    run = load_run(table, ARN, 1)
    begin_attempt(run)
    return run


def again(run: RunRecord) -> RunRecord:
    """The same run as another Lambda reads it."""
    return load_run(run.table, ARN, run.number)


def test_a_write_that_is_refused_knows_the_run_as_it_is_without_reading_it(
    run: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_attempt(again(run))
    monkeypatch.setattr(run.table, "load", lambda arn: pytest.fail("the refusal carries the item"))
    with pytest.raises(RunAlreadyEnded):
        begin_execution(run)
    assert run.attempt.closing_at is not None


def test_a_refused_write_to_an_item_that_is_gone_keeps_what_is_known(run: RunRecord) -> None:
    known = run.stored
    run.key = "gone"
    assert run.write_if("attribute_exists({executionArn})", put={"polls": 1}) is False
    assert run.stored == known


def test_numbers_and_nested_values_survive_the_trip(run: RunRecord) -> None:
    put_in_attempt(run, postedAt=1_795_000_000.125, unknownStatuses=[11, 12], failure={"kind": "K", "text": "ü"})
    attempt = again(run).attempt
    assert (attempt.posted_at, attempt.unknown_statuses) == (1_795_000_000.125, (11, 12))
    assert attempt.failure == JobFailure("K", "ü")


def test_a_repeated_first_step_finds_the_run_that_it_wrote(table: RunTable) -> None:
    first = begin_run(table, ARN, START)
    assert begin_run(table, ARN, START).stored == first.stored


def test_a_run_knows_from_its_start_which_prompts_it_answers_and_whether_it_asks_people(table: RunTable) -> None:
    silent = begin_run(table, ARN, START)
    asking = begin_run(table, f"{ARN}-asking", Start(normalise(REQUEST | {"unanswered": "ask", "askDeadlineHours": 5})))
    assert silent.requested == asking.requested == Requested("P", "City", ("Year",))
    assert silent.questions is None
    assert asking.questions == Questions(hours=5)


def test_a_run_that_has_ended_cannot_be_begun_again(run: RunRecord) -> None:
    end_run(run, Outcome("Fail"))
    with pytest.raises(RunAlreadyEnded, match="start a new one"):
        begin_run(run.table, ARN, START)


def test_the_intent_is_written_by_one_of_two_invocations(run: RunRecord) -> None:
    other = again(run)
    assert begin_execution(run)
    assert not begin_execution(other)


def test_an_intent_whose_answer_was_lost_is_recognised_when_it_is_sent_again(run: RunRecord) -> None:
    """Within boto3, which knows nothing of intents."""
    table, change = run.table, run.table.change

    def send_twice(*args: Any, **arguments: Any) -> Any:
        change(*args, **arguments)
        return change(*args, **arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "change", send_twice)
        assert begin_execution(run)
    assert not begin_execution(again(run))


def test_the_first_of_two_instances_is_kept(run: RunRecord) -> None:
    other = again(run)
    assert set_instance(run, "A" * 32)
    assert not set_instance(other, "B" * 32)
    assert other.attempt.instance_id == "A" * 32


def test_an_execution_request_that_was_not_sent_may_be_sent_again(run: RunRecord) -> None:
    assert begin_execution(run)
    put_in_attempt(run, job=JobState.NOT_SENT.value)
    assert begin_execution(again(run))


@pytest.mark.parametrize(
    "job", [JobState.POSTING, JobState.REFUSED, JobState.ACCEPTED, JobState.PROMPTING, JobState.LOADED, JobState.FAILED]
)
def test_an_execution_request_that_may_have_arrived_is_never_sent_again(run: RunRecord, job: JobState) -> None:
    assert begin_execution(run)
    put_in_attempt(run, job=job.value)
    assert not begin_execution(again(run))


def test_once_the_cleanup_began_nothing_more_is_opened(run: RunRecord) -> None:
    late = again(run)
    close_attempt(run)
    with pytest.raises(RunAlreadyEnded):
        set_session(late, StoredSession(Server("https://library"), Session("secret")))
    with pytest.raises(RunAlreadyEnded):
        begin_execution(late)
    assert again(run).attempt.session is None


def test_facts_about_the_server_are_kept_even_after_the_cleanup_began(run: RunRecord) -> None:
    close_attempt(run)
    put_in_attempt(again(run), jobId="10:abc")
    assert again(run).attempt.job_id == "10:abc"


def test_the_next_attempt_opens_again_what_the_last_one_closed(run: RunRecord) -> None:
    close_attempt(run)
    second = load_run(run.table, ARN, 2)
    begin_attempt(second)
    set_instance(second, "A" * 32)
    assert again(run).attempt.instance_id is None


def test_the_first_outcome_stays(run: RunRecord) -> None:
    assert end_run(run, Outcome("Succeed"))
    assert not end_run(again(run), Outcome("ABORTED"))
    assert again(run).outcome == Outcome("Succeed")


def test_a_run_that_has_ended_keeps_how_long_the_runs_before_usually_took_and_nothing_else_of_them(
    run: RunRecord,
) -> None:
    found = ServerObject("P", None), ServerObject("D", None), Target(append=True), Definition()
    record_datamart(run, *found, Polling((60.0, 70.0, 68.0), 2, 600))
    assert again(run).polling == Polling((60.0, 70.0, 68.0), 2, 600)
    assert run.usual_seconds == 68.0
    end_run(run, Outcome("Fail", "no", "ServerBusy", "the server was busy", "start a new run"))
    ended = again(run)
    assert (ended.polling, ended.usual_seconds) == (None, 68.0)


def test_the_deadline_is_a_time_of_the_one_clock(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    run.check_deadline()
    monkeypatch.setattr(clock, "_source", lambda: run.deadline + 1)
    with pytest.raises(RunTimedOut, match=r"timeoutMinutes \(2\)"):
        run.check_deadline()


def test_the_item_expires_when_step_functions_forgets_the_name(run: RunRecord) -> None:
    assert run.expires_at - run.deadline == pytest.approx(90 * 86_400, abs=1)
