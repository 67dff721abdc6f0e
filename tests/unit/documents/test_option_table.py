"""What a stage costs with and without each option: of the parts that there are, at the prices of the dated file."""

import json
from pathlib import Path

import pytest

from infra.costs.prices import PRICES, price
from infra.documents.option_table import option_table, parts
from infra.settings.settings import SCHEMA


def template_with(tmp_path: Path, alarms: int) -> Path:
    """A template whose last alarm looks at two metrics, by an expression."""
    resources = {str(number): {"Type": "AWS::CloudWatch::Alarm", "Properties": {}} for number in range(alarms)}
    resources[str(alarms - 1)]["Properties"] = {"Metrics": [{"Expression": "a+b"}, {"Id": "a"}, {"Id": "b"}]}
    path = tmp_path / "template.json"
    path.write_text(json.dumps({"Resources": resources}))
    return path


def test_an_alarm_costs_by_the_metrics_that_it_looks_at(tmp_path: Path) -> None:
    (alarms,) = [part for part in parts(template_with(tmp_path, 3)) if part.name == "3 alarms"]
    assert alarms.usd == pytest.approx(4 * price("alarm_month"))


def test_each_option_is_a_key_of_the_settings_and_adds_something(tmp_path: Path) -> None:
    options = [part for part in parts(template_with(tmp_path, 1)) if part.setting is not None]
    assert {part.setting for part in options} == {"dashboard", "chat", "openLineage", "customerManagedKey"}
    assert {part.setting for part in options} <= SCHEMA.rules["properties"].keys()
    assert all(part.usd > 0 for part in options)


def test_the_sums_are_those_of_the_rows(tmp_path: Path) -> None:
    path = template_with(tmp_path, 2)
    least, most = [float(line.split("**")[-2]) for line in option_table(path).splitlines()[-2:]]
    always = sum(part.usd for part in parts(path) if part.setting is None)
    assert least == pytest.approx(always, abs=0.005)
    assert most == pytest.approx(sum(part.usd for part in parts(path)), abs=0.005)


def test_every_price_has_a_date_and_says_what_confirms_it() -> None:
    for name, found in PRICES.items():
        if isinstance(found, dict):
            assert {"usd", "page", "as_of", "confirmed_by"} == found.keys(), name
