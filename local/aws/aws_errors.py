"""Turns errors of AWS into CannotGoOn, and classifies transient ones. The sentences: infra/build/aws_refusals.py."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions as botocore

from infra.build.aws_refusals import sentence
from local.errors import CannotGoOn

PASSING = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})
"""Transient error codes; every 5xx response is transient, too."""


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turn what boto3 raises within the block into CannotGoOn."""
    try:
        yield
    except (botocore.ClientError, botocore.BotoCoreError) as problem:
        raise CannotGoOn(sentence(problem)) from problem


def passes(problem: Exception) -> bool:
    """Whether a retry may succeed: a failure of the network, or throttling."""
    if isinstance(problem, botocore.ClientError):
        status = problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return problem.response["Error"]["Code"] in PASSING or status >= 500
    return isinstance(problem, (botocore.ConnectionError, botocore.HTTPClientError))
