"""The record of a run: its public names, and its item."""

import dataclasses

from functions.runs.history import KEYS, HistoryRecord
from functions.runs.store.attribute_values import to_attribute
from functions.runs.store.history import INDEXES, SORTED_BY, datamart_key, from_item, to_item
from tests.unit.history.records import record

AT = 1_795_759_200.0
"""2026-11-27, six o'clock in the morning."""

PUBLIC = (
    *("id", "kind", "execution", "status", "loaded", "startedAt", "skipped", "error", "reason", "cause", "job"),
    *("batch", "batchRun", "item", "datamart", "datamartId", "project", "connection", "table", "append", "asOf"),
    *("finishedAt", "durationSeconds", "queueSeconds", "jobSeconds", "usualSeconds"),
    *("followUps", "followUpsOf", "startedBy", "trigger"),
    *("rerunOf", "restartOf", "attempts", "polls", "counts"),
)
"""What other tools rely on: none of these names may change."""


def stored(found: HistoryRecord) -> HistoryRecord:
    return from_item({key: to_attribute(value) for key, value in to_item(found).items()})


def test_its_public_names_are_those_that_other_tools_rely_on() -> None:
    assert tuple(KEYS.values()) == PUBLIC
    assert tuple(record(1, AT).as_json()) == PUBLIC


def test_an_item_gives_back_the_record_that_it_was_made_of() -> None:
    found = record(1, AT, error="DatamartFailed", cause="why", batch="night", batch_run="night-1", item="x")
    found = dataclasses.replace(
        found, follow_ups=[{"kind": "triggerEvent", "name": "Done", "reason": None}], follow_ups_of="load-0"
    )
    assert stored(found) == found
    assert HistoryRecord.from_json(found.as_json()) == found
    bare = HistoryRecord("x", "run", "arn:x", "FAILED", "no", "2026-11-27T05:00:00.000Z")
    assert stored(bare) == bare


def test_a_batch_is_found_as_a_job_and_has_none() -> None:
    batch = record(1, AT, kind="batch", job=None, batch="night", datamart=None, datamart_id=None, counts={"items": 2})
    assert to_item(batch)["job"] == "night"
    assert stored(batch) == batch


def test_an_item_has_the_key_of_each_index_that_it_is_in_and_of_no_other() -> None:
    whole = to_item(record(1, AT, batch="night"))
    assert {*INDEXES.values(), SORTED_BY} <= set(whole)
    assert whole["day"] == "2026-11-27"
    bare = to_item(record(1, AT, datamart=None, datamart_id=None, job=None))
    assert set(bare) & set(INDEXES.values()) == {"day"}


def test_a_datamart_is_found_however_its_name_is_written() -> None:
    assert len({datamart_key(name) for name in ("Café  Sales", "café sales", "Cafe\u0301 Sales\u00a0")}) == 1


def test_a_record_of_a_later_release_is_read_without_what_this_one_does_not_know() -> None:
    found = record(1, AT)
    assert HistoryRecord.from_json(found.as_json() | {"mood": "good"}) == found


def test_no_two_fields_have_the_same_public_name() -> None:
    assert len(set(KEYS.values())) == len(dataclasses.fields(HistoryRecord))
