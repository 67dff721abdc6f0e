"""Every private name of moto that the emulator leans on, in one place (emulator/PLATFORM.md "Patches").

What merely saves time is in moto_shortcuts.py and regions.py, DynamoDB's limits in moto_limits.py, and errors named
``States.…`` in moto_failures.py.

moto 5.2.5 interprets Step Functions without JSONata's evaluator, sleeps in real time, and has no way to run a
Python handler without Docker. ``tests/unit/emulator/test_moto_seams.py`` fails when any of these names changes.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import default_user_config
from moto.core.serialize import AttributePickerContext, JSONSerializer, XFormedAttributePicker
from moto.events.models import EventPattern
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.intrinsic import jsonata as intrinsic
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval import states, variable_store
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackOutcomeTimedOut
from moto.stepfunctions.parser.asl.jsonata import jsonata
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.clock import Waiter
from local.emulator.moto_patches import dynamodb_limits, failures, performance
from local.emulator.moto_patches.jsonata import evaluate

Invoke = Callable[[Any, str | None, bytes], tuple[bytes, bool]]
"""From moto's function object, the alias and the event's bytes to the answer's bytes and whether it is an error."""

Ask = Callable[[str, threading.Event], None]
"""Given a task's token, lets it be answered; returns at the latest when the event says that nobody waits any more."""

_waiter: Waiter | None = None
_ask: Ask | None = None
_invoke: Invoke | None = None
_current = threading.local()

_LOOK_SECONDS = 0.05
"""How often a wait looks whether its execution was stopped."""


def install(waiter: Waiter, invoke: Invoke, ask: Ask) -> None:
    """Make moto run our definition: JSONata evaluated, waits through ``waiter``, functions through ``invoke``.

    ``ask`` is called when an execution waits for a token to come back.
    """
    global _waiter, _invoke, _ask
    _waiter, _invoke, _ask = waiter, invoke, ask
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["lambda"] = {"use_docker": False}
    _evaluate_jsonata()
    _keep_query_languages_apart()
    _wait_through_the_waiter()
    StateTaskServiceCallback._eval_wait_for_task_token = _wait_for_token
    AmazonStateLanguageParser.parse = staticmethod(_parsed)
    LambdaSimpleBackend.invoke = _invoke_function
    lambda_eval_utils.boto_client_for = _cached_client
    JSONSerializer._serialize_type_structure = _serialize
    failures.install()
    dynamodb_limits.install()
    performance.install()
    # moto logs every failed state with its whole parse tree.
    logging.getLogger("moto").setLevel(logging.CRITICAL)


# -- JSONata --------------------------------------------------------------------------------------------------------


def _evaluate_jsonata() -> None:
    jsonata._eval_jsonata = _evaluate
    # Stock moto puts strings between quotes without escaping them.
    states.encode_jsonata_variable_declarations = _declare
    variable_store.encode_jsonata_variable_declarations = _declare
    for stub in ("$hash", "$uuid", "$parse"):
        intrinsic._DECLARATION_BY_VARIABLE_REFERENCE.pop(stub, None)


def _evaluate(expression: str) -> Any:
    try:
        return evaluate(expression)
    except Exception as error:
        raise jsonata.JSONataException("UNKNOWN", str(error)) from error


def _declare(bindings: dict[str, Any]) -> str:
    """Variables as JSONata declares them; as text, not as escapes, which JSONata would read one half at a time."""
    return "".join(f"{name}:={json.dumps(value, ensure_ascii=False, default=str)};" for name, value in bindings.items())


def _keep_query_languages_apart() -> None:
    """Moto keeps the scopes in one list for all definitions and threads."""
    if getattr(Preprocessor.__init__, "keeps_apart", False):
        return
    original = Preprocessor.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self._query_language_per_scope = []

    init.keeps_apart = True  # type: ignore[attr-defined]  # marks the patch, so that it is applied once
    Preprocessor.__init__ = init


_parse = AmazonStateLanguageParser.parse


@cache
def _parsed(definition: str) -> Any:
    """What moto parses anew to check it and for every execution: evaluated, it keeps nothing; a Map shares it too."""
    return _parse(definition)


# -- time -----------------------------------------------------------------------------------------------------------


def _wait_through_the_waiter() -> None:
    WaitFunction._wait_interval = _wait
    retrier_decl.time = _RetryTime()
    if getattr(retrier_decl.RetrierDecl._eval_body, "remembers", False):
        return
    original = retrier_decl.RetrierDecl._eval_body

    def eval_body(self: Any, env: Any) -> None:
        _current.interrupted = _Interruption(env)
        original(self, env)

    eval_body.remembers = True  # type: ignore[attr-defined]  # marks the patch, so that it is applied once
    retrier_decl.RetrierDecl._eval_body = eval_body


