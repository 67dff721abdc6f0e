"""Clients of AWS, made by botocore: boto3 would import S3's transfer manager in every function.

In Lambda they are made while the function is initialised, with a whole core; an invocation of 256 MB has a sixth.
Botocore reads what the services are like from :data:`MODELS` alone, which has only the operations of
:data:`OPERATIONS`: reading its own descriptions takes longer than all else that makes a client.
"""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader

OPERATIONS = {
    "dynamodb": ("BatchGetItem", "BatchWriteItem", "GetItem", "PutItem", "Scan", "UpdateItem"),
    "events": ("PutEvents",),
    "s3": ("GetObject", "HeadBucket", "HeadObject"),  # botocore looks for the region of a bucket after some refusals
    "secretsmanager": ("GetSecretValue",),
    "sns": ("Publish",),
    "stepfunctions": ("DescribeExecution", "SendTaskFailure", "SendTaskSuccess", "StartExecution", "StopExecution"),
}
"""What the functions call, by service; after a change run ``make docs``, which writes the models."""

MODELS = Path(__file__).with_name("aws_models")
"""The descriptions of these operations, trimmed from botocore's (``infra/build/aws_models.py``)."""

_LOCK = Lock()


def new_client(service: str, config: Config | None = None) -> Any:
    """A client of a service in OPERATIONS, by botocore's name. One takes longer to make than a call: keep it.

    AWS updates the botocore of Lambda. One that looks for a file which MODELS lacks reads its own descriptions.
    """
    with _LOCK:  # a session must not make two at once
        try:
            return _session().create_client(service, config=config)
        except DataNotFoundError:
            return _whole_session().create_client(service, config=config)


@cache
def _session() -> Any:
    session = botocore.session.get_session()
    session.register_component(
        "data_loader", Loader(extra_search_paths=[str(MODELS)], include_default_search_paths=False)
    )
    return session


@cache
def _whole_session() -> Any:
    return botocore.session.get_session()


def in_init(*made: Callable[[], object]) -> None:
    """Make at import, in Lambda only, what (nearly) every invocation of a handler needs.

    Elsewhere an import of a handler says nothing of AWS, and each is made when it is first used.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        for make in made:
            make()
