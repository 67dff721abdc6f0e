"""Plain values survive the way into DynamoDB's attribute values and back, and are those that boto3 would write."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from functions.runs.store.attribute_values import from_attribute, to_attribute

VALUE = {
    "none": None,
    "yes": True,
    "text": "Ü",
    "count": 3,
    "time": 1795689560.1276393,
    "small": 1e-7,
    "list": [1, "a", None, {"x": []}],
    "map": {},
}


def as_decimals(value: Any) -> Any:
    """The value as boto3's serializer takes it."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {name: as_decimals(inner) for name, inner in value.items()}
    return [as_decimals(inner) for inner in value] if isinstance(value, list) else value


def test_a_value_comes_back_as_it_was() -> None:
    assert from_attribute(to_attribute(VALUE)) == VALUE


def test_boto3_reads_what_is_written_as_the_same_value() -> None:
    assert TypeDeserializer().deserialize(to_attribute(VALUE)) == as_decimals(VALUE)
    assert from_attribute(TypeSerializer().serialize(as_decimals(VALUE))) == VALUE


@pytest.mark.parametrize(("stored", "number"), [("3", 3), ("3.0", 3), ("3E+2", 300), ("0.5", 0.5)])
def test_a_whole_number_is_read_as_an_int(stored: str, number: float) -> None:
    found = from_attribute({"N": stored})
    assert (found, type(found)) == (number, type(number))


def test_what_dynamodb_has_no_value_for_is_refused() -> None:
    with pytest.raises(TypeError, match="a set cannot be stored in DynamoDB"):
        to_attribute({"names": {"a"}})
