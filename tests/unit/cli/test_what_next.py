"""The commands that the end of ``datamart run`` names: what repeats an execution, and with which options."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.cli.end_of_run import show_next
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


def test_an_item_of_a_batch_may_be_loaded_and_the_rest_is_repeated_without_force() -> None:
    *_, last = shown(kind="batch", status="FAILED", loaded="unknown", error="BatchIncomplete")
    assert last.split("  ")[1] == "datamart rerun city-1"


def test_the_command_is_named_as_it_was_called_where_it_is_on_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [".venv/bin/datamart"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert shown(status="SUCCEEDED")[0].split("  ")[1] == ".venv/bin/datamart show city-1"
