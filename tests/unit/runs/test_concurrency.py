"""Slots of a connection and the lease of a datamart, in moto's DynamoDB: who is let in, and what a run leaves."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError
from moto import mock_aws

from functions import clock
from functions.errors import RunAlreadyEnded, RunInProgress, ServerBusy
from functions.limits import LONGEST_LOG_IN, LONGEST_SESSION
from functions.microstrategy import Server, Session
from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs import concurrency, executions
from functions.runs.concurrency import (
    LONGEST_JOB,
    give_back,
    in_progress,
    is_same_datamart,
    pending_job,
    pending_session,
    set_job_ended,
    take_lease,
    take_slot,
)
from functions.runs.executions import NotAnswered
from functions.runs.job_state import LATEST_BEGINNING, MAY_GO_ON, JobState
from functions.runs.lease import Lease, PendingJob
from functions.runs.model import Definition, Polling, ServerObject, Target
from functions.runs.outcome import Outcome
from functions.runs.store.attempts import (
    begin_attempt,
    begin_login,
    clear_session,
    close_attempt,
    set_session,
)
from functions.runs.store.item_format import run_of
from functions.runs.store.job_states import begin_execution
from functions.runs.store.leases import load_lease
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import begin_run, end_run, load_run, record_datamart
from functions.runs.store.table import RunTable
from functions.runs.stored_session import StoredSession
from tests.support.stored_runs import put_in_attempt, put_in_run
from tests.unit.runs.tables import REGION, direct_run_table

PROJECT, CITY = "P" * 32, "C" * 32
LEASE = f"lease/default/{PROJECT}/{CITY}"
NOON = 1_800_000_000.5


SESSION = StoredSession(Server("https://library"), Session("secret"))


class System:
    """A run table, and Step Functions, which knows of each run whether it runs."""

    def __init__(self, table: RunTable) -> None:
        self.table = table
        self.time = NOON
        self.ended: set[str] = set()
        self.runs = 0

    def is_running(self, arn: str, since: float) -> bool:
        return arn not in self.ended

    def other(self, at_once: int = 1) -> RunRecord:
        """A run of a datamart that no other run has."""
        return self.run(at_once, datamart=f"{self.runs:032X}")

    def run(self, at_once: int = 1, longest: int | None = 600, datamart: str = CITY) -> RunRecord:
        """A run in its first attempt that knows its datamart's id."""
        self.runs += 1
        arn = f"arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:run-{self.runs}"
        begin_run(self.table, arn, Start(normalise({"project": PROJECT, "datamart": datamart})), at_once)
        run = load_run(self.table, arn, 1)
        begin_attempt(run)
        limits = Definition(readable=True, max_execution_seconds=longest)
        record_datamart(run, ServerObject(PROJECT), ServerObject(datamart), Target(), limits, Polling())
        return run

    def end(self, run: RunRecord) -> None:
        """As Step Functions sees it; nobody has cleaned up yet."""
        self.ended.add(run.arn)

    def owner(self, key: str) -> str | None:
        held = load_lease(self.table, key)
        return held.owner if held else None

    def slots(self, number: int) -> list[str | None]:
        return [self.owner(f"slot/default/{slot}") for slot in range(number)]


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
    give_back(system.table, first)
    assert take_lease(system.table, second) is None


def test_a_lease_is_not_taken_before_the_datamarts_id_is_known(system: System) -> None:
    run = system.run()
    run.write(remove=("datamart",))
    assert take_lease(system.table, run) is None
    assert system.owner(LEASE) is None
    give_back(system.table, run)


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
    give_back(system.table, run)
    held = take_lease(system.table, second)
    assert (held and held.pending) == PendingJob(NOON + LONGEST_JOB)
    put_in_attempt(run, jobEnded=True)
    give_back(system.table, run)
    assert take_lease(system.table, second) is None


def test_giving_back_keeps_a_slot_while_a_session_may_live_although_the_run_goes_on(system: System) -> None:
    waiting, second = system.run(), system.other()
    take_slot(system.table, waiting)
    set_session(waiting, SESSION)
    give_back(system.table, waiting)
    system.time = NOON + LONGEST_SESSION - 1
    with pytest.raises(ServerBusy):
        take_slot(system.table, second)
    system.time = NOON + LONGEST_SESSION
    take_slot(system.table, second)


