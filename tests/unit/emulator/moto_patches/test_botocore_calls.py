"""What the emulator shortens in botocore comes to the same as what botocore does."""

import json
from typing import Any

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.parsers import BaseJSONParser, create_parser
from botocore.useragent import UserAgentComponent
from moto import mock_aws
from moto.core.responses import BaseResponse
from moto.core.serialize import BaseJSONSerializer, JSONSerializer, XFormedAttributePicker
from moto.core.utils import get_service_model

from local.emulator.moto_patches import botocore_calls, performance

KEY = "AKIAIOSFODNN7EXAMPLE"

VALUES: list[Any] = [
    {"S": "ä"},
    {"N": "1.5"},
    {"NULL": True},
    {"BOOL": False},
    {"SS": ["a"]},
    {"SS": []},
    {"X": "unknown"},
    {"NS": ["1"]},
    {"M": {"deep": {"L": [{"S": "x"}, {"M": {}}]}}},
    {"B": "eA=="},
    {"M": {"deep": {"L": [{"BS": ["eA=="]}]}}},
    {"S": None},
    {"S": "a", "N": None},
    {},
    None,
]


@pytest.fixture(autouse=True)
def installed() -> None:
    botocore_calls.install()


@pytest.mark.parametrize("value", VALUES)
def test_a_value_of_dynamodb_is_what_botocore_parses(value: Any) -> None:
    model = botocore.session.get_session().get_service_model("dynamodb")
    parser = create_parser("json")
    shape = model.shape_for("AttributeValue")
    assert parser._handle_structure(shape, value) == botocore_calls.handle_structure(parser, shape, value)


@pytest.mark.parametrize("value", [each for each in VALUES if each and "X" not in each and len(each) == 1])
@pytest.mark.parametrize("text", ["ä", "B", '"B"'])
def test_a_body_with_values_of_dynamodb_is_what_botocore_parses(
    value: Any, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = create_parser("json")
    shape = botocore.session.get_session().get_service_model("dynamodb").operation_model("GetItem").output_shape
    body = json.dumps({"Item": {"first": value, "text": {"S": text}, "last": {"M": {"deep": value}}}}).encode()
    response = {"body": body, "headers": {}, "status_code": 200}
    ours = parser.parse(response, shape)
    monkeypatch.setattr(BaseJSONParser, "_handle_structure", botocore_calls.handle_structure)
    assert ours == parser.parse(response, shape)


@pytest.mark.parametrize("value", [*VALUES, {"N": 1}, {"B": b"x"}, {"L": [{"N": 1}]}])
def test_a_value_of_dynamodb_is_what_moto_serializes(value: Any) -> None:
    model = get_service_model("dynamodb")
    serializer = JSONSerializer(model.operation_model("GetItem"), value_picker=XFormedAttributePicker())
    shape, ours, theirs = model.shape_for("AttributeValue"), {}, {}
    performance._serialize(serializer, ours, value, shape, "key")
    BaseJSONSerializer._serialize_type_structure(serializer, theirs, value, shape, "key")
    assert ours == theirs


def _signed(patched: bool) -> dict[str, str]:
    request = AWSRequest("POST", "https://dynamodb.eu-west-1.amazonaws.com/", data=b"{}")
    signer = SigV4Auth(Credentials(KEY, "secret", "token"), "dynamodb", "eu-west-1")
    (signer.add_auth if patched else botocore_calls.add_auth.__get__(signer))(request)
    return dict(request.headers.items())


def test_a_request_to_moto_has_all_headers_and_says_who_signed_it() -> None:
    with mock_aws():
        ours = _signed(patched=True)
    real = _signed(patched=False)
    assert ours.keys() == real.keys()
    key = BaseResponse.access_key_regex
    assert key.search(ours["Authorization"])[1] == key.search(real["Authorization"])[1] == KEY  # type: ignore[index]
    assert ours["Authorization"].split(",")[0] == real["Authorization"].split(",")[0]
    assert ours["X-Amz-Security-Token"] == "token"


def test_a_request_to_aws_itself_is_signed() -> None:
    assert len(_signed(patched=True)["Authorization"].rpartition("Signature=")[2]) == 64


def test_a_part_of_the_user_agent_is_written_as_botocore_writes_it() -> None:
    part = UserAgentComponent("m", "a b", "c#d")
    assert part.to_string() == botocore_calls.component_of(part)
