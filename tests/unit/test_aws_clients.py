"""Clients of AWS are made while Lambda initialises a function, and at no import elsewhere."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from functions import aws_clients

HANDLER = """
import sys
import functions.handlers.get_status
from functions.microstrategy.http.tls import public_authorities
from functions.runs.store.table import run_table
print(run_table.cache_info().currsize, public_authorities.cache_info().currsize, "boto3" in sys.modules)
"""


@pytest.mark.parametrize(("where", "made"), [({"AWS_LAMBDA_FUNCTION_NAME": "f"}, "1 1 False"), ({}, "0 0 False")])
def test_an_import_of_a_handler_makes_what_it_needs_in_lambda_only(where: dict[str, str], made: str) -> None:
    of_lambda = {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    environment = of_lambda | {"RUN_TABLE": "runs", "POWERTOOLS_TRACE_DISABLED": "true"} | where
    done = subprocess.run([sys.executable, "-c", HANDLER], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == made, done.stderr


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("missing", ["endpoints", "partitions", "service-2"])
def test_a_botocore_that_looks_for_a_file_which_the_functions_lack_reads_its_own(
    missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(aws_clients.MODELS, tmp_path, dirs_exist_ok=True)
    for path in tmp_path.rglob(f"{missing}.json"):
        path.unlink()
    monkeypatch.setattr(aws_clients, "MODELS", tmp_path)
    aws_clients._session.cache_clear()
    client = aws_clients.new_client("sns")
    aws_clients._session.cache_clear()
    assert len(client.meta.service_model.operation_names) > len(aws_clients.OPERATIONS["sns"])
    assert client.meta.endpoint_url == "https://sns.eu-west-1.amazonaws.com"


@pytest.mark.usefixtures("credentials")
def test_clients_of_one_process_share_a_session() -> None:
    one, other = aws_clients.new_client("events"), aws_clients.new_client("sns")
    assert one.meta.region_name == other.meta.region_name == "eu-west-1"