def test_a_run_comes_back_to_the_slot_that_it_left_with_a_session(system: System) -> None:
    waiting = system.run()
    take_slot(system.table, waiting)
    set_session(waiting, SESSION)
    give_back(system.table, waiting)
    take_slot(system.table, waiting)
    assert load_lease(system.table, "slot/default/0") == Lease("slot/default/0", waiting.arn, NOON, None)


def test_giving_back_keeps_the_slot_of_a_session_that_is_still_open(system: System) -> None:
    run, second = system.run(), system.other()
    take_slot(system.table, run)
    set_session(run, SESSION)
    give_back(system.table, run)
    with pytest.raises(ServerBusy, match=r"may run 1 datamart\(s\) at once \(maxConcurrentRuns\), and arn:.*:run-1"):
        take_slot(system.table, second)
    clear_session(run)
    give_back(system.table, run)
    take_slot(system.table, second)


def test_giving_back_changes_nothing_for_a_run_that_holds_nothing(system: System) -> None:
    run, second = system.run(), system.run()
    take_lease(system.table, run)
    take_slot(system.table, run)
    give_back(system.table, second)
    assert (system.owner(LEASE), system.slots(1)) == (run.arn, [run.arn])


def test_an_earlier_attempt_that_gives_back_takes_nothing_from_the_next(system: System) -> None:
    late = system.run()
    close_attempt(late)
    run = load_run(system.table, late.arn, 2)
    begin_attempt(run)
    take_lease(system.table, run)
    take_slot(system.table, run)
    give_back(system.table, late)
    assert (system.owner(LEASE), system.slots(1)) == (run.arn, [run.arn])
    give_back(system.table, run)
    assert (system.owner(LEASE), system.slots(1)) == (None, [None])


def test_a_run_that_has_ended_gives_all_back_whichever_attempt_took_it(system: System) -> None:
    first = system.run()
    second = load_run(system.table, first.arn, 2)
    begin_attempt(second)
    take_lease(system.table, second)
    end_run(first, Outcome("ABORTED"))
    give_back(system.table, first)
    assert system.owner(LEASE) is None


def test_a_connection_has_as_many_slots_as_it_may_have_runs(system: System) -> None:
    runs = [system.other(at_once=3) for _ in range(4)]
    for run in runs[:3]:
        take_slot(system.table, run)
    assert system.slots(4) == [*(run.arn for run in runs[:3]), None]
    with pytest.raises(ServerBusy, match="may run 3"):
        take_slot(system.table, runs[3])
    give_back(system.table, runs[1])
    take_slot(system.table, runs[3])
    assert system.slots(3) == [runs[0].arn, runs[3].arn, runs[2].arn]


def test_a_slot_that_another_run_of_the_datamart_has_ends_as_run_in_progress(system: System) -> None:
    """What onConflict is about: it must not wait for a slot and load the table again."""
    first, second = system.run(), system.run()
    take_slot(system.table, first)
    with pytest.raises(RunInProgress, match="another run of this datamart is under way"):
        take_slot(system.table, second)


@pytest.mark.parametrize(
    ("asked", "same"),
    [
        ({"project": PROJECT, "datamart": CITY}, True),
        ({"project": "Tutorial", "datamart": "City"}, True),
        ({"project": "Tutorial", "datamart": {"name": "City", "path": "/Public"}}, False),
        ({"project": "Tutorial", "datamart": "Town"}, False),
        ({"project": "Other", "datamart": "City"}, False),
    ],
)
def test_runs_that_wait_for_a_slot_are_compared_by_the_names_in_their_requests(
    system: System, asked: dict[str, Any], same: bool
) -> None:
    first, second = system.run(), system.run()
    put_in_run(first, project={"id": PROJECT, "name": "Tutorial"}, datamart={"id": CITY, "name": "City"})
    second.write(put={"asked": asked}, remove=("project", "datamart"))
    take_slot(system.table, first)
    with pytest.raises(RunInProgress if same else ServerBusy):
        take_slot(system.table, second)


BELOW_A = {"name": "City", "path": "/A"}


