"""Values of answers in texts that people see, where a stage hides them."""

from typing import Any

import pytest

from functions.requests.hidden_answers import HIDDEN, without_answers
from functions.text import shown


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOW_ANSWERS", "false")


def test_texts_stay_as_they_are_unless_answers_are_hidden() -> None:
    assert without_answers("no element Atlantis", [{"answers": ["Atlantis"]}]) == "no element Atlantis"


@pytest.mark.usefixtures("hidden")
@pytest.mark.parametrize(
    ("given", "text", "seen"),
    [
        ([{"name": "City", "answers": ["Atlantis"]}], 'the prompt "City" has no "Atlantis"', f'has no "{HIDDEN}"'),
        ({"prompts": [{"answers": {"name": "Atlantis"}}]}, "no Atlantis here", f"no {HIDDEN} here"),
        ([{"send": {"answers": 1234.5}}], "takes at most 10, not 1234.5", f"10, not {HIDDEN}"),
        ([{"answers": ["New York", "New"]}], 'not "New York"', f'not "{HIDDEN}"'),
        ([{"answers": "a"}], "a value, not a", f"{HIDDEN} value, not {HIDDEN}"),
        ([{"answers": "x" * 500}], f"not {shown('x' * 500)}; shorten it", f'not "{HIDDEN}"; shorten it'),
        ([{"answers": 'say "hi"'}], 'not "say \\"hi\\""', f'not "{HIDDEN}"'),
    ],
)
def test_hidden_values_are_in_no_text(given: Any, text: str, seen: str) -> None:
    assert without_answers(text, given).endswith(seen)


@pytest.mark.usefixtures("hidden")
def test_names_of_prompts_and_parts_of_words_are_no_values() -> None:
    given = [{"name": "City", "type": "ELEMENTS", "answers": ["at", "", None, True]}]
    assert without_answers("the prompt City of Atlantis", given) == "the prompt City of Atlantis"
