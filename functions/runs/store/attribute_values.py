"""Attribute values of DynamoDB's API from plain Python values, and back."""

from typing import Any


def to_attribute(value: Any) -> dict[str, Any]:
    """The attribute value of None, a bool, a text, a number, a list or tuple, or a dictionary.

    A float travels as its shortest decimal, which DynamoDB keeps exactly. Raises TypeError.
    """
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | float():
            return {"N": repr(value)}
        case dict():
            return {"M": {name: to_attribute(inner) for name, inner in value.items()}}
        case list() | tuple():
            return {"L": [to_attribute(inner) for inner in value]}
    raise TypeError(f"a {type(value).__name__} cannot be stored in DynamoDB")


def from_attribute(attribute: dict[str, Any]) -> Any:
    """The plain value; a whole number is an int, however it was written."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S":  # first, as most are texts
            return value
        case "N":
            return _number(value)
        case "M":
            return {name: from_attribute(inner) for name, inner in value.items()}
        case "L":
            return [from_attribute(inner) for inner in value]
        case "NULL":
            return None
    return value


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        number = float(text)
        return int(number) if number.is_integer() else number
