"""JSON that AWS and the server would not read is refused before anything is sent."""

import pytest

from local.cli.dialogue import from_json


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("NaN", "NaN is not a JSON number"),
        ("-Infinity", "-Infinity is not a JSON number"),
        ("1e999", "1e999 is not a JSON number"),
        ("9" * 5_000, "99999999999999999999 is not a JSON number"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_only_python_reads_or_nobody_does_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        from_json(text)


def test_numbers_in_every_notation_of_json_are_read() -> None:
    assert from_json("[1, -2.5, 1e3, 0]") == [1, -2.5, 1000.0, 0]
