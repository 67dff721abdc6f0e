"""The connection's secret as the stack made it, read with a person's own AWS credentials."""

from typing import Any

from functions.requests.connection import read
from local.server_access.connection import Source, judged
from local.server_access.usage import BadUsage


def of_secrets_manager(stage: str, connection: str, without_aws: str) -> Source:
    """The connection of the stage. Raises BadUsage, saying what to do and, in ``without_aws``, what goes without."""
    name = f"datamart-runner-{stage}/{connection}"
    return judged(f"secret {name}", read(_read(name, stage, without_aws)))


def _read(name: str, stage: str, without_aws: str) -> str | bytes | None:
    import boto3  # takes most of a second, and only this source needs it
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=10, read_timeout=10, retries={"total_max_attempts": 2})
    try:
        answer: dict[str, Any] = boto3.client("secretsmanager", config=config).get_secret_value(SecretId=name)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        reason = _REFUSED.get(code, f"Secrets Manager refuses it ({code}).")
    except BotoCoreError as error:
        reason = _NOT_ASKED.get(type(error).__name__, f"Secrets Manager cannot be asked ({type(error).__name__}).")
    else:
        return answer.get("SecretString") or answer.get("SecretBinary")
    raise BadUsage(f"the secret {name} cannot be read: {reason.format(name=name, stage=stage)} {without_aws}")


_REFUSED = {
    "ResourceNotFoundException": (
        "it does not exist in this account and region, or it is still empty. Deploy with make deploy STAGE={stage}, "
        "then fill it: aws secretsmanager put-secret-value --secret-id {name} --secret-string file://connection.json."
    ),
    "AccessDeniedException": (
        "your AWS identity needs secretsmanager:GetSecretValue on it (and kms:Decrypt where the stage has its own key)."
    ),
    "ExpiredTokenException": "your AWS credentials have expired; sign in again.",
    "UnrecognizedClientException": "AWS does not know your credentials; sign in again, or set AWS_PROFILE.",
    "InvalidSignatureException": "AWS does not accept your credentials; sign in again, or set AWS_PROFILE.",
}
"""What to do, by Secrets Manager's own error."""

_NOT_ASKED = {
    "NoCredentialsError": "there are no AWS credentials; sign in, or set AWS_PROFILE.",
    "PartialCredentialsError": "the AWS credentials are incomplete; sign in, or set AWS_PROFILE.",
    "NoRegionError": "no region is set; set AWS_DEFAULT_REGION to that of the stack.",
    "ProfileNotFound": "AWS_PROFILE names a profile that does not exist.",
    "TokenRetrievalError": "the AWS sign-in has expired; sign in again.",
    "UnauthorizedSSOTokenError": "the AWS sign-in has expired; sign in again.",
    "SSOTokenLoadError": "the AWS sign-in has expired; sign in again.",
    "EndpointConnectionError": "Secrets Manager cannot be reached; check AWS_DEFAULT_REGION and the network.",
}
"""What to do, where it did not get as far as Secrets Manager."""
