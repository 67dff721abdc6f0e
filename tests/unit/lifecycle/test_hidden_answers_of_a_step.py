"""Hidden answers are in no error of a step, nor in those behind it, which a stack trace prints."""

import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from functions.errors import PromptsUnanswered
from functions.lifecycle.step import Step
from functions.requests.execution_input import Start
from functions.requests.hidden_answers import HIDDEN
from functions.requests.request import normalise
from functions.runs.store import sent_answers
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import begin_run
from functions.runs.store.sent_answers import load_sent_values, record_sent_values
from functions.runs.store.table import RunTable
from tests.unit.runs.tables import Direct, new_table

ARN = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:hidden"


@pytest.fixture(scope="module")
def table() -> Iterator[RunTable]:
    with new_table() as name:
        yield RunTable(name, Direct())


@pytest.fixture
def run(table: RunTable, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> RunRecord:
    monkeypatch.setenv("SHOW_ANSWERS", "false")
    start = Start(normalise({"project": "Tutorial", "datamart": "City"}))
    return begin_run(table, f"{ARN}-{request.node.name}", start)


def step(run: RunRecord, **event: Any) -> Step:
    context: Any = None
    return Step(run, event, context)


def test_errors_behind_an_error_have_no_answers_either(run: RunRecord) -> None:
    record_sent_values(run.table, run, {"Atlantis"})
    error = ValueError("Atlantis is refused")
    error.__cause__ = KeyError("no element Atlantis")
    error.__cause__.__context__ = RuntimeError("Atlantis, once more")
    step(run).redact_answers(error)
    assert str(error) == f"{HIDDEN} is refused"
    assert "Atlantis" not in "".join(traceback.format_exception(error))


def test_an_error_that_is_its_own_cause_ends_the_search(run: RunRecord) -> None:
    error = ValueError("Atlantis")
    error.__cause__ = error
    step(run, prompts=[{"name": "Country", "answers": ["Atlantis"]}]).redact_answers(error)
    assert str(error) == HIDDEN


def test_the_list_of_open_prompts_stays_as_it_is_to_be_pasted(run: RunRecord) -> None:
    error = PromptsUnanswered('no answer for "Month". Add to the request: {"min": 1}')
    step(run, prompts=[{"name": "Day", "answers": ["1"]}]).redact_answers(error)
    assert str(error).endswith('{"min": 1}')


def test_the_answers_of_all_rounds_are_known_until_they_are_too_many(
    run: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_sent_values(run.table, run, {"USA"})
    record_sent_values(run.table, run, {"France", "\ud800"})
    assert load_sent_values(run.table, run) == {"USA", "France", "?"}
    assert step(run).without_answers("neither USA nor France") == f"neither {HIDDEN} nor {HIDDEN}"
    monkeypatch.setattr(sent_answers, "LARGEST", 20)
    record_sent_values(run.table, run, {"Germany"})
    record_sent_values(run.table, run, {"Italy"})
    assert load_sent_values(run.table, run) is None
    assert step(run).without_answers("neither USA nor Spain") == HIDDEN
