"""The one module that prints: nothing from outside reaches a terminal but characters that print."""

import ast
import io
import json
import sys
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

from local.cli.console import console_for
from local.cli.terminal import as_json, put, put_json, say

ROOT = Path(__file__).parents[4]
HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b5m\u202e[red]marked[/red] :smile:\r\nforged\x08\x7f\u2028\ud800"
SHOWN = " [2J ]0;owned  5m [red]marked[/red] :smile:  forged    "


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(*what: object) -> str:
    file = Terminal()
    console_for(file).print(*what, soft_wrap=True)
    return file.getvalue()


def test_a_string_is_one_line_without_control_characters_and_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(HOSTILE) == f"{SHOWN}\n"


def test_a_cell_and_a_title_of_a_table_are_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    table = Table(HOSTILE, title=HOSTILE)
    table.add_row(HOSTILE)
    text = printed(table)
    assert text.count("[red]marked[/red]") == 3
    assert not [line for line in text.split("\n") if line.strip().startswith("forged")]
    for hostile in ("\x1b[2J", "\x1b]", "\x9b", "\x07", "\u202e", "\x08"):
        assert hostile not in text


def test_a_rich_text_of_a_raw_string_loses_its_control_characters() -> None:
    assert "\x1b" not in printed(Text(HOSTILE))
    assert "\u202e" not in printed(Text(HOSTILE))


def test_without_a_terminal_no_line_ends_in_blanks_but_a_question_keeps_its_own() -> None:
    file, table = io.StringIO(), Table.grid(padding=(0, 2))
    for cells in (("Run", "run-1"), ("Started", "2026-11-27 06:00:00")):
        table.add_row(*cells)
    console_for(file).print(table)
    console_for(file).print("Which? ", end="")
    assert file.getvalue() == "Run      run-1\nStarted  2026-11-27 06:00:00\nWhich? "


def test_our_own_colours_stay() -> None:
    assert "\x1b[1;31mFAILED" in printed(Text("FAILED", style="bold red"))


def test_a_hostile_text_is_printed_as_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    put(HOSTILE)
    said = capsys.readouterr()
    assert (said.out, said.err) == (f"{SHOWN}\n", f"{SHOWN}\n")


def test_json_has_escapes_for_what_does_not_print_and_reads_back_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    put_json({"é": HOSTILE})
    out = capsys.readouterr().out
    assert out.removesuffix("\n").isprintable()
    assert "é" in out
    assert json.loads(out) == {"é": HOSTILE}
    assert as_json({"a": ["\x7f"]}, indent=1) == '{\n "a": [\n  "\\u007f"\n ]\n}'


def test_json_is_ascii_where_the_stream_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding="latin-1"))
    put_json({"name": "Bücher 東"})
    assert json.loads(buffer.getvalue().decode("ascii")) == {"name": "Bücher 東"}


def _prints(tree: ast.AST) -> list[str]:
    """Calls that write to a standard stream, or make a console of rich's own."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in ("print", "Console", "sys.stdout.write", "sys.stderr.write", "rich.print"):
                found.append(called)
    return found


def test_no_other_module_prints() -> None:
    files = [
        path for path in (ROOT / "local").rglob("*.py") if path.name not in ("terminal.py", "console.py", "process.py")
    ]
    assert len(files) > 100
    prints = {str(path.relative_to(ROOT)): _prints(ast.parse(path.read_text("utf-8"))) for path in files}
    assert {name: calls for name, calls in prints.items() if calls} == {}
