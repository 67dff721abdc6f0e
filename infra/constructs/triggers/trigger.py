"""A trigger of a job or batch, and what the triggers of a stack share."""

from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.encryption import Encryption
from infra.constructs.schedules import Schedules
from infra.constructs.starter import Starter
from infra.jobs.triggered import Triggered

Declared = dict[str, Any]
"""A trigger as a file has it, or what it says of its uploads or messages."""


@dataclass(frozen=True)
class Trigger:
    """One trigger of a job or batch.

    ``name`` is that of its schedule or own topic; ``construct_id`` begins the ids of its constructs.
    """

    owner: Triggered
    name: str
    construct_id: str
    declared: Declared


@dataclass(frozen=True)
class Shared:
    """What the triggers of a stack share; ``inbox`` is the stack's own bucket, or None where no trigger needs one."""

    scope: Construct
    starter: Starter
    schedules: Schedules
    inbox: s3.Bucket | None
    encryption: Encryption
