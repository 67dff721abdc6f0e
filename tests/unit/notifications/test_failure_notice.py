"""The notification of a failed run: what depends on its error."""

import json

import pytest

from functions.errors import ERRORS
from functions.notifications import failure_notice
from functions.notifications.run_end import end_of
from functions.runs.store.item_format import run_of
from tests.unit.notifications.test_forged_lines import DETAIL, ITEM

ABOUT_PROMPTS = ["PromptsUnanswered", "AskExpired"]


def text_of(error: str) -> str:
    return failure_notice.text(end_of(run_of(ITEM | {"outcome": ITEM["outcome"] | {"error": error}}, 1), DETAIL))


@pytest.mark.parametrize("error", ABOUT_PROMPTS)
def test_missing_answers_are_listed_as_json_to_paste(error: str) -> None:
    pasted = text_of(error).partition("Answers to put into the request: ")[2]
    assert len(json.loads(pasted)["prompts"]) == len(ITEM["unanswered"]["prompts"])


@pytest.mark.parametrize("error", sorted(set(ERRORS) - set(ABOUT_PROMPTS)))
def test_open_prompts_are_not_listed_after_an_error_about_something_else(error: str) -> None:
    assert "Answers to put into the request" not in text_of(error)
