"""The page of a history: rows, nights, shapes and shades."""

from datetime import date, timedelta
from typing import Any

import pytest

from functions import clock
from local.pages.expected import is_late
from local.pages.history_page import MOST_NIGHTS, HistoryPage, history_page
from tests.unit.pages.reports import month
from tests.unit.report.executions import BEGIN, record

pytestmark = pytest.mark.usefixtures("in_paris")


def page_of(*records: Any, expected: Any = None) -> HistoryPage:
    return HistoryPage(records, "Stage prod", expected or {}, True)


def night(days: int = 0, **changes: Any) -> Any:
    at = BEGIN + 86_400 * days
    times = {"started_at": clock.timestamp(at), "finished_at": clock.timestamp(at + 1_800)}
    return record(**(times | {"job": "sales", "id": f"sales-{days}"} | changes))


def test_every_job_has_a_row_and_every_night_a_column_with_or_without_a_run() -> None:
    page = page_of(night(0), night(3), night(1, job="stock"))
    assert page.nights == tuple(date(2026, 11, 20) + timedelta(days) for days in range(4))
    assert [(row.name, [cell is not None for cell in row.cells]) for row in page.rows] == [
        ("sales", [True, False, False, True]),
        ("stock", [False, True, False, False]),
    ]


def test_a_batch_is_followed_by_its_items() -> None:
    of_batch = {"batch": "nightly", "batch_run": "nightly-1", "job": None}
    whole = night(kind="batch", batch="nightly", job=None)
    page = page_of(night(item="a", **of_batch), whole, night(job="alpha"), night(job="zeta"))
    assert [(row.name, row.is_item) for row in page.rows] == [
        ("alpha", False),
        ("batch nightly", False),
        ("nightly / a", True),
        ("zeta", False),
    ]


def test_batches_without_a_name_share_their_rows() -> None:
    whole = [night(day, kind="batch", job=None, id=f"batch-{day}", batch=f"batch-{day}") for day in (0, 1)]
    items = [night(day, job=None, batch=f"batch-{day}", batch_run=f"batch-{day}", item="a") for day in (0, 1)]
    assert [(row.name, len(row.cells)) for row in page_of(*items, *whole).rows] == [("batch", 2), ("a", 2)]


def test_the_newest_run_for_a_night_is_what_its_cell_shows() -> None:
    failed = night(status="FAILED", loaded="no", error="NotFound")
    again = night(1, as_of=failed.started_at, id="again", started_at=clock.timestamp(BEGIN + 86_400))
    page = page_of(again, failed)
    (cell,) = page.cells
    assert [run.record.id for run in cell.runs] == ["sales-0", "again"]
    assert cell.words == "loaded, 2 runs"
    assert "NotFound" in history_page([again, failed], "Stage prod", {}, is_deployed=True)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "loaded"),
        ({"status": "FAILED"}, "loaded-failed"),
        ({"status": "FAILED", "loaded": "no"}, "failed"),
        ({"status": "ABORTED", "loaded": "unknown"}, "unknown"),
        ({"skipped": True, "loaded": "no"}, "skipped"),
        ({"kind": "batch", "batch": "nightly", "loaded": "no", "counts": {"items": 3, "loaded": 2}}, "partly"),
        ({"status": "RUNNING", "loaded": "unknown", "finished_at": None}, "running"),
    ],
)
def test_each_outcome_has_a_shape_of_its_own(changes: dict[str, Any], kind: str) -> None:
    (cell,) = page_of(night(**changes)).cells
    assert cell.kind.name == kind
    assert f'<use href="#{kind}"/>' in history_page([night(**changes)], "x", {}, is_deployed=True)


@pytest.mark.parametrize(
    ("took", "usual", "shade"),
    [(60, 100, "shade-1"), (100, 100, "shade-2"), (150, 100, "shade-3"), (200, 100, "shade-4"), (100, None, "shade-2")],
)
def test_the_shade_says_how_long_it_took_against_usual(took: int, usual: int | None, shade: str) -> None:
    (cell,) = page_of(night(job_seconds=took, usual_seconds=usual)).cells
    assert cell.shade == shade
    page = history_page([night(job_seconds=took, usual_seconds=usual)], "x", {}, is_deployed=True)
    assert f'<td><a href="#cell-0" aria-label="{cell.words}"><svg class="shape loaded {shade}"' in page


