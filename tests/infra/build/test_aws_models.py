"""The trimmed descriptions of AWS services: up to date, complete for what is called, and with the same endpoints."""

import re
from pathlib import Path

import botocore.session
import pytest
from botocore.config import Config

from functions.aws_clients import MODELS, OPERATIONS, new_client
from infra.build.aws_models import models, trimmed

KNOWN_FUNCTIONS = frozenset(
    {
        *("aws.isVirtualHostableS3Bucket", "aws.parseArn", "aws.partition", "booleanEquals", "getAttr", "isSet"),
        *("isValidHostLabel", "not", "parseURL", "stringEquals", "substring", "uriEncode"),
    }
)
"""Functions of endpoint rules that every botocore since 2023 has: Lambda's may be older than ours."""

FUNCTIONS = Path(__file__).parents[3] / "functions"


def test_the_files_are_those_that_make_docs_writes() -> None:
    there = {path: path.read_text("utf-8") for path in MODELS.rglob("*.json")}
    assert there == models(), "run make docs"


def test_every_service_that_a_function_makes_a_client_of_is_there() -> None:
    made = {
        name
        for path in FUNCTIONS.rglob("*.py")
        for name in re.findall(r'\bnew_client\(\s*"(\w+)"', path.read_text("utf-8"))
    }
    assert made == set(OPERATIONS)


def test_the_endpoint_rules_need_no_newer_botocore_than_lambda_has() -> None:
    rules = [path.read_text("utf-8") for path in MODELS.rglob("endpoint-rule-set-1.json")]
    used = {name for text in rules for name in re.findall(r'"fn":"([^"]+)"', text)}
    assert used
    assert used <= KNOWN_FUNCTIONS


def test_a_trimmed_model_has_what_its_operations_need_and_no_documentation() -> None:
    model = {
        "metadata": {"serviceId": "S"},
        "operations": {
            "Put": {"input": {"shape": "In"}, "errors": [{"shape": "Gone"}], "documentation": "…"},
            "Get": {"input": {"shape": "Other"}},
        },
        "shapes": {
            "In": {"type": "structure", "members": {"documentation": {"shape": "Text", "documentation": "…"}}},
            "Text": {"type": "string"},
            "Gone": {"type": "structure", "members": {}, "exception": True},
            "Other": {"type": "structure", "members": {}},
        },
    }
    assert trimmed(model, ("Put",)) == {
        "metadata": {"serviceId": "S"},
        "operations": {"Put": {"input": {"shape": "In"}, "errors": [{"shape": "Gone"}]}},
        "shapes": {
            "Gone": {"type": "structure", "members": {}, "exception": True},
            "In": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},
            "Text": {"type": "string"},
        },
    }


def test_botocore_reads_the_parameters_of_a_trimmed_model() -> None:
    parameters = new_client("s3").meta.service_model.client_context_parameters
    assert "ForcePathStyle" in {parameter.name for parameter in parameters}


def test_an_operation_that_a_service_does_not_have_is_an_error() -> None:
    with pytest.raises(KeyError):
        trimmed({"operations": {}, "shapes": {}}, ("Put",))


@pytest.mark.parametrize("service", list(OPERATIONS))
@pytest.mark.parametrize("region", ["us-east-1", "eu-central-2", "cn-north-1", "us-gov-west-1", "xx-new-9"])
@pytest.mark.parametrize("fips", [False, True])
def test_a_client_has_the_endpoint_and_the_signature_that_botocore_gives_it(
    service: str, region: str, fips: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"REGION": region, "DEFAULT_REGION": region, "ACCESS_KEY_ID": "a"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    config = Config(region_name=region, use_fips_endpoint=fips)
    ours, theirs = new_client(service, config), botocore.session.get_session().create_client(service, config=config)
    assert _addressed(ours) == _addressed(theirs)
    assert set(ours.meta.service_model.operation_names) == set(OPERATIONS[service])


def _addressed(client: object) -> tuple[str, ...]:
    meta = client.meta  # type: ignore[attr-defined]
    signer = client._request_signer  # type: ignore[attr-defined]
    return (meta.endpoint_url, meta.region_name, meta.partition, signer.signing_name, signer.region_name)
