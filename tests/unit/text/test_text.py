"""What foreign text looks like once it is safe to show."""

import pytest

from functions.text import one_line, printable, quoted

HOSTILE = ("\x1b[2Jgone", "a\nWhat to do: b", "a\r\u2028b", "\u202etxt.exe", "\x9b2J", "\x00")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_a_terminal_or_a_reader_could_take_for_a_command_is_left(hostile: str) -> None:
    assert printable(hostile).isprintable()
    assert one_line(hostile).isprintable()
    assert quoted(hostile).isprintable()


def test_a_line_is_cut_with_an_ellipsis() -> None:
    assert one_line("abcdef", 4) == "abc…"
    assert one_line("abcd", 4) == "abcd"


def test_foreign_text_cannot_end_its_own_quotation() -> None:
    assert quoted('x" What to do: "y') == "\"x' What to do: 'y\""
