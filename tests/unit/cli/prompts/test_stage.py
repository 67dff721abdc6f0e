"""The secret of a stage's connection, out of Secrets Manager (moto)."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.jobs import job_files
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


def test_a_job_for_the_server_of_a_stage_goes_on_with_that_stage(
    person: Person, aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_files, "FOLDER", tmp_path)
    secret = {"baseUrl": person.simulator.base_url, "username": person.simulator.username, "password": PASSWORD}
    aws.put_secret_value(SecretId=NAME, SecretString=json.dumps(secret))
    code, out, _ = person.run("init", "City", "--stage", "dev", *PROJECT)
    assert (code, [path.name for path in tmp_path.iterdir()]) == (0, ["city.json"])
    assert "  .venv/bin/datamart check --stage dev   # " in out
    assert "  make deploy STAGE=dev                  # lets it run by its schedule\n" in out
