"""How a batch ends: what counts, what its output holds, and who is named as the cause."""

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.names import EXECUTION_NAME
from functions.requests.batches.membership import BatchMembership, membership_in
from functions.runs.batches.conclusion import counts_of, first_cause, lines_of, outcome_of, output_of
from functions.runs.batches.model import BatchPlan, BatchRun, ItemOutcome, input_of_run, name_of_run
from functions.runs.batches.order import ItemState, Plan

ARN = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev_batches:night"


def batch(states: str, *after: tuple[int, ...], tolerated: int = 0, on_failure: Any = "continue") -> Any:
    plan = Plan(after or ((),) * len(states), (None,) * len(states), on_failure)
    names = tuple(f"item {number}" for number in range(len(states)))
    return BatchRun(ARN, states, started_at=100), BatchPlan(names, plan, 2, tolerated)


def ended(state: ItemState, at: float, **more: Any) -> ItemOutcome:
    loaded: Any = {ItemState.LOADED: "yes", ItemState.UNKNOWN: "unknown"}.get(state, "no")
    status = "SUCCEEDED" if state == ItemState.LOADED else "FAILED"
    return ItemOutcome(state, loaded, status, 101, at, at - 101, execution="arn", **more)


def test_a_skipped_item_names_the_first_that_was_not_loaded_of_those_before_it() -> None:
    run, plan = batch("fulss", (), (), (), (0, 1), (3,))
    outcomes = {0: ended(ItemState.FAILED, 300), 1: ended(ItemState.UNKNOWN, 200), 2: ended(ItemState.LOADED, 150)}
    assert [first_cause(plan.plan, run.states, outcomes, item) for item in (3, 4)] == [1, 1]
    assert [line.get("because") for line in lines_of(run, plan, outcomes)][3:] == ["item 1", "item 1"]


def test_where_a_batch_stops_at_the_first_failure_that_is_the_cause_of_all_that_did_not_start() -> None:
    run, plan = batch("fs", on_failure="stop")
    assert first_cause(plan.plan, run.states, {0: ended(ItemState.FAILED, 300)}, 1) == 0


def test_an_item_that_a_newer_upload_superseded_is_the_cause_of_what_comes_after_it_also_in_a_restart() -> None:
    run, plan = batch("fss", (), (), (1,))
    plan = replace(plan, superseded=(1,))
    _, superseded, after = lines_of(run, plan, {0: ended(ItemState.FAILED, 300)})
    assert (superseded["outcome"], superseded["loaded"], superseded["earlier"]) == ("skipped", "no", True)
    assert superseded["cause"].endswith("a newer upload of its job came (burst)")
    assert "because" not in superseded
    assert after["because"] == "item 1"


@pytest.mark.parametrize(("tolerated", "succeeded"), [(0, False), (1, False), (2, True)])
def test_a_batch_fails_with_more_items_not_loaded_than_are_tolerated(tolerated: int, succeeded: bool) -> None:
    run, plan = batch("lfs", (), (), (1,), tolerated=tolerated)
    found = outcome_of(run, plan, {1: ended(ItemState.FAILED, 300, error="NotFound")})
    assert (found.succeeded, found.error) == (succeeded, None if succeeded else "BatchIncomplete")
    assert found.counts == {"items": 3, "loaded": 1, "failed": 1, "skipped": 1}
    if not succeeded:
        assert '"item 1" (failed NotFound), "item 2" (skipped because of "item 1").' in str(found.reason)


def test_an_item_that_waits_for_nothing_any_more_is_not_loaded() -> None:
    run, plan = batch("wrx")
    assert [(line["outcome"], line["loaded"]) for line in lines_of(run, plan, {})] == [
        ("not started", "no"),
        ("running", "unknown"),
        ("stopped", "no"),
    ]
    assert counts_of(run.states) == {"items": 3, "not started": 1, "running": 1, "stopped": 1}


def test_the_output_leaves_out_causes_and_then_all_lines_where_it_is_too_large() -> None:
    run, plan = batch("f" * 1000)
    outcomes = {item: ended(ItemState.FAILED, 300, error="NotFound", cause="why " * 100) for item in range(1000)}
    sizes = {}
    for largest in (10_000_000, 250_000, 10_000):
        output = output_of(run, plan, outcomes, 400, largest)
        sizes[largest] = len(json.dumps(output, ensure_ascii=False).encode())
        assert sizes[largest] <= largest
        assert output["counts"] == {"items": 1000, "failed": 1000}
    assert "cause" in output_of(run, plan, outcomes, 400, 10_000_000)["items"][0]
    assert "cause" not in output_of(run, plan, outcomes, 400, 250_000)["items"][0]
    assert output_of(run, plan, outcomes, 400, 10_000)["items"] is None


@pytest.mark.parametrize("item", ["sales", "Umsätze je Land / Tag", "x" * 80, "日本", '"; --', "-"])
def test_the_execution_of_an_item_has_a_name_that_aws_takes_and_that_is_its_own(item: str) -> None:
    names = {name_of_run(batch_arn, index, item) for batch_arn in (ARN, f"{ARN}-2") for index in range(3)}
    assert len(names) == 6
    assert all(EXECUTION_NAME.fullmatch(name) for name in names)


def test_an_item_knows_its_batch_from_its_input_and_a_copy_of_it_does_not() -> None:
    membership, name = BatchMembership(ARN, "sales", 7), name_of_run(ARN, 7, "sales")
    given = input_of_run({"project": "P", "datamart": "D"}, membership, name)
    runs = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev"
    assert membership_in(given, f"{runs}:{name}") == membership
    assert membership_in(given, f"{runs}:copied") is None


@pytest.mark.parametrize(
    "value", [None, 1, "night", {}, {"items": []}, {"execution": 1, "item": "x", "index": 0, "run": "x"}]
)
def test_whatever_else_stands_there_is_no_batch(value: Any) -> None:
    assert membership_in({"batch": value}, "arn:aws:states:eu-west-1:1:execution:datamart-runner-dev:x") is None
    assert membership_in(value, "arn:aws:states:eu-west-1:1:execution:datamart-runner-dev:x") is None
