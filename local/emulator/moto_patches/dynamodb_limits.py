"""Enforces DynamoDB's limits, which moto does not: nesting, size, numbers and names of attributes, and expressions.

A write that AWS refuses with ValidationException is refused here, too, and changes nothing. Limits and words are from
DynamoDB's documentation ("Constraints") and from public captures of its responses.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from inspect import signature
from typing import Any

from moto.dynamodb.exceptions import ItemSizeTooLarge, ItemSizeToUpdateTooLarge, MockValidationException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DDBType, DynamoType, Item, LimitedSizeDict

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

DEEPEST = 31
"""Maps and lists around a value: with the value itself 32 levels."""

LARGEST = 400 * 1024
"""Bytes of an item: names in UTF-8, and values."""

LONGEST_EXPRESSION = 4_096
"""Bytes of an expression as it is sent: names behind aliases and values do not count."""

ROOM = "_room"
"""Of an item: bytes by which it may grow before its values have to be counted again."""

MOST_OF_ITS_OWN = 8
"""Bytes of an entry beside name and value, at most."""

SETS_VALUES = re.compile(r"(SET #\w+(\.#\w+)* = :\w+(, #\w+(\.#\w+)* = :\w+)*)?( ?REMOVE [#\w., ]+)?")

DIGITS, LEAST_EXPONENT, LARGEST_EXPONENT = 38, -130, 125

TOO_DEEP = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)
TOO_PRECISE = "Attempting to store more than 38 significant digits in a Number"
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range"
TOO_LONG = "Invalid {kind}: Expression size has exceeded the maximum allowed size; expression size: {size}"
NO_NAME = "One or more parameter values were invalid: an attribute name must be at least one character long"

EXPRESSIONS = {"update_expression": "UpdateExpression", "condition_expression": "ConditionExpression"}
"""moto's arguments, and how AWS calls them."""

# Read here, so that a name that an upgrade of moto changes fails at once.
put_item: Callable[..., Item] = DynamoDBBackend.put_item
update_item: Callable[..., Item] = DynamoDBBackend.update_item
delete_item: Callable[..., Item | None] = DynamoDBBackend.delete_item


def install() -> None:
    """Hold the limits in this process.

    moto's own check of the size goes: it counts a value that is replaced beside the one that replaces it.
    """
    LimitedSizeDict.__setitem__ = dict.__setitem__
    DynamoDBBackend.put_item = _put_item
    DynamoDBBackend.update_item = _update_item
    DynamoDBBackend.delete_item = _delete_item


def _put_item(self: Any, table_name: str, item_attrs: dict[str, Any], *args: Any, **kwargs: Any) -> Item:
    _check_expressions(put_item, self, table_name, item_attrs, *args, **kwargs)
    attributes = {name: DynamoType(value) for name, value in item_attrs.items()}
    _check(attributes, ItemSizeTooLarge)
    return put_item(self, table_name, item_attrs, *args, **kwargs)


def _delete_item(self: Any, *args: Any, **kwargs: Any) -> Item | None:
    _check_expressions(delete_item, self, *args, **kwargs)
    return delete_item(self, *args, **kwargs)


def _update_item(self: Any, table_name: str, key: dict[str, Any], *args: Any, **kwargs: Any) -> Item:
    _check_expressions(update_item, self, table_name, key, *args, **kwargs)
    table = self.get_table(table_name)
    hash_key = DynamoType(key[table.hash_key_attr])
    before = table.get_item(hash_key)
    attributes = {} if before is None else dict(before.attrs)
    parts = [(each, each.value.copy()) for each in _changeable(attributes.values())]
    room = getattr(before, ROOM, 0) - _most_added(self, table_name, key, *args, **kwargs)
    try:
        updated = update_item(self, table_name, key, *args, **kwargs)
        setattr(updated, ROOM, room if room >= 0 else _check(updated.attrs, ItemSizeToUpdateTooLarge))
    except MockValidationException:  # moto has changed the item by then
        if before is not None:
            before.attrs.clear()
            before.attrs.update(attributes)
            for each, value in parts:
                each.value = value
        elif table.get_item(hash_key) is not None:
            table.delete_item(hash_key, None)
        raise
    return updated


