"""The only table of refusals by AWS and boto3: a sentence for each that says what is wrong and what to do."""

from botocore import exceptions as botocore

SIGN_IN = "set AWS_PROFILE, or run `aws configure` or `aws sso login`"
NO_CREDENTIALS = f"there are no AWS credentials: {SIGN_IN}."
NO_REGION = "no AWS region is set: set AWS_DEFAULT_REGION, or region in the profile."
_INCOMPLETE = f"the AWS credentials are not complete ({{problem}}): {SIGN_IN}."
_NOT_RETRIEVED = f"the AWS credentials cannot be retrieved ({{problem}}): {SIGN_IN}."
_EXPIRED = f"the AWS credentials have expired: {SIGN_IN}."
_UNKNOWN = f"AWS does not know these credentials: {SIGN_IN}."
_FORBIDDEN = "a permission is missing: {message}"

BEFORE_A_CALL: tuple[tuple[type[Exception], str], ...] = (
    (botocore.NoCredentialsError, NO_CREDENTIALS),
    (botocore.ProfileNotFound, "{problem}: AWS_PROFILE names it."),
    (botocore.NoRegionError, NO_REGION),
    (botocore.PartialCredentialsError, _INCOMPLETE),
    (botocore.CredentialRetrievalError, _NOT_RETRIEVED),
    (botocore.SSOError, _NOT_RETRIEVED),
    (botocore.TokenRetrievalError, _NOT_RETRIEVED),
    (botocore.EndpointConnectionError, "AWS cannot be reached ({problem}): check AWS_DEFAULT_REGION and the network."),
    (botocore.BotoCoreError, "the call to AWS failed: {problem}"),
)
"""Exceptions of boto3 itself; the first that fits."""

BY_CODE = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": _EXPIRED,
    "InvalidClientTokenId": _UNKNOWN,
    "UnrecognizedClientException": _UNKNOWN,
    "SignatureDoesNotMatch": _UNKNOWN,
    "InvalidSignatureException": _UNKNOWN,
    "AccessDenied": _FORBIDDEN,
    "AccessDeniedException": _FORBIDDEN,
    "InvalidExecutionInput": "the input cannot be started: {message}",
}
"""Error codes of AWS's services."""

ANY_OTHER_CODE = "AWS refused {operation} ({code}): {message}"


def sentence(problem: Exception) -> str:
    """What is wrong and what to do about it, for a ``ClientError`` or ``BotoCoreError``."""
    if isinstance(problem, botocore.ClientError):
        error = problem.response.get("Error", {})
        code, message = error.get("Code", ""), error.get("Message", "")
        words = BY_CODE.get(code, ANY_OTHER_CODE)
        return words.format(code=code, message=message, operation=problem.operation_name)
    return next(words for kind, words in BEFORE_A_CALL if isinstance(problem, kind)).format(problem=problem)
