"""What the emulator shortens in moto comes to the same as what moto does."""

import ast
import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import moto
import pytest
import requests
from botocore.exceptions import ClientError
from jsonata.jsonata import Jsonata
from moto import mock_aws
from moto.core import responses
from moto.core.models import responses_mock
from moto.core.responses_custom_registry import CustomRegistry
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.responses import DynamoHandler
from moto.moto_api._internal import mock_random
from werkzeug.routing import Map, Rule

from local.emulator.moto_patches import performance
from local.emulator.moto_patches.unused_services import JobStatus

VALUE = {
    "M": {
        "text": {"S": "ä"},
        "number": {"N": "1.5"},
        "nothing": {"NULL": True},
        "bytes": {"B": "eA=="},
        "set": {"SS": ["a", "b"]},
        "list": {"L": [{"BOOL": False}, {"M": {"deep": {"L": []}}}]},
    }
}


@pytest.fixture(autouse=True)
def installed() -> None:
    performance.install()


def test_a_value_is_the_json_that_moto_makes_of_it() -> None:
    assert DynamoType(VALUE).to_regular_json() == performance.to_regular_json(DynamoType(VALUE))
    assert DynamoType(VALUE).to_regular_json()["M"] == VALUE["M"] | {"bytes": {"B": b"x"}}


def test_an_expression_is_parsed_once_and_copied_whole() -> None:
    text = "SET #a.#b = :b, #c = if_not_exists(#c, :c) REMOVE #d ADD #e :e"
    parsed = UpdateExpressionParser.make(text)
    assert UpdateExpressionParser.make(text) is parsed
    assert _tree(copy.deepcopy(parsed)) == _tree(parsed) == _tree(performance.make(text))
    copied = copy.deepcopy(parsed)
    assert copied is not parsed
    assert copied.children[0].parent is copied


def _tree(node: Any) -> Any:
    if isinstance(node, str):
        return node
    return type(node).__name__, [_tree(child) for child in getattr(node, "children", None) or []]


def test_a_class_has_the_methods_that_moto_finds() -> None:
    names = responses.method_names_from_class(DynamoHandler)
    assert names == performance.method_names(DynamoHandler)
    assert "update_item" in names


def test_an_update_comes_to_the_same_as_with_the_traversal_of_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    def updated() -> tuple[dict[str, Any], str]:
        with mock_aws():
            table = boto3.resource("dynamodb", "eu-west-1").create_table(
                TableName="t",
                KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
            table.put_item(Item={"k": "1", "a": {"b": 1, "d": 2}, "l": ["x", "y", "z"], "n": 1})
            names, values = {"#a": "a", "#b": "b"}, {":b": {"deep": ["ä"]}, ":one": 1, ":c": "new"}
            expression = "SET #a.#b = :b, c = if_not_exists(c, :c), m = n + :one REMOVE #a.d, l[0], l[1] ADD n :one"
            key = {"Key": {"k": "1"}, "ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
            table.update_item(UpdateExpression=expression, **key)
            with pytest.raises(ClientError) as refused:
                table.update_item(UpdateExpression="SET #a.#b = :b, m = :one SET c = :c", **key)
            return table.get_item(Key={"k": "1"})["Item"], str(refused.value)

    ours = updated()
    monkeypatch.setattr(DepthFirstTraverser, "traverse_node_recursively", performance.traverse)
    monkeypatch.setattr(Node, "find_clauses", performance.find_clauses)
    assert ours == updated()
    assert ours[0]["l"] == ["z"]


def test_a_variable_has_the_value_that_jsonata_finds_in_the_innermost_frame() -> None:
    outer = Jsonata.Frame(None)
    inner = Jsonata.Frame(Jsonata.Frame(outer))
    outer.bindings |= {"a": 1, "b": 2}
    inner.bindings |= {"b": None, "c": 3}
    found = [inner.lookup(name) for name in "abcd"]
    assert found == [performance.lookup(inner, name) for name in "abcd"] == [1, None, 3, None]


def test_every_service_is_where_ec2_is() -> None:
    session = boto3.Session()
    assert session.get_available_regions("dynamodb") == session.get_available_regions("ec2")
    assert {"eu-west-1", "eu-central-1", "us-east-1"} <= set(session.get_available_regions("stepfunctions"))
    assert "eu-west-1" not in session.get_available_regions("ec2", partition_name="aws-cn")


def test_the_emulator_imports_neither_ec2_nor_the_real_batch() -> None:
    code = "import sys, local.emulator; print(sys.modules.keys() & {'moto.ec2', 'moto.batch.models'})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_states_of_a_batch_job_are_those_of_moto() -> None:
    source = Path(str(moto.__file__)).with_name("batch") / "utils.py"
    (found,) = [node for node in ast.parse(source.read_text()).body if getattr(node, "name", "") == "JobStatus"]
    assigned = {ast.unparse(node) for node in ast.walk(found) if isinstance(node, ast.Assign)}
    assert {f"{status.name} = {status.value!r}" for status in JobStatus} <= assigned


def test_moto_has_no_service_on_this_machine() -> None:
    with mock_aws():
        found = CustomRegistry()
        for method in ("GET", "POST"):
            found._registered[method] = list(responses_mock._registry._registered[method])
        for url in ("http://127.0.0.1:8080/MicroStrategyLibrary/api/auth/login", "https://127.0.0.1/"):
            request = requests.Request("POST", url).prepare()
            assert found.find(request)[0] is performance.find_response(found, request)[0] is None
        aws = requests.Request("POST", "https://sqs.eu-west-1.amazonaws.com/").prepare()
        assert found.find(aws)[0] is not None


def test_a_random_text_has_the_length_and_the_signs_that_were_asked_for() -> None:
    for changed in ({}, {"include_digits": False}, {"lower_case": True}):
        arguments: dict[str, Any] = {"length": 300, **changed}
        ours, real = mock_random.get_random_string(**arguments), performance.random_string(mock_random, **arguments)
        assert (len(ours), _kinds(ours)) == (300, _kinds(real))
    assert len(mock_random.get_random_string()) == len(performance.random_string(mock_random))


def _kinds(text: str) -> tuple[bool, ...]:
    return text.isalnum(), text.isalpha(), text.islower()


def test_the_data_of_a_state_is_copied_whole() -> None:
    data = {"a": [1, {"b": None, "c": ["x", 1.5, True]}], "d": {"e": {1, 2}}}
    copied = performance._Copies().deepcopy(data)
    assert copied == data
    copied["a"][1]["c"].append("y")
    copied["d"]["e"].add(3)
    assert data == {"a": [1, {"b": None, "c": ["x", 1.5, True]}], "d": {"e": {1, 2}}}


def test_a_rule_matches_and_builds_the_urls_that_werkzeug_does() -> None:
    def routed() -> list[Any]:
        urls = Map([Rule("/functions/<name>/<path:rest>", endpoint="f")]).bind("host")
        built = [urls.build("f", {"name": "ä b", "rest": "c/d", "more": "1"}, append_unknown=more) for more in (1, 0)]
        return [*built, urls.match("/functions/a/b/c")]

    ours = routed()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", performance.compile_builder)
        assert ours == routed()
    assert ours[-1] == ("f", {"name": "a", "rest": "b/c"})
