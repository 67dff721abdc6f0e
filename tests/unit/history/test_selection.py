"""Which records a selection has."""

import pytest

from functions.runs.history import HistoryRecord
from local.history.history import Selection, status_of
from tests.unit.history.records import record
from tests.unit.history.test_record import AT

LOADED = record(1, AT)
SKIPPED = record(2, AT, loaded="no", skipped=True)
FAILED = record(3, AT, status="FAILED", loaded="no", error="DatamartFailed")
OF_BATCH = record(4, AT, job=None, batch="night", batch_run="night-1", item="x")


@pytest.mark.parametrize(
    ("selection", "chosen"),
    [
        (Selection(), [LOADED, SKIPPED, FAILED, OF_BATCH]),
        (Selection(job="load-1"), [LOADED]),
        (Selection(batch="night"), [OF_BATCH]),
        (Selection(datamart="load 2"), [SKIPPED]),
        (Selection(datamart=f"{3:032x}"), [FAILED]),
        (Selection(datamart="Load 9"), []),
        (Selection(status=("failed",)), [FAILED]),
        (Selection(status=("failed", "skipped")), [SKIPPED, FAILED]),
        (Selection(status=("succeeded",)), [LOADED, OF_BATCH]),
        (Selection(since=AT + 1), []),
        (Selection(until=AT), [LOADED, SKIPPED, FAILED, OF_BATCH]),
        (Selection(until=AT - 1), []),
        (Selection(since=AT), [LOADED, SKIPPED, FAILED, OF_BATCH]),
    ],
)
def test_a_selection_has_the_records_that_are_all_that_it_says(
    selection: Selection, chosen: list[HistoryRecord]
) -> None:
    assert [each for each in (LOADED, SKIPPED, FAILED, OF_BATCH) if selection.has(each)] == chosen


def test_a_run_that_did_nothing_is_skipped_and_not_succeeded() -> None:
    assert [status_of(each) for each in (LOADED, SKIPPED, FAILED)] == ["succeeded", "skipped", "failed"]
