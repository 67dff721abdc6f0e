"""What a batch keeps in the run table: written before it is needed, once, and in small items."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from functions.runs.batches.model import BatchOutcome, BatchPlan, ItemOutcome
from functions.runs.batches.order import ItemState, Plan
from functions.runs.store.batches import (
    BatchRecord,
    begin_batch,
    change_states,
    change_states_of_stopped,
    end_batch,
    find_batch,
    load_items,
    load_plan,
    record_item_outcome,
    refuse_batch,
    set_token,
    stop_starting,
)
from functions.runs.store.table import RunTable
from tests.support.aws_calls import size_of
from tests.unit.runs.tables import new_table

ARN = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev_batches:night"


@pytest.fixture
def table() -> Iterator[RunTable]:
    with new_table() as name:
        yield RunTable(name)


def plan_of(items: int, name: str = "item {}") -> BatchPlan:
    after = tuple((number - 1,) if number else () for number in range(items))
    return BatchPlan(tuple(name.format(number) for number in range(items)), Plan(after, (None,) * items), places=2)


def begun(table: RunTable, items: int = 3) -> BatchRecord:
    inputs = [{"project": "P", "datamart": f"D{number}"} for number in range(items)]
    return begin_batch(table, ARN, plan_of(items), inputs, "w" * items)


def outcome(state: ItemState = ItemState.LOADED, **more: Any) -> ItemOutcome:
    return ItemOutcome(state, "yes", "SUCCEEDED", 1.0, 3.0, 2.0, **more)


def test_what_was_begun_is_read_back(table: RunTable) -> None:
    record = begun(table)
    assert (record.states, record.version, record.ended) == ("www", 0, False)
    assert load_plan(table, ARN) == plan_of(3)
    items = load_items(table, ARN, range(3))
    assert [items[index].input["datamart"] for index in range(3)] == ["D0", "D1", "D2"]
    assert {item.outcome for item in items.values()} == {None}
    found = find_batch(table, ARN)
    assert found is not None
    assert vars(found) == vars(record)


def test_a_plan_of_several_connections_is_read_back_with_their_slots(table: RunTable) -> None:
    of = Plan(((), (0,)), (None, 7.5), connections=(0, 1), slots=(1, 4))
    plan = BatchPlan(("a", "b"), of, places=5)
    begin_batch(table, ARN, plan, [{}, {}], "ww")
    assert load_plan(table, ARN) == plan


def test_a_plan_of_a_restart_is_read_back_with_what_was_decided_on_its_items(table: RunTable) -> None:
    plan = replace(plan_of(3), restart_of="arn:1", accepted=(0,), superseded=(1, 2))
    begin_batch(table, ARN, plan, [{}] * 3, "lss")
    assert load_plan(table, ARN) == plan


def test_a_plan_that_an_earlier_release_wrote_has_one_connection(table: RunTable) -> None:
    begin_batch(table, ARN, plan_of(2), [{}, {}], "ww")
    stored = json.loads((table.load(f"batch-plan/{ARN}/0") or {})["plan"])
    assert stored.keys() == {
        *("items", "after", "seconds", "onFailure", "places", "tolerated", "name", "asOf", "restartOf"),
    }
    plan = load_plan(table, ARN)
    assert plan is not None
    assert (plan.plan.connections, plan.plan.slots, plan.places) == ((), (), 2)


def test_a_second_beginning_changes_nothing(table: RunTable) -> None:
    assert change_states(begun(table), "rww")
    assert begun(table).states == "rww"


def test_of_two_writes_on_one_version_only_one_holds_and_the_other_knows_it(table: RunTable) -> None:
    begun(table)
    one, other = find_batch(table, ARN), find_batch(table, ARN)
    assert one is not None
    assert other is not None
    assert change_states(one, "rww")
    assert not change_states(other, "wrw")
    assert (other.states, other.version) == ("rww", 1)


def test_a_batch_that_was_stopped_starts_nothing_more(table: RunTable) -> None:
    record, late = begun(table), find_batch(table, ARN)
    assert late is not None
    assert change_states(record, "lrw")
    stop_starting(record)
    assert (record.states, record.stopped_at is not None) == ("lrx", True)
    assert not change_states(late, "rww")
    assert not change_states(record, "lrr")
    assert change_states_of_stopped(record, "llx")


def test_the_token_of_a_later_entrance_stays(table: RunTable) -> None:
    record = begun(table)
    assert set_token(record, "new", 20, 0)
    assert not set_token(record, "held up", 10, 3)
    assert set_token(record, "retried", 20, 1)
    assert record.token == "retried"
    assert "retried" not in repr(record)


def test_a_batch_that_was_closed_meanwhile_keeps_no_token(table: RunTable) -> None:
    waiting = begun(table)
    end_batch(begun(table), BatchOutcome(False, {}))
    assert not set_token(waiting, "held up", 20, 0)
    assert waiting.ended
    assert "held up" not in str(table.load(ARN))


def test_the_first_outcome_of_an_item_stays(table: RunTable) -> None:
    begun(table)
    first = outcome(error="SaveFailed", cause="no", execution="arn:1")
    assert record_item_outcome(table, ARN, 1, first) == first
    assert record_item_outcome(table, ARN, 1, outcome(ItemState.FAILED)) == first
    assert load_items(table, ARN, [1])[1].outcome == first


def test_the_first_outcome_of_a_batch_stays_and_its_token_goes(table: RunTable) -> None:
    record = begun(table)
    set_token(record, "token", 1, 0)
    assert end_batch(record, BatchOutcome(True, {"items": 3}))
    assert not end_batch(record, BatchOutcome(False, {}))
    assert (record.outcome, record.token) == (BatchOutcome(True, {"items": 3}), None)


def test_a_refused_batch_has_ended_before_it_began(table: RunTable) -> None:
    refuse_batch(table, ARN, "night", None, BatchOutcome(False, {}, "InvalidRequest", "why", "what"))
    record = begun(table)
    assert (record.ended, record.states, record.name) == (True, "", "night")


def test_the_item_that_changes_with_each_end_takes_two_units_for_a_thousand_items(table: RunTable) -> None:
    record = begun(table, 1000)
    set_token(record, "t" * 400, 1, 0)
    stored = table._client.get_item(TableName=table._name, Key={"executionArn": {"S": ARN}})["Item"]
    assert size_of(stored) < 2 * 1024
    assert len(load_items(table, ARN, range(1000))) == 1000


def test_a_plan_of_the_longest_names_and_many_dependencies_is_stored(table: RunTable) -> None:
    names = tuple(f"{number:04}" + "\N{PALM TREE}" * 76 for number in range(1000))
    after = tuple(tuple(range(max(0, number - 50), number)) for number in range(1000))
    plan = BatchPlan(names, Plan(after, (12.345,) * 1000), places=200)
    begin_batch(table, ARN, plan, [{}] * 1000, "w" * 1000)
    assert load_plan(table, ARN) == plan


def test_what_dynamodb_did_not_take_is_sent_again(table: RunTable, monkeypatch: pytest.MonkeyPatch) -> None:
    write, left = table._client.batch_write_item, iter([3, 25, 0, 0])

    def throttled(RequestItems: dict[str, Any]) -> dict[str, Any]:
        ((name, requests),) = RequestItems.items()
        refused = requests[: next(left, 0)]
        if taken := requests[len(refused) :]:
            write(RequestItems={name: taken})
        return {"UnprocessedItems": {name: refused} if refused else {}}

    monkeypatch.setattr(table._client, "batch_write_item", throttled)
    table.put_all({"executionArn": str(number)} for number in range(40))
    monkeypatch.undo()
    assert len(table.load_all([str(number) for number in range(60)])) == 40


def test_an_item_of_a_batch_is_no_larger_than_dynamodb_takes(table: RunTable) -> None:
    begin_batch(table, ARN, plan_of(1), [{"datamart": "x" * 240 * 1024}], "w")
    record_item_outcome(table, ARN, 0, outcome(cause="x" * 500))
    assert load_items(table, ARN, [0])[0].outcome is not None
