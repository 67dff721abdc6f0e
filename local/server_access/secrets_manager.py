"""Reads the secret of a stage's connection with a person's own AWS credentials."""

from typing import Any

from functions.names import secret_name
from functions.requests.connection import read
from local.errors import CannotGoOn
from local.server_access.connection import Source, judged


def of_secrets_manager(stage: str, connection: str, without_aws: str) -> Source:
    """The connection of the stage. Raises CannotGoOn; its text ends with ``without_aws``, what works without AWS."""
    name = secret_name(stage, connection)
    return judged(f"secret {name}", read(_read(name, stage, without_aws)))


def _read(name: str, stage: str, without_aws: str) -> str | bytes | None:
    import boto3  # takes most of a second, and only this source needs it
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    from infra.build.aws_refusals import sentence

    config = Config(connect_timeout=10, read_timeout=10, retries={"total_max_attempts": 2})
    try:
        answer: dict[str, Any] = boto3.client("secretsmanager", config=config).get_secret_value(SecretId=name)
    except (ClientError, BotoCoreError) as error:
        missing = NOT_FILLED.format(name=name, stage=stage)
        reason = missing if _is_missing(error) else f"{sentence(error).removesuffix('.')}."
    else:
        return answer.get("SecretString") or answer.get("SecretBinary")
    raise CannotGoOn(f"the secret {name} cannot be read: {reason.removesuffix('.')}. {without_aws}")


def _is_missing(error: Exception) -> bool:
    code = getattr(error, "response", {}).get("Error", {}).get("Code")
    return bool(code == "ResourceNotFoundException")


NOT_FILLED = (
    "it does not exist in this account and region, or it is still empty. Deploy with make deploy STAGE={stage}, "
    "then fill it: aws secretsmanager put-secret-value --secret-id {name} --secret-string file://connection.json."
)
