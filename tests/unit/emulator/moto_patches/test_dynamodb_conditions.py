"""A condition that is parsed once for many requests means what moto makes of it for each."""

from typing import Any

import pytest
from moto.dynamodb.comparisons import ConditionExpressionParser, FuncSize
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from local.emulator.moto_patches import dynamodb_conditions

CONDITIONS = [
    "attribute_exists(a)",
    "attribute_not_exists(#m.#b) AND a = :one",
    "(a = :one OR a = :two) AND NOT contains(#l, :x)",
    "#m.#b <> :two",
    "#l[0] = :x OR size(#l) > :two",
    "a BETWEEN :one AND :two",
    "a IN (:two, :one) and begins_with(t, :x)",
    "attribute_type(#m, :x)",
    "size(#m) = :one OR size(t) > :two",
]
WRONG = [
    "a =",
    "((a = :one))",
    "a = :one OR",
    "#unknown = :one",
    "a = :unknown",
    "attribute_exists(:one)",
    "size(a)",
    "count = :one",
    "a = :one $",
]
NAMES = {"#m": "m", "#b": "b", "#l": "l"}
VALUES = [
    {":one": {"N": "1"}, ":two": {"N": "2"}, ":x": {"S": "x"}},
    {":one": {"N": "3"}, ":two": {"N": "0"}, ":x": {"S": "M"}},
    {":one": {"S": "1"}, ":two": {"N": "1"}, ":x": {"S": ""}},
]
ITEMS = [
    {"a": {"N": "1"}, "m": {"M": {"b": {"N": "2"}}}, "l": {"L": [{"S": "x"}]}, "t": {"S": "xyz"}},
    {"a": {"N": "2"}, "m": {"M": {}}, "l": {"L": []}, "t": {"S": ""}},
]


@pytest.fixture(autouse=True)
def parsed_anew() -> None:
    dynamodb_conditions._parsed.cache_clear()


def _outcome(parse: Any, condition: str, values: Any, item: Any, names: Any = NAMES) -> Any:
    parser = ConditionExpressionParser(condition, names, values)
    held = Item(DynamoType({"S": "k"}), None, item)
    try:
        truth = parse(parser).expr(held)
    except Exception as error:
        return type(error), str(error)
    return truth, sorted(parser.expr_attr_names_found), sorted(parser.expr_attr_values_found)


@pytest.mark.parametrize("condition", [*CONDITIONS, *WRONG, "", None])
def test_a_condition_comes_to_what_moto_makes_of_it_for_every_value_and_item(condition: str) -> None:
    for values in VALUES:
        for item in ITEMS:
            ours = _outcome(dynamodb_conditions._parse, condition, values, item)
            assert ours == _outcome(dynamodb_conditions.parse, condition, values, item)


def test_the_conditions_of_this_test_are_parsed_by_the_shortcut() -> None:
    for condition in CONDITIONS:
        dynamodb_conditions._parsed(condition)


@pytest.mark.parametrize("names", [None, {}, {"#m": "other"}])
def test_names_that_are_missing_are_refused_as_moto_refuses_them(names: Any) -> None:
    for condition in CONDITIONS:
        for values in (None, {}, VALUES[0]):
            ours = _outcome(dynamodb_conditions._parse, condition, values, ITEMS[0], names)
            assert ours == _outcome(dynamodb_conditions.parse, condition, values, ITEMS[0], names)


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("path", ["#m", "#l", "t", "#m.#b", "a"])
def test_the_size_of_a_value_is_what_it_is_in_moto(path: str, item: Any) -> None:
    values, held = {":x": {"N": "1"}}, Item(DynamoType({"S": "k"}), None, item)
    counted = ConditionExpressionParser(f"size({path}) = :x", NAMES, values).parse().lhs

    def outcome(size: Any) -> Any:
        try:
            return size(counted, held)
        except ValueError as error:
            return str(error)

    assert isinstance(counted, FuncSize)
    assert outcome(dynamodb_conditions._size) == outcome(dynamodb_conditions.size)
