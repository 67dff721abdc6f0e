"""The kinds of run, and what each does without faults: the places at which a fault can meet it."""

from dataclasses import dataclass, fields, replace
from typing import Any

from local.simulator import catalogue
from local.simulator.catalogue import TUTORIAL
from local.simulator.scenario import Scenario
from local.simulator.scenarios import scenario_named
from tests.faults.aws import AwsCall

COUNTRIES = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]
OPTIONS = {"saveAsWithAnswers": True, "saveAsFilterWithPrompts": True, "saveAsTemplateWithPrompts": False}

MINUTES = 30
"""Of every run: three times what an order is looked for, and few attempts at a server that is down for ever."""

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


ASKED = "asked"
"""The kind of run that asks people; only the functions around that are met in it."""

FOLLOWING = "following"
"""The kind of run that has follow-ups; only what it does beside the others is met in it."""

SAVING = "saving"
"""The kind of run that saves and then has follow-ups; only the save and what it does beside the others is met in it."""

THEN = [{"publishCube": "Category Cube"}, {"triggerEvent": "Load done"}]

REPLY = {"prompts": COUNTRIES}
"""What they reply at once."""


def request_of(run: str) -> dict[str, Any]:
    """What a run asks for: ``prompted+late-accept`` the same as ``prompted``."""
    kind = run.partition("+")[0]
    others = {
        ASKED: RUNS["prompted"] | {"prompts": [], "unanswered": "ask"},
        FOLLOWING: RUNS["unprompted"] | {"then": THEN},
        SAVING: RUNS["unprompted"] | {"save": {"promptOptions": {}}, "then": THEN},
    }
    return (RUNS | others)[kind] | {"timeoutMinutes": MINUTES}


def scenario_of(run: str) -> Scenario:
    """How the server behaves: ``+`` and a scenario's name change what that scenario changes, one after the other."""
    found, usual = Scenario(), Scenario()
    for name in run.split("+")[1:]:
        scenario = scenario_named(name)
        values = {field.name: getattr(scenario, field.name) for field in fields(Scenario)}
        found = replace(found, **{name: value for name, value in values.items() if value != getattr(usual, name)})
    return found


@dataclass(frozen=True)
class Baseline:
    """What a run without faults does, each in order and numbered: ``execute#1``, ``get_status#2``."""

    requests: tuple[str, ...]
    functions: tuple[str, ...]
    states: tuple[str, ...]
    aws_calls: tuple[AwsCall, ...]
