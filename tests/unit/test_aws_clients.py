"""Clients of AWS are made while Lambda initialises a function, and at no import elsewhere."""

import subprocess
import sys

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


def test_clients_of_one_process_share_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    one, other = aws_clients.new_client("events"), aws_clients.new_client("sns")
    assert one.meta.region_name == other.meta.region_name == "eu-west-1"
