"""What is recorded beside the state of a job: when, under which ids, why it failed, and which prompts were answered."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions import clock
from functions.errors import DatamartFailed, PromptAnswerRejected
from functions.microstrategy import Server, Session
from functions.microstrategy.status import COMPLETED, GONE
from functions.runs.attempt import AnsweredPrompt, JobFailure
from functions.runs.job_state import JobState
from functions.runs.model import Definition
from functions.runs.store import job_states
from functions.runs.store.attempts import clear_session, set_session
from functions.runs.store.job_states import (
    LONGEST_REASON,
    LONGEST_RESPONSE,
    JobIds,
    begin_answering,
    begin_execution,
    count_answer_failure,
    record_answers_not_sent,
    record_answers_refused,
    record_answers_taken,
    record_failure,
    record_job_ended,
    record_job_state,
    record_look,
    record_loss,
    record_not_cancelled,
    record_not_executed,
    record_standstill,
)
from functions.runs.store.record import RunRecord
from functions.runs.store.table import RunTable
from functions.runs.stored_session import StoredSession
from tests.support.stored_runs import put_in_attempt
from tests.unit.runs.tables import begun_run, beside, direct_run_table, executing_run

NOW = 1_800_000_000.5


@pytest.fixture(scope="module")
def table() -> Iterator[RunTable]:
    with direct_run_table() as table:
        yield table


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: NOW)


@pytest.fixture
def run(table: RunTable) -> RunRecord:
    """A run whose execution request is on its way."""
    return executing_run(table)


def answer(key: str = "K", name: str = "Year", given: int | None = 0) -> dict[str, Any]:
    return {"name": name, "how": "answered", "given": given, "send": {"key": key, "type": "VALUE", "answers": "2026"}}


# -- the execution request ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [None, 600])
def test_the_intent_says_when_and_how_long_the_job_may_take(table: RunTable, limit: int | None) -> None:
    run = begun_run(table)
    run.definition = None if limit is None else Definition(max_execution_seconds=limit)
    assert begin_execution(run) is True
    now = beside(run).attempt
    assert (now.job_state, now.posted_at, now.max_execution_seconds) == (JobState.POSTING, NOW, limit)


def test_an_intent_is_recorded_once_unless_the_execution_request_was_not_sent(run: RunRecord) -> None:
    assert begin_execution(beside(run)) is False
    put_in_attempt(run, job=JobState.NOT_SENT.value)
    assert begin_execution(beside(run)) is True


def test_the_response_to_an_execution_request_that_was_not_accepted_is_kept_in_short(run: RunRecord) -> None:
    refused = DatamartFailed("no " * 1_000, http_status=400)
    assert record_not_executed(run, JobState.REFUSED, refused) is True
    now = beside(run).attempt
    assert now.job_state is JobState.REFUSED
    assert now.execution_response is not None
    assert now.execution_response[:100] == str(refused)[:100]
    assert len(now.execution_response.encode()) == LONGEST_RESPONSE


def test_the_ids_that_a_response_names_are_recorded_with_what_it_says_of_the_job(run: RunRecord) -> None:
    assert record_look(run, JobState.ACCEPTED, JobIds("4711", None)) is True
    now = beside(run).attempt
    assert (now.job_state, now.job_id, now.execution_instance_id) == (JobState.ACCEPTED, "4711", None)
    assert "executionInstanceId" not in run.stored["attempts"]["1"]


def test_the_ids_are_kept_although_more_is_known_of_the_job_by_now(run: RunRecord) -> None:
    record_job_state(run, JobState.LOADED)
    assert record_look(run, JobState.ACCEPTED, JobIds("4711", "I")) is False
    now = beside(run).attempt
    assert (now.job_state, now.job_id, now.execution_instance_id) == (JobState.LOADED, "4711", "I")


def test_a_stale_response_without_ids_writes_nothing(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    record_job_state(run, JobState.LOADED)
    monkeypatch.setattr(run, "write", lambda **_: pytest.fail("there is nothing to write"))
    monkeypatch.setattr(run, "write_if", lambda *_, **__: False)
    assert record_look(run, JobState.ACCEPTED, JobIds(None, "")) is False
    assert beside(run).attempt.job_state is JobState.LOADED


def test_ids_are_recorded_in_the_same_write_as_the_state(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "write_if", lambda *_, **__: True)
    monkeypatch.setattr(run, "write", lambda **_: pytest.fail("the ids are recorded already"))
    assert record_look(run, JobState.ACCEPTED, JobIds("4711", "I")) is True


def test_a_failed_job_keeps_the_id_that_the_response_names(run: RunRecord) -> None:
    record_failure(run, JobState.FAILED, DatamartFailed("broken SQL"), JobIds("4711"))
    now = beside(run).attempt
    assert (now.job_state, now.job_id) == (JobState.FAILED, "4711")


# -- looks at the job ---------------------------------------------------------------------------------------------


def test_a_look_records_when_it_was_and_what_it_saw(run: RunRecord) -> None:
    assert record_look(run, JobState.ACCEPTED) is True
    now = beside(run)
    assert (now.attempt.looked_at, now.finished_at) == (NOW, None)
    assert (now.attempt.reached_sql, now.attempt.execution_instance_id, now.attempt.unknown_statuses) == (
        False,
        None,
        (),
    )
    for status in (77, 78):
        record_look(run, JobState.ACCEPTED, JobIds(None, "I"), polls=1, reached_sql=True, unknown_status=status)
    now = beside(run)
    assert (now.polls, now.attempt.reached_sql, now.attempt.execution_instance_id) == (2, True, "I")
    assert now.attempt.unknown_statuses == (77, 78)


def test_a_look_keeps_a_cookie_that_the_response_changed_in_the_same_write(
    run: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_session(run, session("first"))
    written: list[Any] = []
    change = run.table.change
    monkeypatch.setattr(run.table, "change", lambda *given, **named: written.append(named) or change(*given, **named))
    assert record_look(run, JobState.ACCEPTED, polls=1, session=session("second")) is True
    now = beside(run)
    assert (now.polls, now.open_session, len(written)) == (1, session("second"), 1)


def test_a_look_does_not_bring_back_a_session_that_was_ended_meanwhile(run: RunRecord) -> None:
    set_session(run, session("first"))
    clear_session(beside(run))
    assert record_look(run, JobState.ACCEPTED, polls=1, session=session("second")) is True
    now = beside(run)
    assert (now.attempt.job_state, now.polls, now.open_session) == (JobState.ACCEPTED, 1, None)


def session(token: str) -> StoredSession:
    """A session with that token."""
    return StoredSession(Server("https://library.example"), Session(token))


def test_what_is_recorded_without_a_look_counts_none(run: RunRecord) -> None:
    record_job_state(run, JobState.ACCEPTED)
    record_failure(run, JobState.FAILED, DatamartFailed("broken SQL"))
    assert beside(run).polls == 0


def test_a_load_took_until_the_middle_of_the_two_looks_between_which_it_ended(
    run: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_source", lambda: NOW + 100)
    assert record_look(run, JobState.ACCEPTED) is True
    assert (run.ran_until, run.job_seconds) == (None, None)
    monkeypatch.setattr(clock, "_source", lambda: NOW + 140)
    assert record_look(run, JobState.LOADED) is True
    assert (run.ran_until, run.finished_at, run.job_seconds) == (NOW + 100, NOW + 140, 120)


def test_a_load_that_the_first_look_sees_done_took_half_of_the_time_until_then(
    run: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_source", lambda: NOW + 40)
    assert record_look(run, JobState.LOADED) is True
    assert (run.ran_until, run.job_seconds) == (None, 20)
    assert "ranUntil" not in run.stored


def test_a_look_that_finds_the_job_complete_records_when(run: RunRecord) -> None:
    assert record_look(run, JobState.LOADED) is True
    assert beside(run).finished_at == NOW


def test_a_failed_job_is_recorded_with_its_reason(run: RunRecord) -> None:
    error = DatamartFailed("no template", http_status=500)
    assert record_failure(run, JobState.FAILED, error) is True
    assert beside(run).attempt.failure == JobFailure("DatamartFailed", str(error))


@pytest.mark.parametrize("known", [None, JobState.POSTING, JobState.LOADED])
def test_a_loss_is_recorded_whatever_is_known_of_the_job(table: RunTable, known: JobState | None) -> None:
    run = begun_run(table)
    if known is not None:
        put_in_attempt(run, job=known.value)
    record_loss(run)
    assert beside(run).attempt.lost_at == NOW


def test_a_loss_is_one_write_where_it_changes_the_state(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "write_if", lambda *_, **__: True)
    monkeypatch.setattr(run, "write", lambda **_: pytest.fail("the loss is recorded already"))
    record_loss(run)


def test_a_job_that_completed_after_its_session_has_loaded_the_table(run: RunRecord) -> None:
    record_loss(run)
    record_job_ended(run, COMPLETED)
    now = beside(run)
    assert (now.attempt.job_state, now.attempt.job_ended, now.finished_at) == (JobState.LOADED, True, NOW)


def test_a_job_that_is_gone_has_ended_and_nobody_knows_how(run: RunRecord) -> None:
    record_loss(run)
    record_job_ended(run, GONE)
    now = beside(run)
    assert (now.attempt.job_state, now.attempt.job_ended, now.finished_at) == (JobState.LOST, True, None)


def test_the_reason_why_a_job_was_not_cancelled_is_kept_in_short(run: RunRecord) -> None:
    record_not_cancelled(run, "x" * 1_000)
    reason = beside(run).attempt.not_cancelled
    assert reason is not None
    assert len(reason.encode()) == LONGEST_REASON


# -- answers to its prompts ---------------------------------------------------------------------------------------


def test_a_standstill_is_recorded_once_for_a_round(run: RunRecord) -> None:
    record_standstill(run, 1)
    assert beside(run).attempt.job_state is JobState.PROMPTING
    begin_answering(run, 1, [answer()])
    record_standstill(run, 1)
    assert beside(run).attempt.job_state is JobState.ACCEPTED


def test_the_answers_are_recorded_before_they_are_sent(run: RunRecord) -> None:
    assert begin_answering(run, 1, [answer("K", "Year\n" + "x" * 1_000, 3)]) is True
    now = beside(run).attempt
    assert (now.answering_round, now.answering_at, now.job_state) == (1, NOW, JobState.ACCEPTED)
    assert (now.answers_pending, now.answers_in_doubt) == (True, False)
    assert [prompt._replace(name="") for prompt in now.prompts] == [AnsweredPrompt("K", "", "VALUE", "answered", 3)]
    assert now.prompts[0].name.startswith("Year x")
    assert run.known_round == 1


def test_a_round_is_begun_once(run: RunRecord) -> None:
    late = beside(run)
    assert begin_answering(run, 1, [answer()]) is True
    assert begin_answering(late, 1, [answer()]) is False
    assert late.known_round is None
    assert begin_answering(beside(run), 2, [answer()]) is True


def test_a_prompt_that_is_answered_again_is_recorded_once(run: RunRecord) -> None:
    begin_answering(run, 1, [answer("K", given=0), answer("L", given=1)])
    begin_answering(run, 2, [answer("K", given=2)])
    assert [(prompt.address, prompt.position) for prompt in beside(run).attempt.prompts] == [("L", 1), ("K", 2)]


@pytest.mark.parametrize(
    ("known", "doubtful"),
    [
        ({"answersInDoubt": False}, False),
        ({"keysTaken": ["L"]}, False),
        ({"keysTaken": ["K"]}, True),
        ({"answersPending": True}, True),
        ({"answersInDoubt": True}, True),
    ],
)
def test_answers_are_in_doubt_where_earlier_ones_may_have_been_taken(
    run: RunRecord, known: dict[str, Any], doubtful: bool
) -> None:
    put_in_attempt(run, **known)
    begin_answering(run, 1, [answer("K")])
    assert beside(run).attempt.answers_in_doubt is doubtful


STORED = '[{"at": "Ü?", "type": "VALUE", "name": "Year", "how": "answered", "given": 0}]'
"""What is recorded of an answer to the prompt ``Ü?``. A lone surrogate, which no item can hold, counts as its ``?``."""


def test_prompts_may_fill_their_room(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_states, "LARGEST_PROMPTS", len(STORED.encode()))
    assert begin_answering(run, 1, [answer("Ü?")]) is True


def test_more_prompts_than_their_room_takes_are_rejected(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    room = len(STORED.encode()) - 1
    monkeypatch.setattr(job_states, "LARGEST_PROMPTS", room)
    with pytest.raises(PromptAnswerRejected, match=f"which takes {room + 1} bytes to record; {room} are allowed"):
        begin_answering(run, 1, [answer("Ü\ud800")])
    assert beside(run).attempt.answering_round is None


def test_answers_that_the_server_took_are_recorded_and_no_longer_in_doubt(run: RunRecord) -> None:
    put_in_attempt(run, keysTaken=["A"], answersPending=True, answerFailures=2)
    begin_answering(run, 1, [answer("Z", given=5), answer("M", given=4)])
    assert record_answers_taken(run, [answer("Z"), answer("M")]) is True
    now = beside(run).attempt
    assert (now.answer_failures, now.answers_pending, now.answers_in_doubt) == (0, False, False)
    assert (now.answered_at, now.positions_taken, now.addresses_taken) == (NOW, (4, 5), ("A", "M", "Z"))


def test_a_job_waits_again_after_its_answers_were_refused(run: RunRecord) -> None:
    begin_answering(run, 1, [answer()])
    assert record_answers_refused(run) is True
    now = beside(run).attempt
    assert (now.job_state, now.answers_pending) == (JobState.PROMPTING, True)


def test_a_job_waits_for_answers_that_were_not_sent(run: RunRecord) -> None:
    begin_answering(run, 1, [answer()])
    assert record_answers_not_sent(run) is True
    now = beside(run).attempt
    assert (now.job_state, now.answers_pending) == (JobState.PROMPTING, False)


def test_calls_in_a_row_that_failed_are_counted(run: RunRecord) -> None:
    assert [count_answer_failure(run), count_answer_failure(run)] == [1, 2]
    assert beside(run).attempt.answer_failures == 2
