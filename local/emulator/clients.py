"""Clients of moto's AWS, one for each service: a client takes longer to make than a call."""

from functools import cache
from typing import Any

import boto3


@cache
def client(service: str) -> Any:
    """The client of a service."""
    return boto3.client(service)
