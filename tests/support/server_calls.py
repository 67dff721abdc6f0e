"""Each call to the server whose failure fails a step, held against the step's row in the table of functions.

How often a state is retried follows from the calls in that row, so a call that is missing there would be retried by the
rule of another. A step that ends as ServerUnavailable names its call; this looks at every such end.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.constructs.function_table import EVERY
from local.emulator.lambda_runtime import Runtime

_CALLS = {spec.module: {call.step for call in spec.calls} for spec in EVERY}


class UnlistedCalls:
    """The calls that failed a step and are not in its row, as sentences."""

    def __init__(self) -> None:
        self.found: list[str] = []

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Look at every invocation until the end of the block, in emulators that are made in it."""
        invoke = Runtime.invoke

        def invoked(runtime: Runtime, function: Any, *arguments: Any) -> tuple[bytes, bool]:
            answer, failed = invoke(runtime, function, *arguments)
            if failed and (call := failed_call(json.loads(answer))):
                module = function.handler.split(".")[-2]
                if call not in _CALLS[module]:
                    self.found.append(f"{module} failed because of {call}, which its row does not list")
            return answer, failed

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Runtime, "invoke", invoked)
            yield


def failed_call(failure: dict[str, Any]) -> str | None:
    """The call after which a step says that the server was unavailable, by its name in the table of endpoints."""
    named = re.search(r"\(step ([a-z ]+)[,)]", str(failure.get("errorMessage")))
    return named[1].replace(" ", "_") if named and failure.get("errorType") == "ServerUnavailable" else None
