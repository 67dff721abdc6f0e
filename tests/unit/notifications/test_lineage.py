"""OpenLineage events, held against the classes that OpenLineage generates from its own schemas.

openlineage-python carries these classes and no JSON schema; no other package of an index that was searched does.
"""

import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openlineage.client import event_v2
from openlineage.client.facet_v2 import (
    error_message_run,
    job_type_job,
    lifecycle_state_change_dataset,
    nominal_time_run,
    parent_run,
)
from openlineage.client.serde import Serde

from functions.notifications import lineage
from functions.notifications.batch_end import BatchEnd
from functions.notifications.lineage import Lineage
from functions.notifications.run_end import end_of
from functions.runs.batches.model import BatchOutcome, BatchRun
from functions.runs.store.item_format import run_of
from tests.support.golden import check
from tests.unit.notifications.test_chat import BATCH, FAILED, NOT_FOUND
from tests.unit.notifications.test_forged_lines import ITEM, changed, places

GOLDEN = Path(__file__).with_name("golden") / "lineage"

STAGE = Lineage({"Warehouse": "postgres://dwh.example.com:5432"})

SUCCEEDED = {"status": "SUCCEEDED"}

BATCH_RUN = BatchRun(
    BATCH, name="night", started_at=1_790_000_000, ended_at=1_790_000_090, as_of="2026-11-24T02:00+01:00"
)


def of_run(item: dict[str, Any], detail: dict[str, Any], loaded: Any = "no", batch: BatchRun | None = None) -> Any:
    return lineage.of_run(replace(end_of(run_of(item, 1), detail), loaded=loaded), batch, STAGE)


RUN = {**ITEM, "startedAt": 1_790_000_000, "endedAt": 1_790_000_060}
FAILED_RUN = {**FAILED, "startedAt": 1_790_000_000, "endedAt": 1_790_000_060}
APPENDING = {**RUN, "target": {**ITEM["target"], "append": True}}
UNNAMED = {key: value for key, value in RUN.items() if key not in ("job", "asOf")}


def of_batch(status: str, *given: Any) -> Any:
    run = replace(BATCH_RUN)
    run.outcome = BatchOutcome(not given, {}, *given)
    return lineage.of_batch(BatchEnd.of(run, None, [], {"status": status}))


ENDS: dict[str, Any] = {
    "loaded": lambda: of_run(RUN, SUCCEEDED, "yes"),
    "appended": lambda: of_run(APPENDING, SUCCEEDED, "yes"),
    "loaded-in-a-batch": lambda: of_run(RUN, SUCCEEDED, "yes", BATCH_RUN),
    "without-a-job": lambda: of_run(UNNAMED, SUCCEEDED, "yes"),
    "failed": lambda: of_run(FAILED_RUN, NOT_FOUND),
    "failed-and-unknown": lambda: of_run(FAILED_RUN, NOT_FOUND, "unknown"),
    "stopped": lambda: of_run({**RUN, "outcome": None}, {"status": "ABORTED", "error": "Stop", "cause": "by hand"}),
    "timed-out": lambda: of_run({**RUN, "outcome": None}, {"status": "TIMED_OUT"}),
    "batch": lambda: of_batch("SUCCEEDED"),
    "batch-failed": lambda: of_batch("FAILED", "BatchIncomplete", "2 of 3 items are not loaded."),
}

FACETS = {
    "parent": parent_run.ParentRunFacet,
    "errorMessage": error_message_run.ErrorMessageRunFacet,
    "nominalTime": nominal_time_run.NominalTimeRunFacet,
    "jobType": job_type_job.JobTypeJobFacet,
    "lifecycleStateChange": lifecycle_state_change_dataset.LifecycleStateChangeDatasetFacet,
}


def facets_of(written: dict[str, Any]) -> dict[str, Any]:
    """The facets as the generated classes hold them; a field that a class does not have is a TypeError."""
    made = {}
    for name, content in written.items():
        fields = {key: value for key, value in content.items() if not key.startswith("_")}
        if name == "parent":
            fields = {
                "run": parent_run.Run(**fields["run"]),
                "job": parent_run.Job(**fields["job"]),
                "root": parent_run.Root(
                    run=parent_run.RootRun(**fields["root"]["run"]), job=parent_run.RootJob(**fields["root"]["job"])
                ),
            }
        if name == "lifecycleStateChange":
            change = lifecycle_state_change_dataset.LifecycleStateChange(fields["lifecycleStateChange"])
            fields = {"lifecycleStateChange": change}
        made[name] = FACETS[name](**fields, producer=content["_producer"])
    return made


