"""An update that copies its item once comes to the same as moto's, which copies it more often."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb import models, responses
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from local.emulator.moto_patches import dynamodb_copies

ITEM = {"id": {"S": "1"}, "count": {"N": "1"}, "map": {"M": {"text": {"S": "ä"}, "bytes": {"B": b"x"}}}}
RETURNED = ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto as it is without the patch, at first and again after the test."""
    monkeypatch.setattr(responses, "copy", dynamodb_copies.used[0])
    monkeypatch.setattr(models, "copy", dynamodb_copies.used[1])
    monkeypatch.setattr(responses, "dynamo_to_dict", dynamodb_copies.to_dict)
    monkeypatch.setattr(responses.DynamoHandler, "update_item", dynamodb_copies.update_item)
    monkeypatch.setattr(Item, "to_json", dynamodb_copies.to_json)


@pytest.fixture
def table(restored: None) -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("dynamodb", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
        client.create_table(
            TableName="t",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


def updated(table: Any, returned: str) -> Any:
    """What an update returns that changes, adds and removes, and the item after it."""
    table.put_item(TableName="t", Item=ITEM)
    response = table.update_item(
        TableName="t",
        Key={"id": ITEM["id"]},
        UpdateExpression="SET #map.#new = :new ADD #count :one REMOVE #map.#text",
        ExpressionAttributeNames={"#map": "map", "#new": "new", "#count": "count", "#text": "text"},
        ExpressionAttributeValues={":new": {"L": [{"BOOL": True}, {"SS": ["a"]}]}, ":one": {"N": "1"}},
        ReturnValues=returned,
    )
    return response.get("Attributes"), table.get_item(TableName="t", Key={"id": ITEM["id"]})["Item"]


@pytest.mark.parametrize("returned", RETURNED)
def test_an_update_returns_and_leaves_what_it_does_in_moto(table: Any, returned: str) -> None:
    of_moto = updated(table, returned)
    dynamodb_copies.install()
    assert responses.copy is not dynamodb_copies.used[0]
    assert updated(table, returned) == of_moto
    assert of_moto[1]["map"]["M"]["new"] == {"L": [{"BOOL": True}, {"SS": ["a"]}]}


@pytest.mark.parametrize("value", [ITEM["map"], {"M": {"plain": {"L": [{"N": "1"}, {"NULL": True}]}}}])
def test_a_read_and_a_refused_update_return_what_they_do_in_moto(table: Any, value: Any) -> None:
    table.put_item(TableName="t", Item={"id": ITEM["id"], "value": value})

    def returned() -> Any:
        with pytest.raises(table.exceptions.ConditionalCheckFailedException) as refused:
            table.update_item(
                TableName="t",
                Key={"id": ITEM["id"]},
                UpdateExpression="REMOVE #value",
                ConditionExpression="attribute_not_exists(#value)",
                ExpressionAttributeNames={"#value": "value"},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        return table.get_item(TableName="t", Key={"id": ITEM["id"]})["Item"], refused.value.response["Item"]

    of_moto = returned()
    dynamodb_copies.install()
    assert returned() == of_moto
    assert of_moto[0]["value"] == value


def test_values_of_every_kind_are_as_plain_as_moto_makes_them() -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    value = {"kept": [now, 1, None, True, {"B": b"x"}], "typed": DynamoType({"M": {"bytes": {"B": "eA=="}}})}
    assert dynamodb_copies._to_dict(value) == dynamodb_copies.to_dict(value)
    assert dynamodb_copies._to_dict(value)["typed"] == {"M": {"bytes": {"B": b"x"}}}
