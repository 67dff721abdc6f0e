"""A placeholder that nobody fills in: the answer that holds it is refused with where placeholders belong."""

from typing import Any

import pytest

from functions.errors import InvalidRequest
from functions.prompts.plan import plan, unmatched_in_words
from functions.requests.request import normalise
from tests.unit.prompts.offered import Offered, named

BELONGS = "placeholders are filled in only in the prompt answers of a job file (infra/jobs)"
DAY = {"key": "K1", "name": "Day", "type": "VALUE", "dataType": "DATE"}
COUNTRY = {"key": "K2", "name": "Country", "type": "ELEMENTS"}
TEXT = {"key": "K3", "name": "Text", "type": "VALUE", "dataType": "TEXT"}


@pytest.mark.parametrize(
    ("prompt", "answers", "found"),
    [
        (DAY, "{yesterday}", "{yesterday}"),
        (DAY, "{monday-7:%d.%m.%Y}", "{monday-7:%d.%m.%Y}"),
        (COUNTRY, ["{stem}"], "{stem}"),
        (COUNTRY, [{"name": "{message.country}"}], "{message.country}"),
    ],
)
def test_an_answer_that_is_refused_and_holds_a_placeholder_says_where_placeholders_belong(
    prompt: dict[str, Any], answers: Any, found: str
) -> None:
    (problem,) = plan(
        [prompt], [{"name": prompt["name"], "answers": answers}], "default", Offered(named("USA"))
    ).problems
    assert problem.endswith(f" ({found}: {BELONGS})")


def test_an_answer_without_a_placeholder_is_refused_without_that_hint() -> None:
    (problem,) = plan([DAY], [{"name": "Day", "answers": "{{yesterday}} {x}"}], "default", Offered([])).problems
    assert "placeholder" not in problem


def test_a_text_may_hold_braces() -> None:
    made = plan([TEXT], [{"name": "Text", "answers": "{today}"}], "default", Offered([]))
    assert [answer["send"]["answers"] for answer in made.answers] == ["{today}"]


def test_the_name_of_a_prompt_that_holds_a_placeholder_gets_the_hint() -> None:
    assert BELONGS in unmatched_in_words([{"name": "{stem}", "answers": "x"}], [DAY])[0]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("project", "P {today}"),
        ("datamart", "{firstOfQuarter:%Y}"),
        ("datamart", {"name": "City", "path": "/Public Objects/{today}"}),
        ("saveAs", {"name": "City {today:%Y-%m}", "folder": "/Public Objects"}),
    ],
)
def test_a_day_in_the_name_of_an_object_is_refused_with_where_placeholders_belong(key: str, value: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"\} is not filled in here; placeholders are filled in only in the prom"):
        normalise({"project": "P", "datamart": "City", key: value})