def as_generated(event: dict[str, Any]) -> dict[str, Any]:
    """The event as it is after it went through the generated classes, which check it."""
    run, job = event["run"], event["job"]
    made = event_v2.RunEvent(
        eventTime=event["eventTime"],
        eventType=event_v2.RunState(event["eventType"]),
        producer=event["producer"],
        run=event_v2.Run(runId=run["runId"], facets=facets_of(run["facets"])),
        job=event_v2.Job(namespace=job["namespace"], name=job["name"], facets=facets_of(job["facets"])),
        inputs=[event_v2.InputDataset(**each) for each in event["inputs"]],
        outputs=[
            event_v2.OutputDataset(each["namespace"], each["name"], facets=facets_of(each["facets"]))
            for each in event["outputs"]
        ],
    )
    return without_empty(Serde.to_dict(made))


def without_empty(value: Any) -> Any:
    """Nothing of it that is empty: the generated classes write empty facets, which mean nothing."""
    if isinstance(value, dict):
        kept = {key: without_empty(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in ({}, [], None)}
    return [without_empty(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("end", list(ENDS))
def test_each_event_is_what_the_generated_classes_write(end: str) -> None:
    for event in ENDS[end]():
        assert as_generated(event) == without_empty(event)


@pytest.mark.parametrize("end", list(ENDS))
def test_the_events_of_each_end_are_as_expected(end: str) -> None:
    check(GOLDEN / f"{end}.json", json.dumps(ENDS[end](), indent=2, ensure_ascii=False) + "\n")


def test_an_unknown_field_is_no_event_of_the_generated_classes() -> None:
    event = ENDS["failed"]()[1]
    event["run"]["facets"]["errorMessage"]["advice"] = "x"
    with pytest.raises(TypeError):
        as_generated(event)


@pytest.mark.parametrize(
    ("end", "kind"),
    [("loaded", "COMPLETE"), ("failed", "FAIL"), ("stopped", "ABORT"), ("timed-out", "FAIL"), ("batch-failed", "FAIL")],
)
def test_an_end_is_a_start_and_one_terminal_event_of_the_same_run(end: str, kind: str) -> None:
    first, last = ENDS[end]()
    assert (first["eventType"], last["eventType"]) == ("START", kind)
    assert first["run"]["runId"] == last["run"]["runId"]
    assert uuid.UUID(first["run"]["runId"])
    assert first["job"] == last["job"]
    assert first["eventTime"] <= last["eventTime"]


def test_a_table_is_written_where_it_was_or_may_have_been_and_replaced_only_where_that_is_known() -> None:
    def written(end: str) -> list[tuple[str, str, bool]]:
        outputs = ENDS[end]()[1]["outputs"]
        return [(each["namespace"], each["name"], "lifecycleStateChange" in each["facets"]) for each in outputs]

    table = ("postgres://dwh.example.com:5432", "T")
    assert written("loaded") == [(*table, True)]
    assert written("appended") == [(*table, False)]
    assert written("failed-and-unknown") == [(*table, False)]
    assert written("failed") == []
    assert written("batch") == []


def test_a_database_instance_without_a_namespace_has_its_own_name_as_one() -> None:
    (output,) = of_run({**RUN, "target": {**ITEM["target"], "source": "Other DWH"}}, SUCCEEDED, "yes")[1]["outputs"]
    assert output["namespace"] == "Other DWH"


def test_the_parent_of_a_run_is_the_run_of_its_batch() -> None:
    batch = ENDS["batch"]()[1]
    parent = ENDS["loaded-in-a-batch"]()[1]["run"]["facets"]["parent"]
    assert parent["run"]["runId"] == batch["run"]["runId"]
    assert parent["job"] == {key: batch["job"][key] for key in ("namespace", "name")}
    assert batch["job"]["namespace"] == ENDS["loaded"]()[1]["job"]["namespace"]


@given(st.text())
def test_a_time_that_is_none_is_left_out(text: str) -> None:
    for event in of_run({**RUN, "asOf": text}, SUCCEEDED, "yes"):
        assert as_generated(event) == without_empty(event)


HOSTILE = "x\n\x1b[2J\u202e" + "ä" * 5_000 + "\ud800"


@pytest.mark.parametrize("path", [path for path in places(ITEM) if path[0] not in ("unanswered", "question")])
def test_any_text_from_outside_makes_an_event_that_eventbridge_takes(path: tuple[Any, ...]) -> None:
    end = end_of(changed(path, HOSTILE), {"status": "ABORTED", "error": HOSTILE, "cause": HOSTILE})
    for event in lineage.of_run(replace(end, loaded="unknown"), BATCH_RUN, STAGE):
        assert len(json.dumps(event, ensure_ascii=False).encode()) < 60_000
        for name in (event["job"]["name"], *(each["name"] for each in event["outputs"])):
            assert name.isprintable()
