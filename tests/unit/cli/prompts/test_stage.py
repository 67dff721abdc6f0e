"""The secret of a stage's connection, out of Secrets Manager (moto)."""

import json
from typing import Any

from tests.unit.cli.prompts.conftest import PASSWORD, PROJECT, Person, row
from tests.unit.conftest import NAME


def test_the_secret_of_the_stage_leads_to_the_server(person: Person, aws: Any) -> None:
    secret = {"baseUrl": person.simulator.base_url, "username": person.simulator.username, "password": PASSWORD}
    aws.put_secret_value(SecretId=NAME, SecretString=json.dumps(secret))
    code, out, _ = person.ask("City", "--stage", "dev", *PROJECT)
    assert code == 0
    assert "USA" in row(out, "Elements of Country")


def test_an_incomplete_secret_is_reported_as_at_a_run(person: Person, aws: Any) -> None:
    secret = {"baseUrl": person.simulator.base_url, "username": person.simulator.username}
    aws.put_secret_value(SecretId=NAME, SecretString=json.dumps(secret))
    code, out, err = person.ask("City", "--stage", "dev", "--connection", "default", *PROJECT)
    assert (code, out) == (1, "")
    assert err.startswith(f"datamart: CredentialsRejected: secret {NAME} lacks password")


def test_an_empty_secret_is_reported_with_what_to_do(person: Person, aws: Any) -> None:
    code, out, err = person.ask("City", "--stage", "dev", *PROJECT)
    assert (code, out) == (2, "")
    assert f"aws secretsmanager put-secret-value --secret-id {NAME}" in err
    assert "to try it on the built-in simulator" in err
