"""What is said to go on from the end of a run with."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from local.cli.console import SafeConsole
from local.cli.end_of_run import show_next
from tests.unit.report.executions import record


def shown(width: int = 100, page: Path | None = None, **known: Any) -> list[str]:
    stream = io.StringIO()
    show_next(SafeConsole(file=stream, width=width, no_color=True), record(**known), page)
    return stream.getvalue().split("What next\n")[1].splitlines()


@pytest.mark.parametrize(
    ("known", "repeats"),
    [
        ({"status": "SUCCEEDED", "loaded": "yes"}, None),
        ({"status": "FAILED", "loaded": "no", "error": "ServerBusy"}, "datamart rerun city-1"),
        ({"status": "FAILED", "loaded": "unknown", "error": "DatamartFailed"}, "datamart rerun city-1 --force"),
        ({"status": "FAILED", "loaded": "yes", "error": "SaveFailed"}, "datamart rerun city-1 --force"),
        ({"status": "FAILED", "loaded": "no", "error": "InvalidRequest"}, None),
        ({"status": "FAILED", "loaded": "no", "error": "PromptsUnanswered"}, None),
        (
            {"status": "FAILED", "kind": "batch", "loaded": "unknown", "error": "BatchIncomplete"},
            "datamart rerun city-1",
        ),
    ],
)
def test_a_run_is_repeated_as_far_as_that_makes_sense(known: dict[str, Any], repeats: str | None) -> None:
    commands = [line.strip().split("  ")[0] for line in shown(**known)]
    assert commands[0] == "datamart show city-1"
    assert [command for command in commands if "rerun" in command] == ([] if repeats is None else [repeats])


def test_the_words_stand_beside_the_commands_or_above_them() -> None:
    wide = shown(page=Path("pages/city-1.html"), status="SUCCEEDED")
    assert wide[0] == "  datamart show city-1  all that is known of it"
    assert wide[-1] == "  pages/city-1.html     its page, for a browser"
    narrow = shown(width=40, status="SUCCEEDED")
    assert narrow[:2] == ["  all that is known of it", "    datamart show city-1"]


def test_the_command_is_named_as_it_was_called_where_it_is_on_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [".venv/bin/datamart"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert shown(status="SUCCEEDED")[0].split("  ")[1] == ".venv/bin/datamart show city-1"