@pytest.mark.parametrize(
    ("one", "another", "same"),
    [
        ({"project": "P", "datamart": BELOW_A}, {"project": "P", "datamart": BELOW_A}, True),
        ({"project": "P", "datamart": BELOW_A}, {"project": "P", "datamart": BELOW_A | {"path": "/B"}}, False),
        ({"project": "P", "datamart": BELOW_A}, {"project": "P", "datamart": BELOW_A | {"name": "Town"}}, False),
        ({"project": "P", "datamart": "City"}, {"project": "P", "datamart": BELOW_A}, False),
        ({"project": "P", "datamart": "City"}, {"project": "Q", "datamart": "City"}, False),
        ({"project": "P", "datamart": "City"}, {"project": "P", "datamart": "Town"}, False),
        ({"project": "P", "datamart": "City"}, None, False),
        (None, None, False),
    ],
)
def test_two_runs_are_of_one_datamart_only_if_names_or_ids_of_it_and_its_project_agree(
    one: dict[str, Any] | None, another: dict[str, Any] | None, same: bool
) -> None:
    assert is_same_datamart(run_of({"asked": one}), run_of({"asked": another})) is same


def test_a_request_by_ids_is_of_the_datamart_whose_ids_another_run_has_found() -> None:
    by_names = {"asked": {"project": "Tutorial", "datamart": "City"}}
    by_ids = {"asked": {"project": PROJECT, "datamart": CITY}}
    found = {"project": {"id": PROJECT}, "datamart": {"id": CITY}}
    assert is_same_datamart(run_of(by_ids), run_of(by_names | found)) is True
    assert is_same_datamart(run_of(by_ids), run_of(by_names)) is False


def test_a_run_whose_item_is_gone_is_of_no_datamart() -> None:
    assert is_same_datamart(run_of({"asked": {"project": "P", "datamart": "City"}}), None) is False


def test_a_run_does_not_take_two_slots(system: System) -> None:
    first, second = system.other(at_once=2), system.other(at_once=2)
    take_slot(system.table, first)
    take_slot(system.table, second)
    give_back(system.table, first)
    take_slot(system.table, second)
    assert system.slots(2) == [None, second.arn]


def test_a_slot_is_given_back_although_the_limit_was_lowered_meanwhile(system: System) -> None:
    before = [system.other(at_once=2), system.other(at_once=2)]
    for run in before:
        take_slot(system.table, run)
    newcomer = system.other(at_once=1)
    with pytest.raises(ServerBusy, match="may run 1"):
        take_slot(system.table, newcomer)
    for run in before:
        give_back(system.table, run)
    assert system.slots(2) == [None, None]
    take_slot(system.table, newcomer)


def test_the_slot_of_a_run_that_ended_without_a_session_is_free(system: System) -> None:
    ended, second = system.other(), system.other()
    take_slot(system.table, ended)
    system.end(ended)
    take_slot(system.table, second)
    with pytest.raises(RunAlreadyEnded):
        set_session(ended, SESSION)


def test_the_slot_of_a_run_that_ended_with_a_session_is_free_when_the_session_must_have_ended(system: System) -> None:
    ended, second = system.other(), system.other()
    take_slot(system.table, ended)
    set_session(ended, SESSION)
    system.end(ended)
    for system.time in (NOON, NOON + LONGEST_SESSION - 1):
        with pytest.raises(ServerBusy):
            take_slot(system.table, second)
    system.time = NOON + LONGEST_SESSION
    take_slot(system.table, second)


def test_the_slot_of_a_run_that_ended_while_it_logged_in_is_free_when_its_function_must_have_ended(
    system: System,
) -> None:
    stopped, second = system.other(), system.other()
    take_slot(system.table, stopped)
    begin_login(stopped)
    system.end(stopped)
    with pytest.raises(ServerBusy):
        take_slot(system.table, second)
    with pytest.raises(RunAlreadyEnded):
        set_session(stopped, SESSION)
    system.time = NOON + LONGEST_LOG_IN
    take_slot(system.table, second)


def test_a_run_that_began_before_there_were_slots_takes_none(system: System) -> None:
    old = system.other()
    old.write(remove=("maxConcurrentRuns",))
    take_slot(system.table, old)
    assert system.slots(1) == [None]


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
        monkeypatch.setattr(executions, "_states", lambda: client)
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


def test_an_owner_that_step_functions_does_not_describe_keeps_its_lease_and_the_error_says_so(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, second = system.run(), system.run()
    take_lease(system.table, owner)
    take_slot(system.table, owner)
    system.end(owner)
    monkeypatch.setattr(concurrency, "is_running", Mock(side_effect=NotAnswered("Step Functions is not there")))
    held = take_lease(system.table, second)
    assert held is not None
    assert str(in_progress(held)).endswith("It counts as under way: Step Functions is not there")
    with pytest.raises(ServerBusy, match="It counts as under way: Step Functions is not there"):
        take_slot(system.table, system.other())
    assert (system.owner(LEASE), system.slots(1)) == (owner.arn, [owner.arn])