def _wait(self: Any, env: Any, wait_seconds: float) -> None:
    if wait_seconds != int(wait_seconds):
        # AWS refuses what moto accepts (emulator/PLATFORM.md "Laxer than AWS").
        raise ValueError(f"a Wait state takes whole seconds, not {wait_seconds}")
    if _waiter is not None:
        _waiter.wait(wait_seconds, _Interruption(env))


class _Interruption(threading.Event):
    """moto's own event is set for every change of the program's state; only its end is an interruption.

    moto clears that event as soon as it has set it: a thread that begins to wait later must look for itself.
    """

    def __init__(self, env: Any) -> None:
        super().__init__()
        self._env = env

    def is_set(self) -> bool:
        return not self._env.is_running()

    def wait(self, timeout: float | None = None) -> bool:
        ends = time.monotonic() + (timeout or 0)
        while not self.is_set() and (left := ends - time.monotonic()) > 0:
            self._rest(min(left, _LOOK_SECONDS))
        return self.is_set()

    def _rest(self, seconds: float) -> None:
        self._env.program_state_event.wait(seconds)


def _wait_for_token(self: Any, env: Any, timeout_seconds: int, callback_endpoint: Any, heartbeat_endpoint: Any) -> Any:
    """What moto does would wait in real time, and go on waiting when the execution is stopped."""
    interrupted = _Interruption(env)
    if _ask is not None:
        _ask(callback_endpoint.callback_id, interrupted)
    if _waiter is not None and callback_endpoint.get_outcome() is None:
        _waiter.wait(timeout_seconds, _Reply(env, callback_endpoint))
    return callback_endpoint.get_outcome() or CallbackOutcomeTimedOut(callback_endpoint.callback_id)


class _Reply(_Interruption):
    """The wait for a token ends with the execution, or with a reply."""

    def __init__(self, env: Any, callback_endpoint: Any) -> None:
        super().__init__(env)
        self._endpoint = callback_endpoint

    def is_set(self) -> bool:
        return super().is_set() or self._endpoint.get_outcome() is not None

    def _rest(self, seconds: float) -> None:
        self._endpoint.wait(seconds)


class _RetryTime:
    """Stands for the module ``time`` in the retrier."""

    def sleep(self, seconds: float) -> None:
        if _waiter is not None:
            _waiter.wait(seconds, _current.interrupted)


# -- events ---------------------------------------------------------------------------------------------------------


def event_matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether EventBridge's pattern matches an event."""
    return bool(EventPattern.load(json.dumps(pattern)).matches_event(event))


# -- functions ------------------------------------------------------------------------------------------------------


def _invoke_function(
    self: Any, function_name: str, qualifier: str | None, body: Any, headers: Any, response_headers: Any
) -> bytes:
    function = self.get_function(function_name, qualifier)
    # moto overlooks the query's Qualifier: an alias is named by its whole ARN, which has one part more.
    parts = function_name.split(":")
    alias = parts[7] if len(parts) == 8 else None
    if _invoke is None:
        raise RuntimeError("the emulator is not installed")
    answer, failed = _invoke(function, alias, body if isinstance(body, bytes) else str(body or "{}").encode())
    if failed:
        response_headers["x-amz-function-error"] = "Unhandled"
    return answer


_original_client = lambda_eval_utils.boto_client_for


@cache
def _client(region: str, service: str) -> Any:
    return _original_client(region=region, service=service)


def _cached_client(region: str, service: str, state_credentials: Any = None) -> Any:
    """A client takes longer to make than a call."""
    return _client(region, service)


# -- answers --------------------------------------------------------------------------------------------------------


def _serialize(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """Write those members of a structure that are there; moto looks for each of the others under many names."""
    if type(value) is not dict or shape.is_document_type or self._value_picker.response_transformers:
        super(JSONSerializer, self)._serialize_type_structure(serialized, value, shape, key)
        return
    members = _members(shape)
    there = {member for name in value for member in members.get(name, ())}
    wrapper = self.MAP_TYPE() if key else serialized
    for member in filter(there.__contains__, shape.members):
        inner = shape.members[member]
        if value.get(member) is not None and inner.type_name not in ("list", "structure"):
            self._serialize(wrapper, value[member], inner, member)  # under the first name that moto would try
        else:
            self._serialize_structure_member(wrapper, value, inner, member)
    if key:
        self._default_serialize(serialized, wrapper, shape, key)


@cache
def _members(shape: Any) -> dict[str, list[str]]:
    """A structure's members by every name under which moto looks for them in a dictionary."""
    members: dict[str, list[str]] = {}
    for key, member in shape.members.items():
        member.parent = shape  # as moto does, whose names depend on it
        for name in XFormedAttributePicker().get_possible_keys(AttributePickerContext(obj={}, key=key, shape=member)):
            members.setdefault(name, []).append(key)
    return members


def execution(arn: str) -> Any:
    """The object that moto keeps of an execution: to look at its ``status`` costs nothing, unlike a call."""
    _, _, _, region, account, *_ = arn.split(":")
    return stepfunctions_parser_backends[account][region].describe_execution(arn)
