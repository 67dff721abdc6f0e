"""The emulator's DynamoDB refuses what AWS's refuses, and keeps the item as it was."""

import uuid
from collections.abc import Iterator
from typing import Any

import moto
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from local.emulator.moto_patches import dynamodb_limits
from tests.support.clients import client

KEY = {"id": {"S": "one"}}


TABLE = f"limits-{uuid.uuid4()}"
"""A name that no table of another test has: moto may hold those of the whole process."""


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    dynamodb_limits.install()
    with mock_aws():
        dynamodb = client("dynamodb")
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        yield dynamodb
        dynamodb.delete_table(TableName=TABLE)


def wrapped(times: int, kind: str = "M") -> dict[str, Any]:
    value: dict[str, Any] = {"S": "leaf"}
    for _ in range(times):
        value = {"M": {"n": value}} if kind == "M" else {"L": [value]}
    return value


def put(table: Any, **attributes: Any) -> None:
    table.put_item(TableName=TABLE, Item=KEY | attributes)


def update(table: Any, path: str, value: Any) -> None:
    names = {f"#{part}": part for part in path.split(".")}
    table.update_item(
        TableName=TABLE,
        Key=KEY,
        UpdateExpression=f"SET {'.'.join(names)} = :value",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues={":value": value},
    )


def kept(table: Any) -> dict[str, Any]:
    return dict(table.get_item(TableName=TABLE, Key=KEY).get("Item", {}))


REFUSED = {
    "33 levels of maps": (wrapped(32), "nested levels beyond supported limit"),
    "33 levels of lists": (wrapped(32, "L"), "nested levels beyond supported limit"),
    "39 digits": ({"N": "1" * 39}, "38 significant digits"),
    "a number too large": ({"N": "1e126"}, "magnitude larger"),
    "a number too small": ({"M": {"n": {"N": "1e-131"}}}, "magnitude smaller"),
    "a name that is empty": ({"M": {"": {"S": "x"}}}, "at least one character"),
    "more than 400 KB": ({"S": "x" * 409_600}, "maximum allowed size"),
    "more than 400 KB of small parts": ({"L": [{"S": "x" * 100}] * 4_100}, "maximum allowed size"),
}
TAKEN = {
    "32 levels of maps": wrapped(31),
    "32 levels of lists": wrapped(31, "L"),
    "38 digits and zeros": {"N": "1" * 38 + "000"},
    "the largest number": {"N": "9.9999e125"},
    "nearly 400 KB": {"S": "x" * 404_000},
    "an empty text": {"S": ""},
}


def test_the_limits_are_held_on_the_version_of_moto_that_they_were_written_for() -> None:
    assert moto.__version__ == "5.2.5"


@pytest.mark.parametrize("what", REFUSED)
def test_the_emulated_dynamodb_refuses_a_new_item_with(table: Any, what: str) -> None:
    value, words = REFUSED[what]
    with pytest.raises(ClientError, match=words) as refused:
        put(table, a=value)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert kept(table) == {}


@pytest.mark.parametrize("what", REFUSED)
def test_the_emulated_dynamodb_refuses_and_undoes_a_change_with(table: Any, what: str) -> None:
    value, words = REFUSED[what]
    put(table, a={"S": "before"}, b={"M": {"c": {"L": [{"N": "1"}]}}})
    before = kept(table)
    with pytest.raises(ClientError, match=words) as refused:
        update(table, "a", value)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert kept(table) == before


@pytest.mark.parametrize("what", TAKEN)
def test_the_emulated_dynamodb_takes(table: Any, what: str) -> None:
    put(table, a=TAKEN[what])
    update(table, "a", TAKEN[what])
    assert kept(table)["a"] == TAKEN[what]


def test_a_change_that_makes_a_new_item_too_large_makes_none(table: Any) -> None:
    with pytest.raises(ClientError, match="maximum allowed size"):
        update(table, "a", {"S": "x" * 409_600})
    assert kept(table) == {}


def test_levels_count_from_the_top_of_the_item_wherever_a_change_puts_them(table: Any) -> None:
    put(table, a={"M": {"b": {"M": {"c": {"S": "x"}}}}})
    update(table, "a.b.c", wrapped(29))
    with pytest.raises(ClientError, match="nested levels"):
        update(table, "a.b.c", wrapped(30))


