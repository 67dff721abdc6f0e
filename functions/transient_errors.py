"""Errors of AWS that pass by themselves: which errors are retried, and whether the function may have started.

``INVOKE`` decides every error that Lambda's Invoke may answer (botocore's service model), before a handler runs. The
retriers and catchers of the state machine's definition, and the decision Again, follow from this table
(``tests/infra/test_transient_errors.py``).
"""

from enum import Enum

from botocore.exceptions import ClientError


class Answer(Enum):
    """What an answer of Lambda says about the invocation."""

    NOT_STARTED = "the function did not start, and will when it is invoked later: a repeat is safe in every state"
    PERHAPS_STARTED = "the function may have started; the at-most-once guards of its handler make a repeat safe"
    PERMANENT = "the function did not start, and does not before a person has changed something"


INVOKE: dict[str, Answer] = {
    # The account's or the function's concurrency, or the rate of requests.
    "TooManyRequestsException": Answer.NOT_STARTED,
    "ServiceQuotaExceededException": Answer.NOT_STARTED,
    # The function is being created, updated or woken: the state of an idle function in a VPC is Inactive.
    "ResourceNotReadyException": Answer.NOT_STARTED,
    "ResourceConflictException": Answer.NOT_STARTED,
    "CodeArtifactUserPendingException": Answer.NOT_STARTED,
    "CodeArtifactUserDeletedException": Answer.NOT_STARTED,
    "SnapStartNotReadyException": Answer.NOT_STARTED,
    "SnapStartTimeoutException": Answer.NOT_STARTED,
    "SnapStartRegenerationFailureException": Answer.NOT_STARTED,
    # Its network interface: not ready yet, or no address is free at the moment.
    "ENINotReadyException": Answer.NOT_STARTED,
    "ENILimitReachedException": Answer.NOT_STARTED,
    "SubnetIPAddressLimitReachedException": Answer.NOT_STARTED,
    "EC2ThrottledException": Answer.NOT_STARTED,
    "EC2UnexpectedException": Answer.NOT_STARTED,
    # An internal error of Lambda: at what moment is not said.
    "ServiceException": Answer.PERHAPS_STARTED,
    # The function's configuration.
    "EC2AccessDeniedException": Answer.PERMANENT,
    "InvalidSecurityGroupIDException": Answer.PERMANENT,
    "InvalidSubnetIDException": Answer.PERMANENT,
    "KMSAccessDeniedException": Answer.PERMANENT,
    "KMSDisabledException": Answer.PERMANENT,
    "KMSInvalidStateException": Answer.PERMANENT,
    "KMSNotFoundException": Answer.PERMANENT,
    "InvalidRuntimeException": Answer.PERMANENT,
    "RuntimeAliasDeletedException": Answer.PERMANENT,
    "RuntimeVersionDeletedException": Answer.PERMANENT,
    "ResourceNotFoundException": Answer.PERMANENT,
    "NoPublishedVersionException": Answer.PERMANENT,
    "ModeNotSupportedException": Answer.PERMANENT,
    "RecursiveInvocationException": Answer.PERMANENT,
    # Its code.
    "InvalidZipFileException": Answer.PERMANENT,
    "CodeArtifactUserFailedException": Answer.PERMANENT,
    "SnapStartException": Answer.PERMANENT,
    # The payload: the same one is refused again.
    "InvalidParameterValueException": Answer.PERMANENT,
    "InvalidRequestContentException": Answer.PERMANENT,
    "RequestTooLargeException": Answer.PERMANENT,
    "SerializedRequestEntityTooLargeException": Answer.PERMANENT,
    "UnsupportedMediaTypeException": Answer.PERMANENT,
    # Features that the stack does not use: file systems and durable executions.
    "EFSIOException": Answer.PERMANENT,
    "EFSMountConnectivityException": Answer.PERMANENT,
    "EFSMountFailureException": Answer.PERMANENT,
    "EFSMountTimeoutException": Answer.PERMANENT,
    "S3FilesMountConnectivityException": Answer.PERMANENT,
    "S3FilesMountFailureException": Answer.PERMANENT,
    "S3FilesMountTimeoutException": Answer.PERMANENT,
    "DurableExecutionAlreadyStartedException": Answer.PERMANENT,
}

_OF_THE_SDK = ("AWSLambdaException", "LambdaException", "SdkClientException", "ClientExecutionTimeoutException")
"""What Step Functions' own client reports where Lambda's answer has no name, or where there was none."""

_RESPELT = {"EC2": "Ec2", "ENI": "Eni", "IPAddress": "IpAddress", "KMS": "Kms", "EFS": "Efs"}
"""The client of Step Functions is a Java one, whose second version spells abbreviations in this way."""

_PREFIX = "Lambda."


def _names(answer: Answer) -> tuple[str, ...]:
    found = [name for name, said in INVOKE.items() if said is answer]
    respelt = [new for name in found if (new := _respelt(name)) != name]
    return tuple(_PREFIX + name for name in (*found, *respelt))


def _respelt(name: str) -> str:
    for old, new in _RESPELT.items():
        name = name.replace(old, new)
    return name


NOT_STARTED = _names(Answer.NOT_STARTED)
"""Step Functions' names of the answers that say that the function did not start and will later."""

RETRIED = (*NOT_STARTED, *_names(Answer.PERHAPS_STARTED), *(_PREFIX + name for name in _OF_THE_SDK))
"""Step Functions' names of everything that every state retries."""

IN_A_HANDLER = (
    *("ProvisionedThroughputExceededException", "ThrottlingException", "ThrottledException", "RequestLimitExceeded"),
    *("InternalServerError", "InternalServerErrorException", "InternalServiceError", "ServiceUnavailable"),
    "TransactionConflictException",
    *("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"),
)
"""What a handler raises once boto3 has given up on a service that throttles, is down or out of reach."""


PERMANENT = _names(Answer.PERMANENT)
"""Step Functions' names of the answers that only a change of the function or its account cures."""


def is_transient(error: BaseException | None) -> bool:
    """Whether what boto3 raised passes by itself."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    return code in IN_A_HANDLER


def never_started(error: str) -> bool:
    """Whether the error that Step Functions reports says that the function did not start."""
    return error in NOT_STARTED or error in PERMANENT


def passes(error: str) -> bool:
    """Whether the error that Step Functions reports is one of AWS that passes by itself."""
    return error in RETRIED or error in IN_A_HANDLER
