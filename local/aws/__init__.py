"""Access to deployed stacks with a person's own AWS credentials."""

from local.aws.aws_errors import in_plain_words
from local.aws.stack import Stack, stack_of

__all__ = ["Stack", "in_plain_words", "stack_of"]
