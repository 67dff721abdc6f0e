"""What is shown of a batch's items while it goes on: in a live table, and line by line elsewhere."""

import io
from typing import Any

import pytest
from rich.cells import cell_len

from functions.runs.batches.model import BatchPlan, BatchRun
from functions.runs.batches.order import Plan
from local.cli.batch_progress import BatchProgress, BatchView, line_of, table_of
from local.cli.console import console_for

NOON = 1_800_000_000.0
NAMES = ("customers", "regions", "sales", "stock")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def view(states: str, usual: tuple[float | None, ...] = (None,) * 4, **more: Any) -> BatchView:
    plan = Plan(((), (), (0, 1), ()), usual)
    return BatchView(BatchRun("arn", states), BatchPlan(NAMES, plan, places=2), **more)


def rows(shown: BatchView, monkeypatch: pytest.MonkeyPatch, columns: int = 60, lines: int = 24) -> list[str]:
    """The table's rows and its last line, with single spaces."""
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", str(lines))
    console = console_for(Terminal())
    with console.capture() as captured:
        console.print(table_of(console, shown, NOON))
    plain = captured.get().replace("\x1b", "")
    for code in ("[0m", "[1m", "[2m", "[32m", "[33m", "[1;36m", "[1;31m"):
        plain = plain.replace(code, "")
    return [" ".join(line.split()) for line in plain.splitlines()]


def test_a_waiting_item_says_which_items_it_waits_for_or_that_it_waits_for_a_place() -> None:
    assert view("rwww").words(2, NOON) == "waits for customers, regions"
    assert view("lrww").words(2, NOON) == "waits for regions"
    assert view("rrww").words(3, NOON) == "waits for a place"


def test_lines_of_names_with_wide_characters_are_aligned() -> None:
    plan = BatchPlan(("売上", "sales"), Plan(((), ()), (None, None)), places=2)
    shown = BatchView(BatchRun("arn", "ll"), plan)
    assert shown.name_width == 5
    assert [cell_len(line_of(shown, item, NOON).partition("loaded")[0]) for item in (0, 1)] == [7, 7]


def test_of_many_items_that_it_waits_for_three_are_named() -> None:
    plan = BatchPlan(("a", "b", "c", "d", "e", "all"), Plan((*[()] * 5, (0, 1, 2, 3, 4)), (None,) * 6), places=1)
    assert BatchView(BatchRun("arn", "wwwwww"), plan).words(5, NOON) == "waits for a, b, c and 2 more"


def test_a_running_item_shows_its_time_against_the_usual_one() -> None:
    since = {0: NOON - 75}
    assert view("rwww", since=since).words(0, NOON) == "1 min 15 s"
    assert view("rwww", (600, None, None, None), since=since).words(0, NOON) == "1 min 15 s of usually 10 min"


def test_an_item_that_has_ended_shows_its_time_its_error_and_whether_it_loaded() -> None:
    shown = view(
        "lfsw",
        lines={
            0: {"durationSeconds": 3.21, "loaded": "yes"},
            1: {"durationSeconds": 1, "loaded": "no", "error": "DatamartFailed"},
            2: {"loaded": "no", "because": "regions"},
        },
    )
    assert [shown.words(item, NOON) for item in range(3)] == ["3.2 s", "1.0 s  DatamartFailed", "because of regions"]
    assert [shown.loaded(item) for item in range(4)] == ["yes", "no", "no", ""]


def test_the_table_has_a_row_for_each_item_and_the_counts_below(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = view("lrww", lines={0: {"durationSeconds": 3, "loaded": "yes"}}, since={1: NOON - 5})
    assert rows(shown, monkeypatch) == [
        "item state loaded",
        "customers loaded yes 3.0 s",
        "regions running 5 s",
        "sales waits for regions",
        "stock waits for a place",
        "2 not started, 1 running, 1 loaded",
    ]


def test_a_low_terminal_shows_what_runs_and_what_failed_and_says_how_many_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = rows(view("lwfr"), monkeypatch, columns=80, lines=6)
    assert [row.split()[0] for row in found[1:-1]] == ["sales", "stock"]
    assert found[-1].endswith("(2 are not shown)")


def test_without_a_terminal_each_item_is_a_line_when_it_has_ended() -> None:
    stream = io.StringIO()
    with BatchProgress(stream) as progress:
        progress.show(view("rrww"), [], NOON)
        progress.show(view("lrww", lines={0: {"durationSeconds": 3, "loaded": "yes"}}), [0], NOON)
    assert stream.getvalue() == "customers  loaded    3.0 s\n"


def test_the_table_goes_on_below_what_others_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with BatchProgress(stream) as progress:
        progress.show(view("rwww"), [], NOON)
        with progress.paused():
            stream.write("somebody asks\n")
    before, _, after = stream.getvalue().partition("somebody asks\n")
    assert "customers" in before
    assert "customers" in after


def test_a_name_cannot_forge_a_line_or_move_the_cursor() -> None:
    forged = "x\n\x1b[2Jloaded"
    plan = BatchPlan((forged,), Plan(((),), (None,)), places=1)
    line = line_of(BatchView(BatchRun("arn", "l"), plan), 0, NOON)
    assert "\n" not in line
    assert "\x1b" not in line
