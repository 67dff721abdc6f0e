"""Code, documents and tests use the words of the field."""

import pytest

from tests.unit.documents.words import found_everywhere, found_in

ALLOWED = {
    "Of which year?": "the title of a prompt of the simulator",
    "of which year": "the same title, misspelled",
}
"""Lines that may use such a word: a part of the line, and why. At most 15."""


def test_no_private_word_is_left() -> None:
    found = [one for one in found_everywhere() if not any(part in one.line for part in ALLOWED)]
    assert [f'{one.where}: "{one.word}"; write: {one.instead}' for one in found] == []


def test_every_allowed_line_is_still_there_and_there_are_few() -> None:
    lines = [one.line for one in found_everywhere()]
    assert [part for part in ALLOWED if not any(part in line for line in lines)] == []
    assert len(ALLOWED) <= 15


@pytest.mark.parametrize(
    "line", ["the stage is none", "what became of it", "that is no name", "a Misfit", "Of which", "run.learn_job("]
)
def test_a_private_word_is_found(line: str) -> None:
    assert [one.where for one in found_in("here", line)] == ["here:1"]


@pytest.mark.parametrize("line", ["there is no such file", "it is no longer there", "ordered by date", "Heading"])
def test_plain_english_is_left_alone(line: str) -> None:
    assert list(found_in("here", line)) == []
