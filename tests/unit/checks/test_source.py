"""Where the connection's secret comes from: Secrets Manager (moto), the environment, the simulator."""

import json
from typing import Any

import boto3
import pytest

from tests.unit.checks.conftest import PASSWORD, Person
from tests.unit.conftest import NAME

AWS = ("--connection", "default")


@pytest.fixture(autouse=True)
def new_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 keeps the region and the credentials of the first test that asked."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def fill(aws: Any, person: Person, **changes: Any) -> None:
    secret = {"baseUrl": person.simulator.base_url, "username": person.simulator.username, "password": PASSWORD}
    kept = {key: value for key, value in (secret | changes).items() if value is not None}
    aws.put_secret_value(SecretId=NAME, SecretString=json.dumps(kept))


def test_the_secret_of_the_stage_is_read_from_secrets_manager(person: Person, aws: Any) -> None:
    fill(aws, person)
    report = person.check(*AWS)
    assert (report.code, report.problems) == (0, [])
    assert report.only("secret", f"secret {NAME}")[0] == "ok"
    assert report.only("prompts")[0] == "ok"


def test_an_empty_secret_is_reported_with_the_command_that_fills_it_and_the_way_without_aws(
    person: Person, aws: Any
) -> None:
    code, out, err = person.ask()
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert f"aws secretsmanager put-secret-value --secret-id {NAME}" in err
    assert "--library-url URL" in err


def test_a_secret_that_does_not_exist_is_reported_with_how_to_deploy(person: Person, aws: Any) -> None:
    aws.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)
    report = person.check(*AWS)
    assert report.code == 2
    assert "make deploy STAGE=dev" in report.only("usage")[1]


def test_without_aws_credentials_one_sentence_says_what_to_do(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    code, _, err = person.ask()
    assert (code, err.count("\n")) == (2, 1)
    assert "AWS_DEFAULT_REGION" in err
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    code, _, err = person.ask()
    assert (code, err.count("\n")) == (2, 1)
    assert "no AWS credentials" in err
    assert "--library-url" in err


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password": None}, "lacks password"),
        ({"loginMode": 2}, "loginMode that is not one of"),
        ({"loginMode": [1]}, "loginMode that is not one of"),
        ({"loginMode": 4096}, "lacks apiToken"),
        ({"passwort": "x"}, "unknown field passwort"),
    ],
)
def test_an_incomplete_secret_is_a_problem_and_the_server_is_still_tried(
    person: Person, aws: Any, changes: dict[str, Any], sentence: str
) -> None:
    fill(aws, person, **changes)
    report = person.check(*AWS)
    assert (report.code, report.problems) == (1, ["secret"])
    assert sentence in report.only("secret")[1]
    assert report.only("server")[0] == "ok"
    assert report.of("login") == []
    assert person.steps() == ["server_status"]


@pytest.mark.parametrize("text", ["not JSON", "[]", '"x"', "[" * 100_000])
def test_a_secret_that_is_not_a_json_object_is_a_problem(person: Person, aws: Any, text: str) -> None:
    aws.put_secret_value(SecretId=NAME, SecretString=text)
    report = person.check(*AWS)
    assert (report.code, report.problems) == (1, ["secret", "url"])
    assert report.only("job", "city")[0] == "note"


@pytest.mark.parametrize("changes", [{"baseUrl": "http://library.example.com"}, {"baseUrl": None}, {"baseUrl": 5}])
def test_a_base_url_that_is_none_is_a_problem(person: Person, aws: Any, changes: dict[str, Any]) -> None:
    fill(aws, person, **changes)
    report = person.check(*AWS)
    assert report.code == 1
    assert "url" in report.problems


@pytest.mark.parametrize(
    "changes", [{"caBundle": "no certificate", "baseUrl": "https://localhost:1/x"}, {"caBundle": 5}]
)
def test_an_authority_that_is_none_ends_in_no_stack_trace(person: Person, aws: Any, changes: dict[str, Any]) -> None:
    fill(aws, person, **changes)
    report = person.check(*AWS)
    assert report.code == 1
    assert report.of("check") == []


def test_an_api_token_logs_in_and_is_not_shown(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.environment(MSTR_API_TOKEN=person.simulator.api_token)
    report = person.check()
    assert report.code == 0
    assert "Mode 4096 (API token)" in report.only("login mode")[1]


def test_credentials_that_are_not_in_the_environment_are_bad_usage(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MSTR_PASSWORD")
    report = person.check()
    assert report.code == 2
    assert "MSTR_PASSWORD is not set" in report.only("usage")[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--stage", "dve"], "did you mean dev?"),
        (["--connection", "defualt"], "did you mean default?"),
        (["--simulator", "--library-url", "https://h"], "not allowed with"),
        (["--no-such-option"], "--no-such-option"),
    ],
)
def test_bad_usage_ends_with_a_sentence_and_code_2(person: Person, words: list[str], sentence: str) -> None:
    code, out, err = person.ask("--json", *words)
    assert code == 2
    assert sentence in err
    assert json.loads(out)["findings"][0]["result"] == "problem"


def test_a_newcomer_can_try_it_on_the_built_in_simulator(person: Person) -> None:
    code, out, err = person.ask("--simulator")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("No problem in 19 findings")
