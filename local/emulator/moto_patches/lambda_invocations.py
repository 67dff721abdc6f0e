"""Calls a function of Lambda in this process: moto calls none without Docker."""

from collections.abc import Callable
from typing import Any

from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import default_user_config

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

Invoke = Callable[[Any, str | None, bytes], tuple[bytes, bool]]
"""From moto's function object, the alias and the event's bytes to the response's bytes and whether it is an error."""

_invoke: Invoke | None = None


def install(invoke: Invoke) -> None:
    """Send the invocations of this process through ``invoke``."""
    global _invoke
    _invoke = invoke
    default_user_config["lambda"] = {"use_docker": False}
    LambdaSimpleBackend.invoke = _invoke_function


def _invoke_function(
    self: Any, function_name: str, qualifier: str | None, body: Any, headers: Any, response_headers: Any
) -> bytes:
    function = self.get_function(function_name, qualifier)
    # moto overlooks the query's Qualifier: an alias is named by its whole ARN, which has one part more.
    parts = function_name.split(":")
    alias = parts[7] if len(parts) == 8 else None
    if _invoke is None:
        raise RuntimeError("the emulator is not installed")
    response, failed = _invoke(function, alias, body if isinstance(body, bytes) else str(body or "{}").encode())
    if failed:
        response_headers["x-amz-function-error"] = "Unhandled"
    return response
