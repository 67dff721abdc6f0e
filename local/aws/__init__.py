"""What was deployed into an AWS account, seen from here with ordinary credentials."""

from local.aws.aws_errors import in_plain_words
from local.aws.stack import Stack, stack_of

__all__ = ["Stack", "in_plain_words", "stack_of"]
