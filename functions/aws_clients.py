"""Clients of AWS, made by botocore: boto3 would import S3's transfer manager in every function.

In Lambda they are made while the function is initialised, with a whole core; an invocation of 256 MB has a sixth.
"""

import os
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Any

import botocore.session
from botocore.config import Config

_LOCK = Lock()


def new_client(service: str, config: Config | None = None) -> Any:
    """A client of a service, by botocore's name. One takes longer to make than a call: keep it."""
    with _LOCK:  # a session must not make two at once
        return _session().create_client(service, config=config)


@cache
def _session() -> Any:
    return botocore.session.get_session()


def in_init(*made: Callable[[], object]) -> None:
    """Make at import, in Lambda only, what (nearly) every invocation of a handler needs.

    Elsewhere an import of a handler says nothing of AWS, and each is made when it is first used.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        for make in made:
            make()
