"""The lease of a datamart, in moto's DynamoDB: who is let in, and what a run leaves."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError
from moto import mock_aws

from functions import clock
from functions.errors import RunAlreadyEnded
from functions.limits import LONGEST_LOG_IN, LONGEST_SESSION
from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs import concurrency, executions
from functions.runs.concurrency import (
    LONGEST_JOB,
    give_back_lease,
    in_progress,
    left_by,
    pending_job,
    pending_session,
    set_job_ended,
    take_lease,
)
from functions.runs.executions import NotAnswered
from functions.runs.job_state import LATEST_BEGINNING, MAY_GO_ON, JobState
from functions.runs.lease import PendingJob
from functions.runs.model import Definition, Polling, ServerObject, Target
from functions.runs.outcome import Outcome
from functions.runs.store.attempts import begin_attempt, close_attempt
from functions.runs.store.item_format import run_of
from functions.runs.store.job_states import begin_execution
from functions.runs.store.leases import load_lease
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import begin_run, end_run, load_run, record_datamart
from functions.runs.store.table import RunTable
from tests.support.stored_runs import put_in_attempt
from tests.unit.runs.tables import REGION, direct_run_table

PROJECT, CITY = "P" * 32, "C" * 32
LEASE = f"lease/default/{PROJECT}/{CITY}"
NOON = 1_800_000_000.5


class System:
    """A run table, and Step Functions, which knows of each run whether it runs."""

    def __init__(self, table: RunTable) -> None:
        self.table = table
        self.time = NOON
        self.ended: set[str] = set()
        self.runs = 0

    def is_running(self, arn: str, since: float) -> bool:
        return arn not in self.ended

    def run(self, longest: int | None = 600) -> RunRecord:
        """A run in its first attempt that knows its datamart's id."""
        self.runs += 1
        arn = f"arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:run-{self.runs}"
        begin_run(self.table, arn, Start(normalise({"project": PROJECT, "datamart": CITY})))
        run = load_run(self.table, arn, 1)
        begin_attempt(run)
        limits = Definition(readable=True, max_execution_seconds=longest)
        record_datamart(run, ServerObject(PROJECT), ServerObject(CITY), Target(), limits, Polling())
        return run

    def end(self, run: RunRecord) -> None:
        """As Step Functions sees it; nobody has cleaned up yet."""
        self.ended.add(run.arn)

    def owner(self, key: str) -> str | None:
        held = load_lease(self.table, key)
        return held.owner if held else None


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    with direct_run_table() as table:
        system = System(table)
        monkeypatch.setattr(clock, "_source", lambda: system.time)
        monkeypatch.setattr(concurrency, "is_running", system.is_running)
        yield system


def test_a_lease_is_held_by_one_run_at_a_time(system: System) -> None:
    first, second = system.run(), system.run()
    assert take_lease(system.table, first) is None
    held = take_lease(system.table, second)
    assert held is not None
    assert str(in_progress(held)) == (
        f"another run of this datamart is under way ({first.arn}, since 2027-01-15T08:00:00.500Z)"
    )
    give_back_lease(system.table, first)
    assert take_lease(system.table, second) is None


def test_a_lease_is_not_taken_before_the_datamarts_id_is_known(system: System) -> None:
    run = system.run()
    run.write(remove=("datamart",))
    assert take_lease(system.table, run) is None
    assert system.owner(LEASE) is None
    assert give_back_lease(system.table, run) is True
    begin_execution(run)
    assert give_back_lease(system.table, run) is False


def test_the_lease_of_a_run_that_has_ended_without_an_execution_request_is_taken(system: System) -> None:
    ended, second = system.run(), system.run()
    take_lease(system.table, ended)
    system.end(ended)
    assert take_lease(system.table, second) is None


def test_the_lease_of_a_run_whose_item_is_gone_is_taken(system: System) -> None:
    second = system.run()
    system.table.change(LEASE, put={"owner": "arn:forgotten", "since": 1}, condition="attribute_not_exists({owner})")
    system.ended.add("arn:forgotten")
    assert take_lease(system.table, second) is None


