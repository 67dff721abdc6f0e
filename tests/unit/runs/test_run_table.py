"""The run item, against moto's DynamoDB: what is conditional on what."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions import clock
from functions.errors import RunAlreadyEnded, RunTimedOut
from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs.job_state import Job
from functions.runs.operations import intend_to_execute, keep_instance
from functions.runs.run import Run
from functions.runs.run_table import RunTable

ARN = "arn:aws:states:eu-west-1:123456789012:execution:RunDatamart:one"
REQUEST = {"project": "P", "datamart": "City", "prompts": [{"name": "Year", "answers": "2026"}], "timeoutMinutes": 2}
START = Start(normalise(REQUEST))


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunTable]:
    name = f"runs-{uuid.uuid4()}"  # moto may hold tables of other tests
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "executionArn", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "executionArn", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield RunTable(name)


@pytest.fixture
def run(table: RunTable) -> Run:
    Run.begin(table, ARN, START)
    run = Run.load(table, ARN, 1)
    run.begin_attempt()
    return run


def again(run: Run) -> Run:
    """The same run as another Lambda reads it."""
    return Run.load(run._table, ARN, run.number)


def test_numbers_and_nested_values_survive_the_trip(run: Run) -> None:
    run.learn(postedAt=1_795_000_000.125, unknownStatuses=[11, 12], promptsAnswered=[{"name": "ü"}])
    attempt = again(run).attempt
    assert (attempt["postedAt"], attempt["unknownStatuses"]) == (1_795_000_000.125, [11, 12])
    assert attempt["promptsAnswered"] == [{"name": "ü"}]


def test_a_repeated_first_step_finds_the_run_that_it_wrote(table: RunTable) -> None:
    first = Run.begin(table, ARN, START)
    assert Run.begin(table, ARN, START).item == first.item


def test_a_run_knows_from_its_start_which_prompts_it_answers_and_whether_it_asks_people(table: RunTable) -> None:
    silent = Run.begin(table, ARN, START)
    asking = Run.begin(table, f"{ARN}-asking", Start(normalise(REQUEST | {"unanswered": "ask", "askDeadlineHours": 5})))
    assert silent.item["asked"] == asking.item["asked"] == {"project": "P", "datamart": "City", "prompts": ["Year"]}
    assert "asking" not in silent.item
    assert asking.item["asking"] == {"hours": 5, "answers": [], "fresh": 0, "refused": {}, "seconds": 0}


def test_a_run_that_has_ended_cannot_be_begun_again(run: Run) -> None:
    run.end({"end": "Fail"})
    with pytest.raises(RunAlreadyEnded, match="Start a new one"):
        Run.begin(run._table, ARN, START)


def test_the_intent_is_written_by_one_of_two_invocations(run: Run) -> None:
    other = again(run)
    assert intend_to_execute(run)
    assert not intend_to_execute(other)


def test_an_intent_whose_answer_was_lost_is_recognised_when_it_is_sent_again(run: Run) -> None:
    """Within boto3, which knows nothing of intents."""
    table, change = run._table, run._table.change

    def send_twice(*args: Any, **arguments: Any) -> Any:
        change(*args, **arguments)
        return change(*args, **arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "change", send_twice)
        assert intend_to_execute(run)
    assert not intend_to_execute(again(run))


def test_the_first_of_two_instances_is_kept(run: Run) -> None:
    other = again(run)
    assert keep_instance(run, "A" * 32)
    assert not keep_instance(other, "B" * 32)
    assert other.instance_id == "A" * 32


def test_an_order_that_never_left_may_be_given_again(run: Run) -> None:
    assert intend_to_execute(run)
    run.learn(job=Job.NOT_SENT.value)
    assert intend_to_execute(again(run))


@pytest.mark.parametrize("job", [Job.POSTING, Job.REFUSED, Job.ACCEPTED, Job.PROMPTING, Job.LOADED, Job.FAILED])
def test_an_order_that_may_have_arrived_is_never_given_again(run: Run, job: Job) -> None:
    assert intend_to_execute(run)
    run.learn(job=job.value)
    assert not intend_to_execute(again(run))


def test_once_the_cleanup_began_nothing_more_is_opened(run: Run) -> None:
    late = again(run)
    run.close_attempt()
    with pytest.raises(RunAlreadyEnded):
        late.store(session="secret")
    with pytest.raises(RunAlreadyEnded):
        intend_to_execute(late)
    assert "session" not in again(run).attempt


def test_facts_about_the_server_are_kept_even_after_the_cleanup_began(run: Run) -> None:
    run.close_attempt()
    again(run).learn(jobId="10:abc")
    assert again(run).attempt["jobId"] == "10:abc"


def test_the_next_attempt_opens_again_what_the_last_one_closed(run: Run) -> None:
    run.close_attempt()
    second = Run.load(run._table, ARN, 2)
    second.begin_attempt()
    second.store(instanceId="A" * 32)
    assert again(run).instance_id is None


def test_the_first_outcome_stays(run: Run) -> None:
    assert run.end({"end": "Succeed"})
    assert not again(run).end({"end": "ABORTED"})
    assert again(run).item["outcome"] == {"end": "Succeed"}


def test_the_deadline_is_a_time_of_the_one_clock(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.check_deadline()
    monkeypatch.setattr(clock, "_source", lambda: run.item["deadline"] + 1)
    with pytest.raises(RunTimedOut, match=r"timeoutMinutes \(2\)"):
        run.check_deadline()


def test_the_item_expires_when_step_functions_forgets_the_name(run: Run) -> None:
    assert run.item["expiresAt"] - run.item["deadline"] == pytest.approx(90 * 86_400, abs=1)
