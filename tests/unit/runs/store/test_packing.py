"""What comes from outside lies in the run's item as JSON strings, so that its depth and size do not matter."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer

from functions.microstrategy.json_access import LONGEST
from functions.prompts import describe, reply
from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs.outcome import Outcome
from functions.runs.queue import Queue, SlotHolder, Ticket
from functions.runs.store.attempts import begin_attempt
from functions.runs.store.job_states import LARGEST_PROMPTS, begin_answering
from functions.runs.store.packing import LARGEST_ITEM, PACKED, packed, unpacked
from functions.runs.store.queues import MOST_TICKETS, create_queue
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import begin_run, end_run, load_run
from functions.runs.store.table import RunTable
from local.emulator.clients import client
from local.emulator.moto_patches import dynamodb_limits
from tests.support.stored_runs import put_in_attempt, put_in_run
from tests.unit.runs.tables import new_table

ARN = "arn:aws:states:eu-west-1:123456789012:execution:RunDatamart:one"
REQUEST = {"project": "P", "datamart": "City", "unanswered": "ask"}

QUESTION = {"token": "t", "askedAt": 5, "until": 9, "prompts": [], "refusal": None}

MOST_ATTEMPTS = 386
"""Of a run that waits for its datamart for a whole day: its pauses grow to five minutes."""


@pytest.fixture
def table() -> Iterator[RunTable]:
    dynamodb_limits.install()
    with new_table() as name:
        yield RunTable(name)


@pytest.fixture
def run(table: RunTable) -> RunRecord:
    begin_run(table, ARN, Start(normalise(REQUEST)))
    run = load_run(table, ARN, 1)
    begin_attempt(run)
    return run


def nested(operators: int) -> dict[str, Any]:
    """An answer of an EXPRESSION prompt, as the REST API takes it."""
    value: dict[str, Any] = {"operator": "Equals", "operands": [{"type": "attribute", "id": "A"}]}
    for _ in range(operators):
        value = {"operator": "And", "operands": [value]}
    return {"name": "Filter", "answers": {"expression": value}}


@pytest.mark.parametrize("operators", [5, 12, 40])
def test_answers_of_people_and_defaults_of_the_server_may_be_nested_as_deep_as_they_like(
    run: RunRecord, table: RunTable, operators: int
) -> None:
    answers, asked = [nested(operators)], [{"name": "Filter", "defaultAnswer": nested(operators)["answers"]}]
    run.write(put={"asking": run.stored["asking"] | {"answers": answers}})
    put_in_run(run, unanswered={"attempt": 1, "prompts": asked}, question=QUESTION | {"prompts": asked})
    for found in (run.stored, table.load(ARN) or {}):
        assert found["asking"]["answers"] == answers
        assert found["unanswered"] == {"attempt": 1, "prompts": asked}
        assert found["question"] == QUESTION | {"prompts": asked}


def test_numbers_that_dynamodb_has_not_come_back_as_they_were(run: RunRecord, table: RunTable) -> None:
    answers = [{"name": "N", "answers": [10**60, 1.7976931348623157e308, 5e-324, 0.1]}]
    run.write(put={"asking.answers": answers})
    assert (table.load(ARN) or {})["asking"]["answers"] == answers


def test_half_a_character_becomes_a_question_mark(run: RunRecord, table: RunTable) -> None:
    run.write(put={"asking.answers": [{"name": "\ud83d", "answers": {"": "x"}}]})
    assert (table.load(ARN) or {})["asking"]["answers"] == [{"name": "?", "answers": {"": "x"}}]


def test_what_conditions_look_at_is_not_packed(run: RunRecord) -> None:
    put_in_run(run, question=QUESTION)
    run.write(remove=("question",), condition="{question.token} = :token", condition_values={"token": "t"})
    assert "question" not in run.stored


OLD_ITEM: dict[str, Any] = {
    "executionArn": ARN,
    "attempt": 2,
    "asked": {"project": "P", "datamart": {"name": "City", "path": "/Public Objects"}, "prompts": ["Year"]},
    "asking": {"hours": 48, "answers": [{"name": "Year", "answers": "2026"}], "fresh": 1, "refused": {}, "seconds": 7},
    "unanswered": {"attempt": 1, "prompts": [{"name": "Year", "type": "VALUE"}]},
    "question": {"token": "t", "askedAt": 5, "until": 9, "prompts": [{"name": "Year"}], "refusal": None},
    "attempts": {
        "1": {"closing": 3},
        "2": {"prompts": [{"at": "K", "name": "Year", "given": 0}], "keysTaken": ["K"], "answersTaken": [0]},
    },
}
"""As commit 300f2ce and those before it wrote it."""


def test_a_run_that_began_before_the_upgrade_is_read_and_goes_on(table: RunTable) -> None:
    plain = {name: table_value(value) for name, value in OLD_ITEM.items()}
    client("dynamodb").put_item(TableName=table._name, Item=plain)
    run = load_run(table, ARN, 2)
    assert run.stored == OLD_ITEM
    run.write(put={"asking.answers": [*run.answers_of_people, nested(40)]})
    put_in_attempt(run, prompts=[*run.stored["attempts"]["2"]["prompts"], {"at": "L", "name": "Filter", "given": 1}])
    again = load_run(table, ARN, 2)
    assert again.answers_of_people == [{"name": "Year", "answers": "2026"}, nested(40)]
    assert again.attempt.positions_sent == {0, 1}
    assert again.stored["question"] == OLD_ITEM["question"]


def table_value(value: Any) -> dict[str, Any]:
    """A value as an earlier version wrote it: maps and lists all the way down."""
    if isinstance(value, dict):
        return {"M": {name: table_value(inner) for name, inner in value.items()}}
    if isinstance(value, list):
        return {"L": [table_value(inner) for inner in value]}
    return {"NULL": True} if value is None else {"S": value} if isinstance(value, str) else {"N": str(value)}


def stored(table: RunTable) -> dict[str, Any]:
    """The item as functions of commit 300f2ce read it: they know nothing of packed values."""
    answer = client("dynamodb").get_item(TableName=table._name, Key={"executionArn": {"S": ARN}})
    return {name: TypeDeserializer().deserialize(value) for name, value in answer["Item"].items()}


def answer_to(name: str, given: int) -> dict[str, Any]:
    return {"send": {"key": f"K@{name}", "type": "VALUE"}, "name": name, "how": "answered", "given": given}


def test_functions_of_the_earlier_version_read_a_run_that_new_ones_began(table: RunTable) -> None:
    datamart, prompts = {"name": "City", "path": "/Public Objects"}, [{"name": "Year", "answers": "2026"}]
    begin_run(table, ARN, Start(normalise({"project": "P", "datamart": datamart, "prompts": prompts})))
    run = load_run(table, ARN, 1)
    begin_attempt(run)
    begin_answering(run, 1, [answer_to("Year", 0)])
    put_in_attempt(run, keysTaken=["K@Year"])
    item = stored(table)
    # same.py, Run.asked and Run.idle_answers of 300f2ce
    assert item["asked"]["project"] == "P"
    assert item["asked"]["datamart"] == datamart
    assert item["asked"]["prompts"] == ["Year"]
    # Run.used_answers, Run.output, once.py and answered.py of 300f2ce
    assert [(prompt["at"], prompt["given"], prompt["how"]) for prompt in item["attempts"]["1"]["prompts"]] == [
        ("K@Year", 0, "answered")
    ]
    assert item["attempts"]["1"]["keysTaken"] == ["K@Year"]


def test_a_run_that_may_ask_people_and_has_not_begins_with_nothing_packed() -> None:
    assert packed("asking", {"hours": 5, "answers": []}) == {"hours": 5, "answers": []}
    assert unpacked("asking", {"hours": 5, "answers": "[]"}) == {"hours": 5, "answers": []}


@pytest.mark.parametrize("path", PACKED)
def test_a_packed_value_is_one_string(path: str) -> None:
    assert isinstance(packed(path, [nested(3)]), str)


def test_packing_a_whole_field_packs_what_is_packed_in_it_and_nothing_else() -> None:
    field = {"token": "t", "prompts": ["a"], "refusal": None}
    stored = packed("question", field)
    assert stored == {"token": "t", "prompts": '["a"]', "refusal": None}
    assert unpacked("question", stored) == field


@pytest.mark.parametrize(
    ("field", "as_string", "value"),
    [
        ("asked", '{"project": "P"}', {"project": "P"}),
        (
            "attempts",
            {"12": {"prompts": '["a"]', "keysTaken": '["K"]'}},
            {"12": {"prompts": ["a"], "keysTaken": ["K"]}},
        ),
    ],
)
def test_what_was_packed_for_a_time_is_read_in_both_forms(field: str, as_string: Any, value: Any) -> None:
    assert unpacked(field, as_string) == value
    assert unpacked(field, value) == value
    assert packed(field, value) == value


@pytest.mark.exhaustive
def test_an_attempt_begins_after_hundreds_that_left_everything_and_removes_it_by_and_by(
    run: RunRecord, table: RunTable
) -> None:
    """A run that began before the upgrade: its attempts kept what only the newest needs."""
    left: dict[str, Any] = {"closing": 1, "unknownStatuses": [1], "answersTaken": [0]}
    put_in_run(run, attempts={str(number): left for number in range(1, MOST_ATTEMPTS)}, attempt=MOST_ATTEMPTS - 1)
    run.number = MOST_ATTEMPTS
    begin_attempt(run)
    kept = sum(len(attempt) - 1 for attempt in run.stored["attempts"].values() if attempt)
    assert 0 < kept < 2 * (MOST_ATTEMPTS - 1)
    for number in range(MOST_ATTEMPTS + 1, MOST_ATTEMPTS + 10):
        run.number = number
        begin_attempt(run)
    assert all(set(attempt) <= {"closing"} for attempt in run.stored["attempts"].values())


def text_of(size: int) -> list[str]:
    """A list whose JSON has about ``size`` bytes."""
    return ["x" * (size - 4)]


@pytest.mark.exhaustive
def test_the_largest_of_everything_together_is_an_item_that_dynamodb_takes(run: RunRecord, table: RunTable) -> None:
    largest = {"project": "p" * 1_000, "datamart": {"name": "d" * 1_000, "path": "/" * 4_000}}
    put_in_run(run, asked=largest | {"prompts": ["n" * 100] * 200})
    named = {"id": "A" * 32, "name": "ü" * LONGEST}
    target = {"source": "ü" * LONGEST, "table": "ü" * LONGEST, "append": False}
    put_in_run(run, project=named, datamart=named, target=target, waitsFor="w" * 1_000, saved={"objectId": "A" * 32})
    follow_up = {"kind": "publishCube", "id": "A" * 32, "name": "n" * 200, "reason": "r" * 500}
    follow_up |= {"state": "failed", "attempt": 1, "at": 1.5, "endedAt": 1.5, "jobId": "j" * 100, "updated": "u" * 200}
    follow_up |= {"seen": True, "looks": 1_000, "durations": [1_234.5] * 20}
    put_in_run(run, followUps={str(place): follow_up for place in range(20)})
    asked = text_of(describe.LARGEST)
    put_in_run(
        run, unanswered={"attempt": 1, "prompts": asked}, question=QUESTION | {"token": "t" * 2_000, "prompts": asked}
    )
    run.write(put={"asking.answers": text_of(reply.LARGEST)})
    told = text_of(LARGEST_PROMPTS)
    about = {"closing": 1.5, "lostAt": 1.5, "instanceId": "A" * 32, "instanceDeleted": True, "onceBy": "b" * 32}
    prompts = [{"at": "K", "name": "x" * (LARGEST_PROMPTS - 100), "given": 0}]
    largest_attempt = {"prompts": prompts, "keysTaken": told, "orderAnswer": "o" * 500, **about}
    put_in_attempt(run, baseUrl="https://mstr.example.com/Library", **largest_attempt)
    run.number = 2
    begin_attempt(run)
    item = table.load(ARN) or {}
    earlier = item["attempts"]["1"]  # what of an attempt stays when the next one begins
    item["attempts"] |= {str(number): earlier for number in range(3, MOST_ATTEMPTS)}
    table.create(item | {"executionArn": f"{ARN}-after-a-day"})  # 386 attempts in one write, not in a thousand
    run = load_run(table, f"{ARN}-after-a-day", MOST_ATTEMPTS)
    begin_attempt(run)
    put_in_attempt(run, baseUrl="https://mstr.example.com/Library", **largest_attempt)
    put_in_attempt(run, session="s" * 20_000, failure={"kind": "DatamartFailed", "text": "f" * 8_000})
    end_run(run, Outcome("Fail", "no", "DatamartFailed", "r" * 7_900, "a" * 500))
    assert len(json.dumps(table.load(f"{ARN}-after-a-day"), ensure_ascii=False).encode()) > LARGEST_ITEM / 2


def test_a_full_queue_is_an_item_that_dynamodb_takes(table: RunTable) -> None:
    owner, at = ARN.replace("RunDatamart:one", f"{'m' * 80}:{'x' * 80}"), 1_795_600_000.123
    ids = [f"{number:016x}" for number in range(MOST_TICKETS)]
    most = {"priority": "high", "as_of": at, "job": "j" * 40, "burst": True, "conflict": "skip", "behind": "b" * 16}
    tickets = {each: Ticket(each, at, "d" * 16, at, first=True, **most) for each in ids}  # type: ignore[arg-type]
    holders = {each: SlotHolder(owner, at, 1_000, at, given=True) for each in ids[:200]}
    assert len(create_queue(table, "c" * 20, Queue(200, holders, tickets), at).tickets) == MOST_TICKETS
