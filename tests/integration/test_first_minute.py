"""What ``make run`` shows, as a whole, at the widths of usual terminals and without one.

Durations of steps and of requests, which the machine makes, are replaced by fixed ones, and so are names, dates and the
user; ``GOLDEN=write`` writes the files anew.
"""

import copy
import getpass
import json
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.cli import watched_run
from local.report.events import Event
from local.report.report import Step
from local.report.so_far import StepsSoFar
from tests.integration.conftest import TUTORIAL
from tests.support import golden
from tests.support.run_command import Done, command
from tests.support.screen import screen_of
from tests.support.terminal import on_a_terminal

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
WIDTHS = (60, 80, 120)

EVENTS = ROOT / "events"

FILES: dict[str, Any] = {
    "run": json.loads((EVENTS / "console.json").read_text("utf-8")),
    "upload": json.loads((EVENTS / "s3-object-created.json").read_text("utf-8")),
    "failed": {"project": TUTORIAL, "datamart": "Broken SQL"},
    "misspelt": {"project": TUTORIAL, "datamart": "City", "prompts": [{"name": "Country", "answers": ["USA"]}]},
    "refused": {"project": TUTORIAL, "datmart": "City"},
    "batch": {
        "batch": {
            "defaults": {"project": TUTORIAL},
            "maxConcurrency": 1,
            "items": [
                {"name": "sales of all categories", "datamart": "Category Sales"},
                {"name": "early", "datamart": "Fails Early", "after": ["sales of all categories"]},
                {"name": "stores", "datamart": "Store Master", "after": ["early"]},
            ],
        }
    },
}

NORMAL = (
    (re.compile(r"\b(run|batch)-[0-9a-f]{12}\b"), r"\1-0123456789ab"),
    (re.compile(r"\bcountry-upload-[0-9a-f]{32}\b"), f"country-upload-{'0123456789abcdef' * 2}"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}"), "2026-11-27 06:00:00 +0100"),
)


COPIED = ("datamart ", ".datamart/")
"""How lines begin that are not broken, because people copy them."""


class FixedTimes(StepsSoFar):
    """The steps that there really are, with times that do not depend on the machine."""

    def steps(self, events: Sequence[Event], log: Iterable[str] = ()) -> tuple[Step, ...]:
        return tuple(_fixed(step) for step in super().steps(events, log))


def _fixed(step: Step) -> Step:
    seconds, waited = (1.02, 1.0) if step.state == "GetStatus" else (0.02, None)
    calls = tuple(replace(call, ms=5) for call in step.calls)
    if step.seconds is None:
        return replace(step, calls=calls)
    waited = None if waited is None else waited * step.times
    return replace(step, seconds=seconds * step.times, waited_seconds=waited, calls=calls)


@pytest.fixture
def shown(
    run_command: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str, int | None], str]:
    """What ``datamart run`` shows of a file on a terminal of so many columns, or without a terminal."""
    monkeypatch.setattr(watched_run, "StepsSoFar", FixedTimes)
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LINES", "50")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATAMART_HOME", ".datamart")

    def show(name: str, width: int | None) -> str:
        content, file = copy.deepcopy(FILES[name]), Path(f"{name}.json")
        if name == "upload":  # of each test another one: an event starts no second run
            content["detail"]["object"]["version-id"] = uuid.uuid4().hex
        file.write_text(json.dumps(content, indent=2), "utf-8")
        words = ("run", str(file), "--max-wait", "0")
        if width is None:
            done = run_command(*words)
            text = f"{done.out}{done.err}"
            assert not [line for line in text.splitlines() if line != line.rstrip()]
        else:
            monkeypatch.setenv("COLUMNS", str(width))
            text = screen_of(on_a_terminal(lambda: command(*words))[1])
        for pattern, normal in NORMAL:
            text = pattern.sub(normal, text)
        return "".join(f"{line.rstrip()}\n" for line in text.splitlines())

    return show


@pytest.mark.parametrize(
    ("name", "width"),
    [
        *(("run", width) for width in (*WIDTHS, None)),
        *(("batch", width) for width in (*WIDTHS, None)),
        *(("failed", width) for width in (60, 80, None)),
        *(("upload", width) for width in (80, None)),
        ("misspelt", 80),
        ("refused", None),
    ],
)
def test_what_a_person_sees(shown: Callable[[str, int | None], str], name: str, width: int | None) -> None:
    text = shown(name, width)
    golden.check(GOLDEN / f"{name}-{width or 'plain'}.txt", text)
    if width is not None:
        wide = [line.strip() for line in text.splitlines() if len(line) > width]
        assert [line for line in wide if not line.startswith(COPIED)] == []


def test_the_readme_shows_what_make_run_prints_up_to_the_table() -> None:
    whole = (GOLDEN / "run-80.txt").read_text("utf-8")
    shown, *_ = whole.split("\nDM_CITY: 6 rows\n")
    assert shown != whole
    assert f"```\n{shown}```\n" in (ROOT / "README.md").read_text("utf-8")


def test_no_part_of_the_picture_is_drawn_over_the_dialogue(
    run_command: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    asks = tmp_path / "asks.json"
    asks.write_text(json.dumps({"project": TUTORIAL, "datamart": "City", "unanswered": "ask"}), "utf-8")
    typed = ["Atlantis\n", "USA\n"]
    code, written = on_a_terminal(lambda: command("run", str(asks), "--max-wait", "0"), typed=typed)
    seen = screen_of(written)
    assert code == 0, seen
    place = 0
    for part in (
        *("City → DM_CITY", "PrepareRun", "GetPrompts", "AskPerson", "Elements of Country", "> Atlantis"),
        *("Not accepted", "> USA", "AskPerson", "TakeAnswers", "Attempt 2", "AnswerPrompts", "LogOut"),
        *("SUCCEEDED", "USA  answered", "What next"),
    ):
        assert part in seen[place:], f"{part} is not where it belongs:\n{seen}"
        place = seen.index(part, place) + len(part)
    assert seen.count("PrepareRun") == 2
