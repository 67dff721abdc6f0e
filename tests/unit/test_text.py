"""What foreign text looks like once it is safe to show."""

import json

import pytest

from functions.text import as_json, duration, named, one_line, printable, quoted, shorten

HOSTILE = ("\x1b[2Jgone", "a\nWhat to do: b", "a\r\u2028b", "\u202etxt.exe", "\x9b2J", "\x00", "\x7f")


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


@pytest.mark.parametrize(
    "name", ["City", "Sales (2026), EMEA & co.", "/Public Objects/A", "2026-11-20T05:00+01:00", "é日本"]
)
def test_a_plain_name_is_shown_as_it_is(name: str) -> None:
    assert named(name) == name


@pytest.mark.parametrize(
    "name", [*HOSTILE, "a: b", "see https://evil.example", 'x"y', " x", "x ", "a  b", "", "x" * 201]
)
def test_a_name_that_could_pass_for_a_sentence_of_ours_is_quoted(name: str) -> None:
    assert named(name).isprintable()
    assert named(name)[0] == named(name)[-1] == '"'


@pytest.mark.parametrize("hostile", [*HOSTILE, "\U000e0001", "\ud800", '"', "\\"])
def test_json_that_is_shown_reads_the_same_and_has_nothing_unprintable(hostile: str) -> None:
    shown = as_json({hostile: [hostile]}, indent=2)
    assert json.loads(shown) == {hostile: [hostile]}
    assert shown.replace("\n", "").isprintable()


@pytest.mark.parametrize("longest", [3, 4, 10, 11, 12])
def test_a_shortened_text_has_at_most_so_many_bytes_and_shows_where_it_was_cut(longest: int) -> None:
    text = "aäb" * 3  # 12 bytes
    shown = shorten(text, longest)
    assert len(shown.encode()) <= longest
    assert shown == text if longest == 12 else shown.endswith("…") and text.startswith(shown[:-1])


@pytest.mark.parametrize("longest", [5, 100])
def test_a_shortened_text_is_valid_utf_8_even_if_it_was_not(longest: int) -> None:
    assert shorten("a\ud800" * 3, longest).encode().startswith(b"a?")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0 s"),
        (0.9, "0 s"),
        (59.9, "59 s"),
        (61, "1 min 1 s"),
        (3_000, "50 min"),
        (86_720, "24 h 5 min"),
        (7_230, "2 h"),
    ],
)
def test_a_duration_is_said_by_its_two_largest_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words
