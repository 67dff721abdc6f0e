"""The live picture of a run's steps, and what others write to the terminal meanwhile."""

import io
from collections.abc import Iterator

import pytest

from functions import clock
from local.cli.progress import Progress
from local.cli.steps_output import lines_of_steps
from local.cli.streams import unbreakable
from local.report.report import Call, Step
from tests.support.screen import screen_of

BEGIN = 1_795_000_000.0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "30")


def steps(*states: str) -> list[Step]:
    """A second each, one after the other; the last one goes on."""
    found = [
        Step(state, 1, clock.timestamp(BEGIN + second), 1.0, calls=(Call("GET", f"/{state}", 200, 5),))
        for second, state in enumerate(states)
    ]
    *ended, last = found
    return [*ended, Step(last.state, 1, last.started_at, None)]


def growing(progress: Progress, *states: str) -> None:
    for count in range(1, len(states) + 1):
        progress.show("run", steps(*states[:count]), BEGIN + count - 0.5)


def names_in(text: str) -> list[str]:
    """What each line begins with, calls and the legend left out."""
    return [line.split()[0] for line in text.splitlines() if line and line[0] not in " ░"]


def test_on_a_terminal_there_is_one_picture_in_the_end() -> None:
    terminal = Terminal()
    with Progress(terminal) as progress:
        growing(progress, "PrepareRun", "LogIn", "CreateInstance")
    assert names_in(screen_of(terminal.getvalue())) == ["PrepareRun", "LogIn", "CreateInstance"]
    assert screen_of(terminal.getvalue()).count("GET /LogIn") == 1


def test_the_time_of_the_present_step_goes_on() -> None:
    terminal = Terminal()
    with Progress(terminal) as progress:
        progress.show("run", steps("PrepareRun", "LogIn"), BEGIN + 3.5)
    assert screen_of(terminal.getvalue()).splitlines()[-1].split()[-2:] == ["2.50", "s"]


def test_the_picture_goes_on_below_a_dialogue_and_not_over_it() -> None:
    terminal = Terminal()
    with Progress(terminal) as progress:
        growing(progress, "PrepareRun", "LogIn", "AskPerson")
        for number in (1, 2):
            with progress.paused():
                terminal.write(f"{number} of 2: Elements of Country\n> USA\n")
        growing(progress, "PrepareRun", "LogIn", "AskPerson", "TakeAnswers")
    before, first, second = screen_of(terminal.getvalue()).split("of 2: Elements of Country\n> USA\n")
    assert names_in(before) == ["PrepareRun", "LogIn", "AskPerson", "1"]
    assert names_in(first) == ["AskPerson", "2"]
    assert names_in(second) == ["AskPerson", "TakeAnswers"]


def test_of_a_picture_that_is_higher_than_the_terminal_the_newest_part_is_seen_and_all_of_it_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINES", "10")
    terminal, states = Terminal(), [f"State{number}" for number in range(20)]
    with Progress(terminal) as progress:
        growing(progress, *states)
        written = terminal.getvalue()
        assert "State19" in written[written.rindex("State18") :]
        assert "State1 " not in written[written.rindex("State16") :]
    assert names_in(screen_of(terminal.getvalue()))[-20:] == states


def test_elsewhere_a_step_is_a_plain_line_once_it_has_ended() -> None:
    stream = io.StringIO()
    with Progress(stream) as progress:
        growing(progress, "PrepareRun", "LogIn", "GetStatus")
        assert names_in(stream.getvalue()) == ["PrepareRun", "LogIn"]
        with progress.paused():
            stream.write("waits\n")
        progress.show("run", [*steps("PrepareRun", "LogIn", "GetStatus")[:2], *steps("GetStatus", "LogOut")[:1]])
    assert stream.getvalue().splitlines() == [
        "PrepareRun            1.00 s",
        f"  GET /PrepareRun{'200    5 ms':>83}",
        "LogIn                 1.00 s",
        f"  GET /LogIn{'200    5 ms':>88}",
        "waits",
        "GetStatus             1.00 s",
        f"  GET /GetStatus{'200    5 ms':>84}",
    ]


def test_elsewhere_a_step_that_goes_on_for_long_says_so_ever_more_rarely() -> None:
    stream = io.StringIO()
    with Progress(stream) as progress:
        for minutes in range(1, 31):
            progress.show("run", steps("GetStatus"), BEGIN + 60 * minutes)
        progress.show("run", steps("GetStatus", "LogOut"), BEGIN + 2)
    lines = [line.split() for line in stream.getvalue().splitlines() if line.endswith("so far")]
    assert lines == [["GetStatus", str(minutes), "min", "so", "far"] for minutes in (1, 2, 4, 8, 16)]


def test_two_runs_of_one_event_are_shown_one_after_the_other() -> None:
    terminal = Terminal()
    with Progress(terminal) as progress:
        progress.show("one", steps("PrepareRun", "LogIn"))
        progress.show("two", steps("PrepareRun"))
        progress.show("one", steps("PrepareRun", "LogIn", "LogOut"))
    assert names_in(screen_of(terminal.getvalue())) == ["PrepareRun", "LogIn", "LogOut", "PrepareRun"]


@pytest.fixture
def ascii_stream() -> Iterator[io.TextIOWrapper]:
    with unbreakable():
        yield io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="plain")


def test_a_terminal_without_such_characters_has_bars_of_its_own(ascii_stream: io.TextIOWrapper) -> None:
    looks = Step("GetStatus", 1, clock.timestamp(BEGIN), 4.0, waited_seconds=2.0)
    for line in lines_of_steps([looks, *steps("LogOut", "x")[:1]], 60):
        ascii_stream.write(f"{line.plain}\n")
    ascii_stream.seek(0)
    first, second, *_ = ascii_stream.read().splitlines()
    assert first.split() == ["GetStatus", f"{'-' * 16}{'#' * 15}", "4.00", "s"]
    assert second.split() == ["LogOut", "#" * 8, "1.00", "s"]