def test_an_item_that_grows_by_small_changes_is_refused_once_it_is_too_large(table: Any) -> None:
    put(table, a={"M": {}})
    large = {"S": "x" * 3_995}  # 4,000 bytes with its name and the entry's own
    for number in range(102):
        update(table, f"a.n{number:03}", large)
    with pytest.raises(ClientError, match="maximum allowed size"):
        update(table, "a.more", large)
    assert len(kept(table)["a"]["M"]) == 102


def test_what_replaces_a_value_leaves_room_for_more(table: Any) -> None:
    put(table, a={"S": "x" * 250_000})
    for letter in "yza":
        update(table, "a", {"S": letter * 250_000})
    update(table, "b", {"S": "x" * 150_000})
    with pytest.raises(ClientError, match="maximum allowed size"):
        update(table, "c", {"S": "x" * 10_000})


@pytest.mark.parametrize("what", REFUSED)
def test_a_second_change_is_refused_as_the_first_one_is_with(table: Any, what: str) -> None:
    value, words = REFUSED[what]
    put(table, a={"S": "before"})
    update(table, "a", {"M": {"b": {"S": "first"}}})
    with pytest.raises(ClientError, match=words):
        update(table, "a.b", value)
    assert kept(table)["a"] == {"M": {"b": {"S": "first"}}}


def test_what_a_change_copies_from_the_item_counts(table: Any) -> None:
    put(table, a={"S": "x" * 150_000}, b={"L": []})
    update(table, "c", {"S": ""})
    copied = {"TableName": TABLE, "Key": KEY, "ExpressionAttributeNames": {"#a": "a", "#b": "b"}}
    table.update_item(**copied, UpdateExpression="SET #b = #a")
    with pytest.raises(ClientError, match="maximum allowed size"):
        table.update_item(
            TableName=TABLE,
            Key=KEY,
            UpdateExpression="SET #c = #a, #d = :one",
            ExpressionAttributeNames={"#a": "a", "#c": "c", "#d": "d"},
            ExpressionAttributeValues={":one": {"N": "1"}},
        )


def test_a_change_that_is_refused_is_undone_in_maps_lists_and_sets(table: Any) -> None:
    put(table, map={"M": {"deep": {"M": {"text": {"S": "x"}}}}}, list={"L": [{"S": "y"}]}, set={"SS": ["z"]})
    before = kept(table)
    with pytest.raises(ClientError, match="maximum allowed size"):
        table.update_item(
            TableName=TABLE,
            Key=KEY,
            UpdateExpression="SET #map.#deep.#text = :large, #list[0] = :new ADD #set :more REMOVE #map.#other",
            ExpressionAttributeNames={f"#{name}": name for name in ("map", "deep", "text", "list", "set", "other")},
            ExpressionAttributeValues={
                ":large": {"S": "x" * 409_600},
                ":new": {"S": "new"},
                ":more": {"SS": ["more"]},
            },
        )
    assert kept(table) == before


# -- expressions ------------------------------------------------------------------------------------------------------


def padded(expression: str, length: int) -> str:
    """The expression with as many blanks before its last word as make it ``length`` bytes long: blanks count."""
    head, _, last = expression.rpartition(" ")
    return head + " " * (length - len(head) - len(last)) + last


def with_expressions(table: Any, **expressions: str) -> None:
    table.update_item(
        TableName=TABLE,
        Key=KEY,
        ExpressionAttributeValues={":one": {"N": "1"}},
        **{"UpdateExpression": "SET a = :one"} | expressions,
    )


@pytest.mark.parametrize(
    ("kind", "expression"),
    [("UpdateExpression", "SET a = :one"), ("ConditionExpression", "attribute_not_exists(a) OR a = :one")],
)
def test_an_expression_may_have_4096_bytes_and_no_more(table: Any, kind: str, expression: str) -> None:
    with_expressions(table, **{kind: padded(expression, 4_096)})
    before = kept(table)
    with pytest.raises(ClientError, match=f"Invalid {kind}: .*maximum allowed size; expression size: 4097") as refused:
        with_expressions(table, **{kind: padded(expression, 4_097)})
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert kept(table) == before


def test_the_condition_of_a_new_item_and_of_a_deletion_is_limited_too(table: Any) -> None:
    condition = padded("attribute_not_exists(a) AND attribute_not_exists(b)", 4_097)
    with pytest.raises(ClientError, match="expression size: 4097"):
        table.put_item(TableName=TABLE, Item=KEY, ConditionExpression=condition)
    with pytest.raises(ClientError, match="expression size: 4097"):
        table.delete_item(TableName=TABLE, Key=KEY, ConditionExpression=condition)