def _changeable(values: Iterable[DynamoType]) -> Iterator[DynamoType]:
    """The maps, lists and sets at any depth: an update changes what is in them, and no other value."""
    for value in values:
        inner = value.value
        if type(inner) is dict:
            yield value
            yield from _changeable(inner.values())
        elif type(inner) is list:
            yield value
            if value.type == DDBType.LIST:
                yield from _changeable(inner)


_signature = cache(signature)


def _check_expressions(operation: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    given = _signature(operation).bind(*args, **kwargs).arguments
    for argument, kind in EXPRESSIONS.items():
        if (size := len((given.get(argument) or "").encode())) > LONGEST_EXPRESSION:
            raise MockValidationException(TOO_LONG.format(kind=kind, size=size))


def _most_added(*args: Any, **kwargs: Any) -> int:
    """Bytes that an update adds to its item at most; more than an item has room for where only the whole item tells."""
    given = _signature(update_item).bind(*args, **kwargs).arguments
    expression, names = given["update_expression"] or "", (given["expression_attribute_names"] or {}).values()
    values = (given["expression_attribute_values"] or {}).values()
    if not _sets_values(expression) or not all(names):
        return LARGEST + 1
    try:  # as deep as the deepest place where one is put
        largest = max((size(DynamoType(value), expression.count(".")) for value in values), default=0)
    except MockValidationException:
        return LARGEST + 1
    name_bytes = len(expression) + sum(len(name.encode()) for name in names)
    return expression.count(":") * (largest + name_bytes + MOST_OF_ITS_OWN)


@lru_cache(maxsize=1000)
def _sets_values(expression: str) -> bool:
    """Whether an update only puts values that it gives, each at a path, and removes others."""
    return bool(expression) and SETS_VALUES.fullmatch(expression) is not None


def _check(attributes: dict[str, Any], too_large: type[MockValidationException]) -> int:
    """Bytes that are left. Raises ``too_large`` where there are none."""
    left = LARGEST - _size_of_all(attributes, 0)
    if left < 0:
        raise too_large()
    return left


def _check_name(name: str) -> None:
    if not name:
        raise MockValidationException(NO_NAME)


@lru_cache(maxsize=10_000)
def _check_number(written: str) -> None:
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise MockValidationException("The parameter cannot be converted to a numeric value") from None
    if len("".join(map(str, number.as_tuple().digits)).strip("0")) > DIGITS:
        raise MockValidationException(TOO_PRECISE)
    if number and number.adjusted() > LARGEST_EXPONENT:
        raise MockValidationException(OVERFLOW)
    if number and number.adjusted() < LEAST_EXPONENT:
        raise MockValidationException(UNDERFLOW)


def size(value: DynamoType, wrapped: int = 0) -> int:
    """Bytes of a value as DynamoDB counts them: a map or list has 3 of its own, and 1 for each entry.

    Raises MockValidationException for a value that DynamoDB does not take inside so many maps and lists.
    """
    if wrapped > DEEPEST:
        raise MockValidationException(TOO_DEEP)
    kind, inner = value.type, value.value
    if kind == DDBType.MAP:
        return 3 + len(inner) + _size_of_all(inner, wrapped + 1)
    if kind == DDBType.LIST:
        return 3 + len(inner) + sum(size(each, wrapped + 1) for each in inner)
    if kind == DDBType.NUMBER:
        _check_number(str(inner))
        return 2 + len(str(inner)) // 2
    return int(value.size()) if isinstance(inner, (str, bytes)) or value.is_set() else 1


def _size_of_all(values: dict[str, DynamoType], wrapped: int) -> int:
    """Bytes of names and values."""
    total = 0
    for name, value in values.items():
        _check_name(name)
        total += len(name.encode()) + size(value, wrapped)
    return total
