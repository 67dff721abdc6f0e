"""Answers that people write by name are refused with the list to paste, which is then accepted."""

import json
from typing import Any

import pytest

from functions.errors import InvalidRequest
from functions.requests.request import normalise

REQUEST = {"project": "P", "datamart": "City"}


def refusal(prompts: Any) -> str:
    with pytest.raises(InvalidRequest) as refused:
        normalise(REQUEST | {"prompts": prompts})
    return str(refused.value)


@pytest.mark.parametrize(
    ("written", "sample"),
    [
        ({"Country": ["USA"]}, [{"name": "Country", "answers": ["USA"]}]),
        (
            {"Country": "USA", "Day": "2026-11-20"},
            [{"name": "Country", "answers": "USA"}, {"name": "Day", "answers": "2026-11-20"}],
        ),
        ({"name": "Country", "answers": ["USA"]}, [{"name": "Country", "answers": ["USA"]}]),
        ([{"Country": ["USA"]}], [{"name": "Country", "answers": ["USA"]}]),
        ([{"Größe": 5}, {"Country": ["USA"]}], [{"name": "Größe", "answers": 5}]),
    ],
)
def test_the_list_to_paste_has_what_was_written_and_is_accepted(written: Any, sample: list[Any]) -> None:
    text = refusal(written)
    assert text.startswith("prompts")
    pasted = json.loads(text.partition("Write: ")[2])
    assert pasted == sample
    assert normalise(REQUEST | {"prompts": pasted})["prompts"] == normalise(REQUEST | {"prompts": sample})["prompts"]


def test_what_is_written_is_left_as_it_is() -> None:
    written = {"prompts": [{"Country": ["USA"]}], **REQUEST}
    refusal(written["prompts"])
    assert written["prompts"] == [{"Country": ["USA"]}]


def test_a_long_list_is_cut_after_its_first_entry_and_a_long_entry_is_replaced_by_an_example() -> None:
    assert refusal({"Country": "USA", "Rest": "x" * 700}).endswith('[{"name": "Country", "answers": "USA"}, …]')
    assert len(refusal({"Country": "x" * 100_000})) < 700


def test_a_stage_that_hides_answers_does_not_show_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOW_ANSWERS", "false")
    assert "secret" not in refusal({"Country": ["secret"]}) + refusal([{"Country": "secret"}])


@pytest.mark.parametrize("prompts", ["Country", [5], [{}], {}])
def test_anything_else_is_refused_as_what_it_is(prompts: Any) -> None:
    assert "Write:" not in refusal(prompts)


def test_an_entry_with_its_prompt_and_a_misspelt_key_is_told_the_key() -> None:
    assert "did you mean answers" in refusal([{"name": "Country", "answer": "USA"}])


def test_keys_that_are_only_read_over_are_not_among_the_allowed_ones() -> None:
    assert refusal([{"name": "Country", "answer": "x"}]).endswith(
        "allowed keys: key, id, name, type, answers, useDefault."
    )
