"""Run tables of moto's DynamoDB for tests."""

import contextlib
import uuid
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.exceptions import ConditionalCheckFailed
from moto.dynamodb.models import dynamodb_backends

from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs.store.attempts import begin_attempt
from functions.runs.store.job_states import begin_execution
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import begin_run, load_run
from functions.runs.store.table import RunTable

REGION = "eu-west-1"


@contextlib.contextmanager
def new_table() -> Iterator[str]:
    """The name of an empty table; moto may hold tables of other tests."""
    name = f"runs-{uuid.uuid4()}"
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        for each in (name, history_of(name)):
            _create(each)
        yield name


def history_of(name: str) -> str:
    """The table of the history beside a run table."""
    return f"{name}-history"


def _create(name: str) -> None:
    dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].create_table(
        name,
        schema=[{"AttributeName": "executionArn", "KeyType": "HASH"}],
        attr=[{"AttributeName": "executionArn", "AttributeType": "S"}],
        billing_mode="PAY_PER_REQUEST",
        tags=[],
        **dict.fromkeys(
            (
                *("throughput", "global_indexes", "indexes", "streams", "sse_specification"),
                *("deletion_protection_enabled", "warm_throughput"),
            )
        ),
    )


@contextlib.contextmanager
def direct_run_table() -> Iterator[RunTable]:
    """An empty run table, reached without the wire: for tests of what is written, not of how DynamoDB takes it."""
    with new_table() as name:
        yield RunTable(name, Direct())


class Refused(Exception):
    """A condition that does not hold, as boto3 raises it: with the item as it is."""

    def __init__(self, item: dict[str, Any] | None) -> None:
        super().__init__()
        self.response = {} if item is None else {"Item": item}


class Direct:
    """In place of boto3's client: the same DynamoDB of moto without the wire, on which most of the time goes."""

    exceptions = SimpleNamespace(ConditionalCheckFailedException=Refused)

    def __init__(self) -> None:
        self._tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]

    def get_item(self, *, TableName: str, Key: dict[str, Any], ConsistentRead: bool) -> dict[str, Any]:
        assert ConsistentRead
        found = self._tables.get_item(TableName, Key)
        return {} if found is None else {"Item": found.to_json()["Attributes"]}

    def put_item(self, *, TableName: str, Item: dict[str, Any], **given: Any) -> None:
        assert given.keys() <= {"ConditionExpression", "ReturnValuesOnConditionCheckFailure"}
        try:
            self._tables.put_item(TableName, Item, condition_expression=given["ConditionExpression"])
        except ConditionalCheckFailed:
            found = self._tables.get_item(TableName, {"executionArn": Item["executionArn"]})
            raise Refused(found and found.to_json()["Attributes"]) from None

    def update_item(self, *, TableName: str, Key: dict[str, Any], **given: Any) -> dict[str, Any]:
        try:
            changed = self._tables.update_item(
                TableName,
                Key,
                update_expression=given["UpdateExpression"],
                condition_expression=given["ConditionExpression"],
                expression_attribute_names=given["ExpressionAttributeNames"],
                expression_attribute_values=given.get("ExpressionAttributeValues", {}),
            )
        except ConditionalCheckFailed:
            found = self._tables.get_item(TableName, Key)
            raise Refused(None if found is None else found.to_json()["Attributes"]) from None
        return {"Attributes": changed.to_json()["Attributes"]}


def begun_run(table: RunTable) -> RunRecord:
    """A run that has begun its first attempt."""
    arn = f"arn:aws:states:{REGION}:123456789012:execution:datamart-runner-dev:run-{uuid.uuid4()}"
    begin_run(table, arn, Start(normalise({"project": "P", "datamart": "City"})))
    run = load_run(table, arn, 1)
    begin_attempt(run)
    return run


def executing_run(table: RunTable) -> RunRecord:
    """A run whose execution request is on its way."""
    run = begun_run(table)
    assert begin_execution(run)
    return run


def beside(run: RunRecord) -> RunRecord:
    """The same run as another invocation sees it now."""
    return load_run(run.table, run.arn, run.number)