def test_the_lease_of_a_run_that_has_ended_is_taken_only_after_the_run_can_execute_nothing_any_more(
    system: System,
) -> None:
    stopped, second = system.run(), system.run()
    take_lease(system.table, stopped)
    system.end(stopped)
    assert take_lease(system.table, second) is None
    with pytest.raises(RunAlreadyEnded):
        begin_execution(stopped)


def test_an_attempt_that_a_stopped_run_has_a_slot_for_never_begins(system: System) -> None:
    stopped = system.run()
    assert left_by(system.table, pending_job, stopped.arn, 2) is None
    with pytest.raises(RunAlreadyEnded):
        begin_attempt(load_run(system.table, stopped.arn, 2))


def test_a_run_that_was_stopped_before_its_first_attempt_leaves_none(system: System) -> None:
    arn = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:stopped"
    begin_run(system.table, arn, Start(normalise({"project": PROJECT, "datamart": CITY})))
    assert left_by(system.table, pending_job, arn, 0) is None
    assert load_run(system.table, arn, 1).attempts == {}


@pytest.mark.parametrize("job", [JobState.POSTING, JobState.ACCEPTED, JobState.LOST])
def test_the_lease_of_a_run_that_left_a_job_keeps_others_out_until_the_job_must_have_ended(
    system: System, job: JobState
) -> None:
    stopped, second = system.run(longest=600), system.run()
    take_lease(system.table, stopped)
    begin_execution(stopped)
    put_in_attempt(stopped, job=job.value, jobId="4711")
    system.end(stopped)
    held = take_lease(system.table, second)
    assert held is not None
    until = NOON + LATEST_BEGINNING + 600
    assert held.pending == PendingJob(until, "4711", None)
    assert f"datamart free-lease default/{PROJECT}/{CITY} --stage dev" in str(in_progress(held))
    system.time = until - 1
    assert take_lease(system.table, second) is not None
    system.time = until
    assert take_lease(system.table, second) is None


@pytest.mark.parametrize("job", sorted(set(JobState) - MAY_GO_ON))
def test_the_lease_of_a_run_whose_job_cannot_write_any_more_is_taken(system: System, job: JobState) -> None:
    ended, second = system.run(), system.run()
    take_lease(system.table, ended)
    begin_execution(ended)
    put_in_attempt(ended, job=job.value)
    system.end(ended)
    assert take_lease(system.table, second) is None


def test_a_lease_may_be_taken_when_the_job_is_known_to_have_ended(system: System) -> None:
    stopped, second = system.run(), system.run()
    take_lease(system.table, stopped)
    begin_execution(stopped)
    system.end(stopped)
    held = take_lease(system.table, second)
    assert held is not None
    set_job_ended(system.table, held)
    assert take_lease(system.table, second) is None


def test_giving_back_keeps_a_pending_job_in_the_lease_while_the_job_may_go_on(system: System) -> None:
    run, second = system.run(longest=None), system.run()
    take_lease(system.table, run)
    begin_execution(run)
    assert give_back_lease(system.table, run) is False
    held = take_lease(system.table, second)
    assert (held and held.pending) == PendingJob(NOON + LONGEST_JOB)
    put_in_attempt(run, jobEnded=True)
    assert give_back_lease(system.table, run) is True
    assert take_lease(system.table, second) is None


def test_a_run_that_has_ended_gives_all_back_whichever_attempt_took_it(system: System) -> None:
    first = system.run()
    second = load_run(system.table, first.arn, 2)
    begin_attempt(second)
    take_lease(system.table, second)
    end_run(first, Outcome("ABORTED"))
    give_back_lease(system.table, first)
    assert system.owner(LEASE) is None


def test_giving_back_changes_nothing_for_a_run_that_does_not_have_the_lease(system: System) -> None:
    run, second = system.run(), system.run()
    take_lease(system.table, run)
    give_back_lease(system.table, second)
    assert system.owner(LEASE) == run.arn


def test_an_earlier_attempt_that_gives_back_takes_nothing_from_the_next(system: System) -> None:
    late = system.run()
    close_attempt(late)
    run = load_run(system.table, late.arn, 2)
    begin_attempt(run)
    take_lease(system.table, run)
    give_back_lease(system.table, late)
    assert system.owner(LEASE) == run.arn
    give_back_lease(system.table, run)
    assert system.owner(LEASE) is None


