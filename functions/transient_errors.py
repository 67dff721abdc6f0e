"""Errors of AWS: which are transient and retried, whether the function may have started, and what a person does.

``INVOKE`` classifies every error that Lambda's Invoke may return (botocore's service model) before a handler runs. The
state machine's retriers and catchers and the decision about another attempt follow from this table. Our own errors are
in ``functions/errors.py``.
"""

from enum import Enum

from botocore.exceptions import ClientError


class Invocation(Enum):
    """What an error of Lambda's Invoke says about the invocation."""

    NOT_STARTED = "the function did not start, and will when it is invoked later: a repeat is safe in every state"
    PERHAPS_STARTED = "the function may have started; the at-most-once guards of its handler make a repeat safe"
    PERMANENT = "the function did not start, and does not before a person has changed something"


INVOKE: dict[str, Invocation] = {
    # The account's or the function's concurrency, or the rate of requests.
    "TooManyRequestsException": Invocation.NOT_STARTED,
    "ServiceQuotaExceededException": Invocation.NOT_STARTED,
    # The function is being created, updated or woken: the state of an idle function in a VPC is Inactive.
    "ResourceNotReadyException": Invocation.NOT_STARTED,
    "ResourceConflictException": Invocation.NOT_STARTED,
    "CodeArtifactUserPendingException": Invocation.NOT_STARTED,
    "CodeArtifactUserDeletedException": Invocation.NOT_STARTED,
    "SnapStartNotReadyException": Invocation.NOT_STARTED,
    "SnapStartTimeoutException": Invocation.NOT_STARTED,
    "SnapStartRegenerationFailureException": Invocation.NOT_STARTED,
    # Its network interface: not ready yet, or no address is free at the moment.
    "ENINotReadyException": Invocation.NOT_STARTED,
    "ENILimitReachedException": Invocation.NOT_STARTED,
    "SubnetIPAddressLimitReachedException": Invocation.NOT_STARTED,
    "EC2ThrottledException": Invocation.NOT_STARTED,
    "EC2UnexpectedException": Invocation.NOT_STARTED,
    # An internal error of Lambda: at what moment is not said.
    "ServiceException": Invocation.PERHAPS_STARTED,
    # The function's configuration.
    "EC2AccessDeniedException": Invocation.PERMANENT,
    "InvalidSecurityGroupIDException": Invocation.PERMANENT,
    "InvalidSubnetIDException": Invocation.PERMANENT,
    "KMSAccessDeniedException": Invocation.PERMANENT,
    "KMSDisabledException": Invocation.PERMANENT,
    "KMSInvalidStateException": Invocation.PERMANENT,
    "KMSNotFoundException": Invocation.PERMANENT,
    "InvalidRuntimeException": Invocation.PERMANENT,
    "RuntimeAliasDeletedException": Invocation.PERMANENT,
    "RuntimeVersionDeletedException": Invocation.PERMANENT,
    "ResourceNotFoundException": Invocation.PERMANENT,
    "NoPublishedVersionException": Invocation.PERMANENT,
    "ModeNotSupportedException": Invocation.PERMANENT,
    "RecursiveInvocationException": Invocation.PERMANENT,
    # Its code.
    "InvalidZipFileException": Invocation.PERMANENT,
    "CodeArtifactUserFailedException": Invocation.PERMANENT,
    "SnapStartException": Invocation.PERMANENT,
    # The payload: the same one is refused again.
    "InvalidParameterValueException": Invocation.PERMANENT,
    "InvalidRequestContentException": Invocation.PERMANENT,
    "RequestTooLargeException": Invocation.PERMANENT,
    "SerializedRequestEntityTooLargeException": Invocation.PERMANENT,
    "UnsupportedMediaTypeException": Invocation.PERMANENT,
    # Features that the stack does not use: file systems and durable executions.
    "EFSIOException": Invocation.PERMANENT,
    "EFSMountConnectivityException": Invocation.PERMANENT,
    "EFSMountFailureException": Invocation.PERMANENT,
    "EFSMountTimeoutException": Invocation.PERMANENT,
    "S3FilesMountConnectivityException": Invocation.PERMANENT,
    "S3FilesMountFailureException": Invocation.PERMANENT,
    "S3FilesMountTimeoutException": Invocation.PERMANENT,
    "DurableExecutionAlreadyStartedException": Invocation.PERMANENT,
}

_OF_THE_SDK = ("AWSLambdaException", "LambdaException", "SdkClientException", "ClientExecutionTimeoutException")
"""What Step Functions' own client reports where Lambda's response names no error, or where Lambda sent none."""

_RESPELT = {"EC2": "Ec2", "ENI": "Eni", "IPAddress": "IpAddress", "KMS": "Kms", "EFS": "Efs"}
"""The client of Step Functions is a Java one, whose second version spells abbreviations in this way."""

_PREFIX = "Lambda."


def _names(kind: Invocation) -> tuple[str, ...]:
    found = [name for name, invocation in INVOKE.items() if invocation is kind]
    respelt = [new for name in found if (new := _respelt(name)) != name]
    return tuple(_PREFIX + name for name in (*found, *respelt))


def _respelt(name: str) -> str:
    for old, new in _RESPELT.items():
        name = name.replace(old, new)
    return name


NOT_STARTED = _names(Invocation.NOT_STARTED)
"""Step Functions' names of the errors after which the function did not start, and will when it is invoked later."""

RETRIED = (*NOT_STARTED, *_names(Invocation.PERHAPS_STARTED), *(_PREFIX + name for name in _OF_THE_SDK))
"""Step Functions' names of everything that every state retries."""

IN_A_HANDLER = (
    *("ProvisionedThroughputExceededException", "ThrottlingException", "ThrottledException", "RequestLimitExceeded"),
    *("InternalServerError", "InternalServerErrorException", "InternalServiceError", "ServiceUnavailable"),
    "TransactionConflictException",
    *("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"),
)
"""What a handler raises when boto3 has given up on a service that throttles, is down or out of reach."""

PERMANENT = _names(Invocation.PERMANENT)
"""Step Functions' names of the errors that only a change of the function or its account cures."""

NOT_FROM_A_HANDLER = ("States.Timeout", "Lambda.", "Sandbox.", "Runtime.")
"""How the names begin that AWS gives to functions that were killed, throttled or out of reach."""

ADVICE: dict[str, str] = {
    **dict.fromkeys(
        NOT_STARTED,
        "Look at the function's state in the Lambda console, and at the concurrency that the account and the stage's "
        "reservedConcurrency leave it.",
    ),
    **dict.fromkeys(PERMANENT, "Correct what the message names in the function's configuration, or deploy again."),
    **dict.fromkeys(
        IN_A_HANDLER, "Find out why the AWS service did not respond: a throttle, an outage, or the network to it."
    ),
}
"""What a person does about an error of AWS, by its name in Step Functions."""


def is_transient(error: BaseException | None) -> bool:
    """Whether boto3 raised it for a service that throttles, is down or out of reach."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    return code in IN_A_HANDLER


def never_started(error: str) -> bool:
    """Whether the error that Step Functions reports says that the function did not start."""
    return error in NOT_STARTED or error in PERMANENT


def passes(error: str) -> bool:
    """Whether the error that Step Functions reports is a transient one of AWS."""
    return error in RETRIED or error in IN_A_HANDLER
