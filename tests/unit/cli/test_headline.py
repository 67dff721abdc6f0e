"""The line that says what is about to run."""

from pathlib import Path
from typing import Any

import pytest

from local.cli.headline import Target, headline_of

FILE = Path("mine/night.json")
CITY = "85000B907B4EAD3B0D9522A9CFD10DBC"
TARGETS = {
    CITY: Target("City", "DM_CITY"),
    "1": Target("Same", "DM_ONE"),
    "2": Target("Same", "DM_TWO"),
    "3": Target("Report", ""),
}
COUNTRIES = {"name": "Country", "answers": [{"name": "USA"}, {"id": "h1;8D"}]}


def values(*answers: Any) -> dict[str, Any]:
    return {"datamart": "Sales", "prompts": [{"name": "Any", "answers": list(answers)}]}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"datamart": CITY}, "City → DM_CITY"),
        ({"datamart": "City", "prompts": [COUNTRIES]}, "City → DM_CITY, for USA and h1;8D"),
        ({"datamart": {"name": "City", "path": "/Public Objects"}}, "City → DM_CITY"),
        ({"datamart": "Same"}, "Same"),
        ({"datamart": "Report"}, "Report"),
        ({"datamart": "Other"}, "Other"),
        (values("a"), "Sales, for a"),
        (values("a", "b", "c"), "Sales, for a, b and c"),
        (values("a", 2, {"x": 1}, "d", "e"), 'Sales, for a, 2, {"x": 1} and 2 more'),
        (values(), "Sales"),
        (values("x" * 60), f"Sales, for {'x' * 39}…"),
        ({"datamart": "Sales", "prompts": [{"name": "Any", "useDefault": True}]}, "Sales"),
        ({"datamart": "Sales", "prompts": [{"name": "Any", "answers": "2026-11-27"}]}, "Sales, for 2026-11-27"),
        ({"job": "city-nightly"}, "Job city-nightly"),
        ({"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00"}, "Job city-nightly, for 2026-11-20T05:00+01:00"),
        ({"batch": {"items": [{}, {}]}}, "Batch night.json, 2 items"),
        ({"batch": "nightly"}, "Batch nightly"),
        ({"restartOf": "arn:aws:states:x:y:execution:machine:batch-1"}, "The rest of batch-1"),
        (
            {"source": "aws.s3", "detail-type": "Object Created"},
            "night.json is EventBridge's event of an upload (Object Created)",
        ),
    ],
)
def test_a_line_says_what_is_about_to_run(content: Any, line: str) -> None:
    assert headline_of(content, FILE, TARGETS) == line


def test_hidden_answers_are_not_in_it() -> None:
    assert headline_of({"datamart": "City", "prompts": [COUNTRIES]}, FILE, TARGETS, hides_answers=True) == (
        "City → DM_CITY"
    )
