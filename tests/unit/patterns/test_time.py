"""No regular expression takes time that grows faster than the text: somebody else writes the text."""

import re

import pytest

from tests.unit.patterns.found import Found, every_pattern
from tests.unit.patterns.timed import LONGER, QUADRATIC, seconds_at, slowest

CUT_BEFORE = {
    r"<title[^>]*>([^<]*)</title": 4_000,
    r"<(script|style)\b.*?</\1": 4_000,
    r"<[^>]*>": 4_000,
}
"""Patterns that grow with the square, and how many characters of a text their callers let them see."""

OF_OURS = {r"\$\{([^!}][^}]*)\}": "local/emulator/template.py reads the template that was synthesized here"}
"""Patterns that see no text from outside, and whose."""

PATTERNS = [
    (found, method)
    for found in every_pattern()
    if found.pattern.pattern not in OF_OURS
    for method in sorted(found.methods)
]


def test_the_patterns_of_the_code_are_found() -> None:
    found = {found.where for found, _ in PATTERNS}
    assert len(found) > 60
    assert found > {
        "functions/prompts/types/value.py: _NUMBER",
        "functions/object_ids.py: OBJECT_ID",
        "functions/requests/request.schema.json: ^[0-9A-Fa-f]{32}$",
        "local/aws/leases.py: _DATAMART",
    }


@pytest.mark.parametrize(
    ("source", "method"),
    [
        (r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?", "fullmatch"),
        (r"(a+)+", "fullmatch"),
        (r"<a[^>]*>", "sub"),
        (r"^message:[a-z]*[a-z]*-$", "search"),
        (r"ERR0*R?0*(\d+)", "fullmatch"),
    ],
)
@pytest.mark.exhaustive
def test_a_pattern_whose_time_grows_with_the_square_is_recognised(source: str, method: str) -> None:
    assert slowest(re.compile(source), method)[0] > QUADRATIC


@pytest.mark.parametrize(
    ("found", "method"), PATTERNS, ids=[f"{found.where[-60:]} {method}" for found, method in PATTERNS]
)
@pytest.mark.exhaustive
def test_a_pattern_takes_time_that_grows_as_the_text_does(found: Found, method: str) -> None:
    if found.pattern.pattern in CUT_BEFORE:
        assert seconds_at(found.pattern, method, CUT_BEFORE[found.pattern.pattern]) < 0.5
    else:
        ratio, text = slowest(found.pattern, method)
        assert ratio <= QUADRATIC, (
            f"{found.pattern.pattern} takes {ratio:.1f} times as long for {LONGER} times {text!r}"
        )
