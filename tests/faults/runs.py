"""The kinds of run, and what each does without faults: the places at which a fault can meet it."""

from dataclasses import dataclass
from typing import Any

from local.simulator import catalogue
from local.simulator.catalogue import TUTORIAL

COUNTRIES = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]
OPTIONS = {"saveAsWithAnswers": True, "saveAsFilterWithPrompts": True, "saveAsTemplateWithPrompts": False}

RUNS: dict[str, dict[str, Any]] = {
    "unprompted": {"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES},
    "prompted": {"project": "MicroStrategy Tutorial", "datamart": "City", "prompts": COUNTRIES},
    "nested": {
        "project": TUTORIAL,
        "datamart": catalogue.NESTED,
        "prompts": [
            {"name": "Country of the city", "answers": [{"name": "USA"}]},
            {"name": "City in the country", "answers": [{"name": "Boston"}]},
            {"name": "Least amount 1", "answers": "0"},
        ],
    },
    "saveAs": {
        "project": TUTORIAL,
        "datamart": catalogue.CITY,
        "prompts": COUNTRIES,
        "saveAs": {"name": "City of mine", "folder": "/Public Objects/Archive", "promptOptions": OPTIONS},
    },
}
"""Requests by kind of run. Between them: names and ids, every step, every prompt round."""


@dataclass(frozen=True)
class Baseline:
    """What a run without faults does, each in order and numbered: ``execute#1``, ``get_status#2``."""

    requests: tuple[str, ...]
    functions: tuple[str, ...]
    states: tuple[str, ...]
    aws_calls: tuple[str, ...]
