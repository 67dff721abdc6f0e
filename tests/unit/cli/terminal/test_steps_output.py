"""The picture of a run's steps, whole, at the widths of usual terminals: GOLDEN=write writes it anew."""

from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from local.cli.steps_output import lines_of_steps
from local.report.assemble import assembled
from local.report.report import Attempt, Call, RunReport, Step, StepFailure
from tests.support import golden
from tests.unit.report.executions import nightly, record

GOLDEN = Path(__file__).with_name("golden")
AT = "2026-11-20T05:00:00.000Z"


@pytest.fixture
def report() -> RunReport:
    """A run that queued and looked four times; then its second attempt, which failed."""
    found = assembled(record(), nightly().kept())
    again = (
        Step("LogIn", 2, AT, 0.04, calls=(Call("POST", "/auth/login", None, 9_000, 3, 2, "ServerUnavailable"),)),
        Step("ExecuteDatamart", 2, AT, 300.0, failures=(StepFailure(AT, "ServerUnavailable", "no response " * 9),)),
        Step("GetPrompts", 2, AT, 0.0, calls_left_out=7),
    )
    attempts = (*found.attempts, Attempt(2, AT, 300.0, "Fail", "ServerUnavailable"))
    return replace(found, steps=(*found.steps, *again), attempts=attempts)


def picture(report: RunReport, width: int) -> str:
    attempts = {attempt.number: attempt for attempt in report.attempts}
    return "".join(f"{line.plain.rstrip()}\n" for line in lines_of_steps(report.steps, width, attempts))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_picture_of_a_width(report: RunReport, width: int) -> None:
    golden.check(GOLDEN / f"steps-{width}.txt", picture(report, width))


@pytest.mark.parametrize("width", range(60, 131, 7))
def test_no_line_is_wider_than_the_terminal(report: RunReport, width: int) -> None:
    wide = Call("GET", "/東京" * 60, 200, 123_456_789, 10_000, 9_999)
    odd = Step("東京" * 30, 1, AT, 1e9, 12_345, 1e8, (wide,), failures=(StepFailure(AT, "E" * 200, "why " * 60),))
    steps = (*report.steps, odd, replace(odd, seconds=None))
    lines = lines_of_steps(steps, width, now=4.0)
    assert len(lines) > 30
    assert max(cell_len(line.plain) for line in lines) <= width


def test_bars_compare_times_and_show_how_much_of_them_was_waiting() -> None:
    half = Step("GetStatus", 1, AT, 10.0, waited_seconds=5.0)
    short = Step("LogIn", 1, AT, 0.0)
    first, second, _ = (line.plain for line in lines_of_steps([half, short], 80))
    assert (first.count("░"), first.count("█")) == (26, 25)
    assert second.count("▏") == 1
