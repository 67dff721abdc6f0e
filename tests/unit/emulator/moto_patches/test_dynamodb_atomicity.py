"""Operations of the emulator's DynamoDB do not overlap, however many runs make them."""

import threading
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.models import DynamoDBBackend

from local.emulator.moto_patches import dynamodb_atomicity

KEY = {"k": {"S": "a"}}


def test_a_conditional_write_ends_before_the_next_operation_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    dynamodb_atomicity.install()
    seen: list[str] = []
    real = DynamoDBBackend.update_item

    def slowly(*arguments: Any, **named: Any) -> Any:
        seen.append("begins")
        for _ in range(300):
            threading.Event().wait(0)  # the other threads go first
        updated = real(*arguments, **named)
        seen.append("ends")
        return updated

    monkeypatch.setattr(DynamoDBBackend, "update_item", slowly)
    with mock_aws():
        table = boto3.client("dynamodb", region_name="eu-west-1")
        table.create_table(
            TableName="t",
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        add = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
        threads = [threading.Thread(target=lambda: table.update_item(TableName="t", Key=KEY, **add)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert table.get_item(TableName="t", Key=KEY)["Item"]["n"] == {"N": "6"}
    assert seen == ["begins", "ends"] * 6
