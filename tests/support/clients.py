"""Clients of moto's AWS that all tests of a process share: one takes longer to make than ten calls."""

from functools import cache
from typing import Any

import boto3


@cache
def client(service: str, region: str = "eu-west-1") -> Any:
    """A client of boto3 for a test inside of ``mock_aws``; it is nobody's session, and has no state but its handlers.

    A test that registers handlers makes a client of its own.
    """
    key = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    return boto3.Session(region_name=region, **key).client(service)
