"""A server that says anything at all of a job: the steps that ask about it know what the state machine can be told.

``make test-all`` takes many times as many responses.
"""

import json
import re
from collections.abc import Iterator
from inspect import unwrap
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions import clock
from functions.errors import LibraryError, RunError
from functions.handlers import execute_datamart, get_status
from functions.lifecycle.step import Step
from functions.microstrategy import Server, Session
from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs import model
from functions.runs.job_state import JobState
from functions.runs.model import ServerObject, Target
from functions.runs.polling import LONGEST_UNTOLD
from functions.runs.store.attempts import begin_attempt, set_instance, set_session
from functions.runs.store.runs import begin_run, load_run, record_datamart
from functions.runs.store.table import RunTable
from functions.runs.stored_session import StoredSession
from local.emulator.lambda_runtime import Context
from tests.support.stored_runs import put_in_attempt
from tests.unit.microstrategy.any_server import TOKEN, AnyServer, http
from tests.unit.microstrategy.client_calls import FAILED, JOB
from tests.unit.microstrategy.odd_json import few_for, nodes, written
from tests.unit.microstrategy.odd_responses import bodies, odd_header, quick, sound, statuses
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT
from tests.unit.runs.tables import direct_run_table


@pytest.fixture(scope="module")
def table() -> Iterator[RunTable]:
    with direct_run_table() as table:
        yield table


numbers = count(1)
START = Start(normalise({"project": "P", "datamart": "City", "prompts": [{"name": "Year", "answers": "2026"}]}))


def step_of(table: RunTable, server: AnyServer, job: JobState | None) -> Step:
    """A step of a run that has an instance, and perhaps a job."""
    arn = f"arn:aws:states:eu-west-1:123456789012:execution:RunDatamart:{next(numbers)}"
    begin_run(table, arn, START)
    run = load_run(table, arn, 1)
    begin_attempt(run)
    record_datamart(
        run, ServerObject(PROJECT, "P"), ServerObject(CITY, "City"), Target(), model.Definition(), model.Polling()
    )
    set_session(run, StoredSession(Server(server.url), Session(TOKEN)))
    set_instance(run, INSTANCE)
    if job is not None:
        put_in_attempt(run, job=job.value, postedAt=clock.now())
    return Step(run, {}, Context("GetStatus", "arn:aws:lambda:eu-west-1:123456789012:function:x", 10, 256))


ASKING = {
    "look": (get_status.handler, JobState.ACCEPTED),
    "poll after an execution request without a response": (get_status.handler, JobState.POSTING),
    "order": (execute_datamart.handler, None),
}


def check_step(server: AnyServer, table: RunTable, which: str, answer: bytes) -> None:
    """What the step says can be told to the state machine, and what it learnt fits into the run's item."""
    handler, job = ASKING[which]
    server.answer = answer
    step = step_of(table, server, job)
    try:
        found = unwrap(handler)(step)
    except (LibraryError, RunError) as error:
        sound(str(error))
        found = {"phase": "failed"}
    sound(found)
    assert found["phase"] in ("succeeded", "prompts", "running", "queued", "unknown", "failed")
    assert found["phase"] == "failed" or (
        type(found["waitSeconds"]) is int and 1 <= found["waitSeconds"] <= LONGEST_UNTOLD
    )
    item = json.dumps(table.load(step.run.arn), ensure_ascii=False, allow_nan=False)
    assert len(item.encode()) < 40_000
    assert re.fullmatch("[0-9A-Fa-f]{32}", str(step.run.execution_instance_id))


job_answers = st.builds(http, st.just(200) | statuses, st.lists(odd_header, max_size=2), bodies(JOB | FAILED))


@settings(quick, max_examples=12)
@given(which=st.sampled_from(sorted(ASKING)), answer=job_answers)
def test_whatever_is_said_of_the_job_the_run_learns_what_it_can_keep(
    any_server: AnyServer, table: RunTable, which: str, answer: bytes
) -> None:
    check_step(any_server, table, which, answer)


@pytest.mark.exhaustive
@settings(quick, max_examples=1_500, derandomize=settings.default.derandomize)
@given(which=st.sampled_from(sorted(ASKING)), answer=job_answers)
def test_whatever_is_said_of_the_job_in_many_more_ways(
    any_server: AnyServer, table: RunTable, which: str, answer: bytes
) -> None:
    check_step(any_server, table, which, answer)


@pytest.mark.parametrize("which", ASKING)
def test_no_single_value_of_what_is_said_of_the_job_is_relied_on(
    any_server: AnyServer, table: RunTable, which: str
) -> None:
    said = JOB | FAILED
    for number in range(nodes(said)):
        for fragment in few_for(number, 6):
            answer = http(200, ["Connection: close"], written(said, {number: fragment}).encode())
            check_step(any_server, table, which, answer)
