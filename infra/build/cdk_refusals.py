"""What the CDK's engine refuses at synth, as one sentence instead of a stack trace of two languages."""

import contextlib
from collections.abc import Iterator

from jsii.errors import JavaScriptError, JSIIError

from functions.text import one_line
from infra.settings.settings import BadConfiguration

LONGEST = 1_000
"""Characters of what the engine says."""


@contextlib.contextmanager
def in_one_sentence() -> Iterator[None]:
    """Raise BadConfiguration for what the engine refuses within; the engine's own error is its cause."""
    try:
        yield
    except (RuntimeError, JSIIError) as error:
        if not (isinstance(error, JSIIError) or isinstance(error.__cause__, JavaScriptError)):
            raise
        raise BadConfiguration(
            f"the CDK refuses what the files of infra/settings and infra/jobs describe: {one_line(error, LONGEST)}. "
            "Undo or correct the last change in them."
        ) from error
