"""How ``datamart show`` looks: on any width from 60 columns, and with texts that others wrote."""

import io
from dataclasses import replace
from typing import Any

import pytest

from local.cli.console import SafeConsole
from local.cli.show_output import show_report
from local.report.assemble import assembled
from local.report.report import Answer, Call, RunReport, Step, StepFailure
from tests.unit.report.executions import nightly, record

pytestmark = pytest.mark.usefixtures("in_paris")

HOSTILE = "\x1b[2J[bold]x[/bold]\r\nWhat to do: nothing ‮ :smile:"


def shown(report: RunReport, width: int = 100) -> str:
    stream = io.StringIO()
    plain: dict[str, Any] = {"markup": False, "emoji": False, "highlight": False, "no_color": True}
    show_report(SafeConsole(file=stream, width=width, **plain), report)
    return stream.getvalue()


@pytest.fixture
def report() -> RunReport:
    known = record(
        datamart="City",
        job="city-nightly",
        as_of="2026-11-20T06:00+01:00",
        table="DM_CITY",
        append=False,
        trigger="schedule",
        started_by="city-nightly",
        duration_seconds=245.0,
        queue_seconds=90.0,
        job_seconds=200.0,
        usual_seconds=180.0,
    )
    return assembled(known, nightly().kept())


def test_everything_that_is_known_is_shown(report: RunReport) -> None:
    text = shown(report)
    for part in (
        *("City  SUCCEEDED  loaded: yes", "city-nightly, for 2026-11-20T06:00+01:00", "DM_CITY, replaced"),
        *("2026-11-20 06:00:00 +0100 (schedule, city-nightly)", "06:01:30", "4 min 5 s, and 1 min 30 s in the queue"),
        *("the load 3 min 20 s (usually 3 min)", "░      3 min\n", "GET /datamarts/…/instances/…"),
        *("200 ×3", "Country  USA  answered", "InQueryEngine (6) ×2", "position 2 of 3, other-1 had one of 1"),
        *("instance  deleted", "23 transitions, 15 function calls", "Console: https://eu-west-1"),
    ):
        assert part in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal_but_the_address(report: RunReport, width: int) -> None:
    failed = replace(report.steps[3], failures=(StepFailure("2026-11-20T05:00:00.000Z", "NotFound", "why " * 60),))
    long = Answer(1, "A" * 90, "VALUE", "answers", ("b" * 300,))
    wide = replace(report, steps=(*report.steps, failed), prompts=(long,))
    lines = shown(wide, width).splitlines()
    assert all(len(line) <= width for line in lines if not line.startswith("Console: "))


def test_a_failed_run_says_what_happened_and_what_to_do(report: RunReport) -> None:
    failed = replace(report.run, status="FAILED", loaded="no", error="NotFound", cause="no datamart X.")
    text = shown(assembled(failed, nightly().kept()))
    assert "City  FAILED  loaded: no" in text
    assert "What happened  no datamart X." in text
    assert "What to do     Check the names" in text


def test_hidden_values_are_said_to_be_hidden(report: RunReport) -> None:
    hidden = replace(report, prompts=(Answer(1, "Country", "ELEMENTS", "answers"),))
    assert "Country  (hidden)  answered" in shown(hidden)


def test_texts_of_others_clear_no_screen_forge_no_line_and_are_no_markup(report: RunReport) -> None:
    hostile = replace(
        report,
        run=replace(report.run, datamart=HOSTILE, reason=HOSTILE, started_by=HOSTILE),
        notes=(HOSTILE,),
        prompts=(Answer(1, HOSTILE, "VALUE", "answers", (HOSTILE,)),),
        steps=(
            Step(HOSTILE, 1, "2026-11-20T05:00:00.000Z", 1.0, calls=(Call("GET", HOSTILE, 200, 1),)),
            Step("x", 1, "2026-11-20T05:00:00.000Z", 1.0, failures=(StepFailure("", HOSTILE, HOSTILE),)),
        ),
    )
    text = shown(hostile)
    assert "[bold]x[/bold]" in text
    assert not [line for line in text.splitlines() if line.strip().startswith("What to do")]
    assert all(character.isprintable() for line in text.split("\n") for character in line)


def test_the_items_of_a_batch_are_counted_and_a_line_each(report: RunReport) -> None:
    item = replace(report.run, item="sales", status="FAILED", loaded="no", error="NotFound", id="sales-1")
    counts = {"items": 3, "loaded": 1, "failed": 1, "skipped": 1}
    text = shown(replace(report, run=replace(report.run, kind="batch", counts=counts), items=(item,)))
    assert "Items    1 loaded, 1 failed, 1 skipped" in text
    assert "Cost without its runs: " in text
    assert "sales  FAILED (loaded: no)  4 min 5 s  NotFound  sales-1" in text