def test_an_owner_that_step_functions_does_not_describe_keeps_its_lease_and_the_error_says_so(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, second = system.run(), system.run()
    take_lease(system.table, owner)
    system.end(owner)
    monkeypatch.setattr(concurrency, "is_running", Mock(side_effect=NotAnswered("Step Functions is not there")))
    held = take_lease(system.table, second)
    assert held is not None
    assert str(in_progress(held)).endswith("It counts as under way: Step Functions is not there")
    assert system.owner(LEASE) == owner.arn


def test_an_item_without_attempts_has_no_pending_job() -> None:
    assert pending_job(run_of({})) is None
    assert pending_session(run_of({})) is None


def test_a_session_may_live_for_its_idle_time_from_the_end_of_the_run(system: System) -> None:
    item: dict[str, Any] = {"attempts": {"1": {"session": "x"}, "2": {}}}
    assert pending_session(run_of(item)) == PendingJob(NOON + LONGEST_SESSION)
    assert pending_session(run_of(item | {"endedAt": 5})) == PendingJob(5 + LONGEST_SESSION)


def test_a_login_is_pending_until_its_function_must_have_ended(system: System) -> None:
    item: dict[str, Any] = {"attempts": {"1": {"loggingInAt": 7}, "2": {}}}
    assert pending_session(run_of(item)) == PendingJob(7 + LONGEST_LOG_IN)


def test_a_job_is_pending_from_the_last_answers_to_its_prompts(system: System) -> None:
    asked = {"job": "accepted", "postedAt": 5, "answeringAt": 3_000}
    limited = asked | {"maxExecutionSeconds": 60}
    assert pending_job(run_of({"attempts": {"1": limited}})) == PendingJob(3_000 + LATEST_BEGINNING + 60)
    assert pending_job(run_of({"attempts": {"1": asked}})) == PendingJob(3_000 + LONGEST_JOB)


def test_of_several_pending_jobs_the_last_one_counts() -> None:
    jobs = {"1": {"job": "lost", "postedAt": 9, "jobId": "a"}, "2": {"job": "posting", "postedAt": 5}}
    assert pending_job(run_of({"attempts": jobs})) == PendingJob(9 + LONGEST_JOB, "a")


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        client = boto3.client("stepfunctions")
        monkeypatch.setattr(executions, "step_functions", lambda: client)
        yield client


@pytest.mark.parametrize(("status", "runs"), [("RUNNING", True), ("SUCCEEDED", False), ("ABORTED", False)])
def test_a_lease_is_judged_by_what_step_functions_says_of_its_owner(
    states: Any, monkeypatch: pytest.MonkeyPatch, status: str, runs: bool
) -> None:
    monkeypatch.setattr(states, "describe_execution", lambda executionArn: {"status": status})
    assert executions.is_running("arn:one", NOON) is runs


def test_an_execution_that_step_functions_forgot_long_ago_has_ended(states: Any) -> None:
    arn = f"arn:aws:states:{REGION}:123456789012:execution:nobody:knows"
    long_ago = clock.now() - executions.FORGOTTEN_AFTER
    assert executions.is_running(arn, long_ago) is False


def test_an_execution_that_step_functions_does_not_know_yet_runs(states: Any) -> None:
    arn = f"arn:aws:states:{REGION}:123456789012:execution:just:begun"
    assert executions.is_running(arn, clock.now() - 5) is True


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeExecution"),
        EndpointConnectionError(endpoint_url="https://states.eu-west-1.amazonaws.com/"),
        ConnectTimeoutError(endpoint_url="https://states.eu-west-1.amazonaws.com/"),
    ],
)
def test_an_outage_of_step_functions_is_an_error_of_its_own(
    states: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(states, "describe_execution", Mock(side_effect=error))
    with pytest.raises(NotAnswered, match="did not answer whether it still runs"):
        executions.is_running("arn:one", NOON)


def test_step_functions_is_not_waited_for_longer_than_a_function_lives() -> None:
    config: Any = executions.IMPATIENT
    longest_try = config.connect_timeout + config.read_timeout
    assert config.retries["total_max_attempts"] * longest_try < LONGEST_LOG_IN / 2
