"""The commands that the end of ``datamart run`` names: what repeats an execution, and with which options."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.cli.end_of_run import program_name, show_end, show_next
from local.outcome import Outcome
from local.report.report import RunReport
from local.report.sentence import items_left
from tests.unit.report.executions import record

LEFT = [{"kind": "triggerEvent", "name": "Load done", "outcome": "notDone"}]
DONE = [LEFT[0] | {"outcome": "done"}]


def shown(width: int = 120, page: Path | None = None, library_url: str | None = None, **changes: Any) -> list[str]:
    """The lines, without their heading."""
    console = Console(file=io.StringIO(), width=width)
    show_next(console, record(**changes), page, library_url)
    assert isinstance(console.file, io.StringIO)
    _, heading, *lines = console.file.getvalue().splitlines()
    assert heading == "What next"
    return lines


@pytest.mark.parametrize(
    ("changes", "command", "words"),
    [
        ({"loaded": "no", "error": "DatamartFailed"}, "rerun city-1", "to repeat it"),
        ({"loaded": "yes", "error": "SaveFailed"}, "rerun city-1 --force", "to load it once more all the same"),
        (
            {"loaded": "yes", "error": "FollowUpFailed", "follow_ups": LEFT},
            *("rerun city-1 --follow-ups", "to repeat what is missing, without a load"),
        ),
        (
            {"loaded": "yes", "error": "SaveFailed", "follow_ups": DONE},
            *("rerun city-1 --force", "to load it once more all the same"),
        ),
    ],
)
def test_what_failed_is_repeated_by_the_command_that_does_what_is_missing(
    changes: dict[str, Any], command: str, words: str
) -> None:
    *_, last = shown(status="FAILED", **changes)
    said, _, meaning = last.strip().partition("  ")
    assert said.endswith(command)
    assert meaning.strip() == words


def test_what_ran_on_a_real_server_is_repeated_there_and_not_on_the_simulator() -> None:
    *_, last = shown(library_url="https://mstr.example.com/Library", status="FAILED", loaded="no", error="NotFound")
    assert last.split("  ")[1].endswith("rerun city-1 --library-url https://mstr.example.com/Library")


def test_what_fails_again_is_not_repeated() -> None:
    assert not any("rerun" in line for line in shown(status="FAILED", loaded="no", error="InvalidRequest"))


def test_on_a_narrow_terminal_each_command_is_below_its_words() -> None:
    *_, words, command = shown(60, status="FAILED", loaded="yes", error="FollowUpFailed", follow_ups=LEFT)
    assert words == "  to repeat what is missing, without a load"
    assert command.startswith("    ")
    assert command.endswith("rerun city-1 --follow-ups")


def test_after_a_success_there_is_what_has_run_and_the_page() -> None:
    assert shown(status="SUCCEEDED", loaded="yes", page=Path("pages/city-1.html")) == [
        "  datamart show city-1  all that is known of it",
        "  datamart runs         what has run so far",
        "  pages/city-1.html     its page, for a browser",
    ]


FAILED_ITEM: dict[str, Any] = {"status": "FAILED", "error": "FollowUpFailed", "loaded": "yes", "follow_ups": LEFT}


def batch_with(*names: str, **changes: Any) -> RunReport:
    """A batch with items whose follow-ups failed, and one that has done all of its own."""
    left = [record(kind="run", id=f"{name}-1", item=name, cause=f"no {name}", **FAILED_ITEM) for name in names]
    return RunReport(record(kind="batch", **changes), items=(*left, record(id="done-1", item="done")))


def of_batch(report: RunReport, server: str | None = None) -> tuple[list[str], list[str]]:
    """The lines of its end, and those of what next."""
    console = Console(file=io.StringIO(), width=140)
    batch = report.run.execution.replace("datamart-runner-dev", "datamart-runner-dev_batches")
    show_end(console, Outcome(batch, report.run.status, None, "why", {"durationSeconds": 1.0}), report)
    show_next(console, report.run, None, server, items_left(report))
    assert isinstance(console.file, io.StringIO)
    end, _, following = console.file.getvalue().partition("What next\n")
    return end.splitlines(), following.splitlines()


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_an_item_whose_follow_up_failed_is_named_with_the_cause_and_the_command(status: str) -> None:
    url = "https://mstr.example.com/Library"
    end, following = of_batch(batch_with("sales", status=status, loaded="yes"), url)
    assert "sales: FollowUpFailed: no sales" in end
    words = following.index("  what is to follow sales")
    assert following[words + 1] == f"    {program_name()} rerun sales-1 --follow-ups --library-url {url}"
    assert not any("done" in line for line in following)


def test_of_many_items_whose_follow_ups_failed_some_are_named_and_the_others_counted() -> None:
    end, following = of_batch(batch_with(*"abcde", status="SUCCEEDED", loaded="yes"))
    assert end[-5:-1] == [
        *(f"{name}: FollowUpFailed: no {name}" for name in "abc"),
        "And 2 more items whose follow-ups are not all done.",
    ]
    assert sum("--follow-ups" in line for line in following) == 3


def test_an_item_of_a_batch_may_be_loaded_and_the_rest_is_repeated_without_force() -> None:
    *_, last = shown(kind="batch", status="FAILED", loaded="unknown", error="BatchIncomplete")
    assert last.split("  ")[1] == "datamart rerun city-1"


def test_the_command_is_named_as_it_was_called_where_it_is_on_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [".venv/bin/datamart"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert shown(status="SUCCEEDED")[0].split("  ")[1] == ".venv/bin/datamart show city-1"
