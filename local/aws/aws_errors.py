"""What AWS, or boto3 before it, answers instead of an answer, each in one sentence that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions as botocore

LOG_IN = "set AWS_PROFILE, or run `aws configure` or `aws sso login`"


class CannotGoOn(Exception):
    """Nothing more can be done in the account; the text says why, and what to do, in one sentence."""


BEFORE_A_CALL: tuple[tuple[type[Exception], str], ...] = (
    (botocore.NoCredentialsError, f"there are no AWS credentials: {LOG_IN}."),
    (botocore.ProfileNotFound, "{problem}: AWS_PROFILE names it."),
    (botocore.NoRegionError, "no AWS region is set: set AWS_DEFAULT_REGION, or region in the profile."),
    (botocore.PartialCredentialsError, f"the AWS credentials are not complete ({{problem}}): {LOG_IN}."),
    (botocore.CredentialRetrievalError, f"the AWS credentials cannot be had ({{problem}}): {LOG_IN}."),
    (botocore.SSOError, f"the AWS credentials cannot be had ({{problem}}): {LOG_IN}."),
    (botocore.TokenRetrievalError, f"the AWS credentials cannot be had ({{problem}}): {LOG_IN}."),
    (botocore.BotoCoreError, "AWS cannot be asked: {problem}"),
)
"""Exceptions of boto3 itself; the first that fits."""

_EXPIRED = f"the AWS credentials have expired: {LOG_IN}."
_UNKNOWN = f"AWS does not know these credentials: {LOG_IN}."
_FORBIDDEN = "a permission is missing: {message}"

BY_CODE = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": _EXPIRED,
    "InvalidClientTokenId": _UNKNOWN,
    "UnrecognizedClientException": _UNKNOWN,
    "SignatureDoesNotMatch": _UNKNOWN,
    "AccessDenied": _FORBIDDEN,
    "AccessDeniedException": _FORBIDDEN,
    "InvalidExecutionInput": "the input cannot be started: {message}",
}
"""Error codes of AWS's services."""

PASSING = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})
"""Codes that go away by themselves; so does every answer of the 500s."""


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turn what boto3 raises within the block into CannotGoOn."""
    try:
        yield
    except botocore.ClientError as problem:
        error = problem.response["Error"]
        words = BY_CODE.get(error["Code"], "AWS refused {operation} ({code}): {message}")
        said = {"code": error["Code"], "message": error.get("Message", ""), "operation": problem.operation_name}
        raise CannotGoOn(words.format(**said)) from problem
    except botocore.BotoCoreError as problem:
        words = next(words for kind, words in BEFORE_A_CALL if isinstance(problem, kind))
        raise CannotGoOn(words.format(problem=problem)) from problem


def passes(problem: Exception) -> bool:
    """Whether it is worth asking again later: the network, or a service that is busy."""
    if isinstance(problem, botocore.ClientError):
        status = problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return problem.response["Error"]["Code"] in PASSING or status >= 500
    return isinstance(problem, (botocore.ConnectionError, botocore.HTTPClientError))
