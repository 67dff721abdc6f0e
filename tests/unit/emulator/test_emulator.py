"""The emulator's own parts: the template's references, the clock, what is laxer in moto than on AWS."""

from pathlib import Path
from types import SimpleNamespace

import pytest

import local.clock
from local.clock import Clock, StandingClock
from local.emulator.lambda_runtime import _merge
from local.emulator.template import Template


@pytest.fixture
def template(tmp_path: Path) -> Template:
    path = tmp_path / "template.json"
    path.write_text('{"Resources": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"a": 1}}}}')
    made = Template(path)
    made.made("Table", "table-name", Arn="arn:of:table")
    return made


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ({"Ref": "Table"}, "table-name"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "arn:of:table"),
        ({"Fn::GetAtt": "Table.Arn"}, "arn:of:table"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Table"}, 3]]}, "a-table-name-3"),
        ({"Fn::Sub": "${Table}/${Table.Arn}/${!Literal}"}, "table-name/arn:of:table/${!Literal}"),
        ({"Fn::Sub": ["${x}-${AWS::Partition}", {"x": {"Ref": "Table"}}]}, "table-name-aws"),
        ({"Fn::Select": ["1", {"Fn::Split": ["-", {"Ref": "Table"}]}]}, "name"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ([{"k": {"Ref": "Table"}}], [{"k": "table-name"}]),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}),
    ],
)
def test_a_reference_in_the_template_is_resolved(template: Template, value: object, meant: object) -> None:
    assert template.resolve(value) == meant


def test_a_reference_to_nothing_is_an_error(template: Template) -> None:
    with pytest.raises(KeyError, match="Nowhere"):
        template.resolve({"Ref": "Nowhere"})


def test_a_standing_clock_moves_only_when_it_is_put_forward(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = StandingClock()
    before = clock.now()
    monkeypatch.setattr(local.clock, "time", SimpleNamespace(time=lambda: before + 1000))
    assert clock.now() == before
    clock.advance(60)
    assert clock.now() == before + 60


def test_the_clock_never_goes_back() -> None:
    clock = Clock()
    before = clock.now()
    clock.advance(-100)
    assert clock.now() >= before


def test_functions_that_contradict_each_other_cannot_share_a_process() -> None:
    assert _merge([{"A": "1"}, {"A": "1", "B": "2"}]) == {"A": "1", "B": "2"}
    with pytest.raises(ValueError, match="A"):
        _merge([{"A": "1"}, {"A": "2"}])
