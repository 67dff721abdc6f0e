"""The live table of a run's states, and what others write to the terminal meanwhile."""

import io

import pytest

from local.cli.run_output import Progress

UP = "\x1b[1A"
"""Moves the cursor up a line, to draw the table anew."""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_table_goes_on_below_a_dialogue_and_not_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with Progress(terminal) as progress:
        for second, state in enumerate(("PrepareRun", "LogIn", "GetPrompts", "LogOut", "AskPerson")):
            progress.entered(state, second)
        assert UP in terminal.getvalue()
        with progress.paused():
            terminal.write("1 of 1: Elements of Country\n> ")
        progress.entered("TakeAnswers", 9)
    dialogue, after = terminal.getvalue().split("1 of 1: Elements of Country\n> ")
    assert "GetPrompts" in dialogue
    assert UP not in after[: after.index("TakeAnswers")]
    assert after.count("AskPerson") > 0
    assert "LogIn" not in after