@pytest.mark.parametrize(
    "as_of",
    ["yesterday", "", "5", "2026-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2126-11-20T05:00Z"],
)
def test_a_time_that_a_person_mistyped_leaves_a_run_at_the_day_of_its_start(as_of: str) -> None:
    mistyped = night(1, as_of=as_of)
    page = page_of(night(0), mistyped, expected=SALES)
    assert page.nights == (date(2026, 11, 20), date(2026, 11, 21))
    assert page.rows[0].cells[1] is not None


def test_a_time_without_a_zone_is_of_this_computer() -> None:
    assert page_of(night(1, as_of="2026-11-20T05:00")).nights == (date(2026, 11, 20),)


SALES = {"sales": {"timeZone": "Europe/Paris", "expectBy": "06:30", "expectOn": ["FRI"]}}
"""The runs begin on a Friday at six in Paris and end at half past six."""


@pytest.mark.parametrize(
    ("changes", "late"),
    [
        ({}, False),
        ({"finished_at": "2026-11-20T05:30:00.001Z"}, True),
        ({"finished_at": "2026-11-21T04:00:00.000Z"}, True),
        ({"finished_at": "2026-11-20T08:00:00.000Z", "loaded": "no"}, False),
        ({"finished_at": "2026-11-20T08:00:00.000Z", "job": "stock"}, False),
        ({"started_at": "2026-11-19T22:00:00.000Z"}, False),
        ({"started_at": "2026-11-19T22:00:00.000Z", "finished_at": "2026-11-20T06:00:00.000Z"}, True),
        ({"started_at": "2026-11-20T22:00:00.000Z", "finished_at": "2026-11-21T06:00:00.000Z"}, False),
        ({"as_of": "2026-11-19T06:00+01:00", "finished_at": "2026-11-20T08:00:00.000Z"}, False),
        ({"finished_at": None, "status": "RUNNING"}, False),
    ],
)
def test_late_is_what_loads_after_the_time_that_its_job_names(changes: dict[str, Any], late: bool) -> None:
    assert is_late(night(**changes), SALES) is late


def test_the_sentence_is_about_the_last_night_and_its_worst_shape_is_at_the_head() -> None:
    page = page_of(night(0), night(1), night(1, job="stock", status="FAILED", loaded="no"))
    assert page.sentence == "Saturday, 21 November: 1 loaded, 1 failed."
    assert page.worst is not None
    assert page.worst.name == "failed"


def test_older_nights_than_fit_are_counted() -> None:
    page = page_of(night(0), night(MOST_NIGHTS))
    assert len(page.nights) == MOST_NIGHTS
    assert page.too_old == 1
    assert "1 older runs are not shown." in history_page(page.records, "x", {}, is_deployed=True)


def test_a_page_says_when_it_was_made_and_in_which_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: BEGIN)
    page = history_page([night()], "x", {}, is_deployed=True)
    assert "Made by datamart-runner at 2026-11-20 06:00:00 +0100; all times are in this time zone." in page


def test_an_empty_history_has_a_page() -> None:
    assert "Nothing has run." in history_page([], "Runs of this computer", {}, is_deployed=False)


def test_a_deployed_run_leads_to_the_console_and_one_of_this_computer_to_its_command() -> None:
    assert "console.aws.amazon.com" in history_page([night()], "x", {}, is_deployed=True)
    here = history_page([night()], "x", {}, is_deployed=False)
    assert "console.aws.amazon.com" not in here
    assert "<code>datamart show sales-0</code>" in here


def test_a_month_of_ten_jobs_has_a_cell_for_each_run() -> None:
    page = history_page(month(), "Stage prod", {}, is_deployed=True)
    assert page.count("<td><a ") == 300
    assert len(page.encode()) < 500_000
