"""Lambda on this machine: the real handler, called in this process under the function's own environment."""

import contextlib
import importlib
import io
import json
import logging
import os
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local.emulator.dict_of_thread import DictOfThread
from local.emulator.thread_log_keys import log_keys_of_threads
from local.emulator.thread_metrics import metrics_of_threads

Around = Callable[[str, Any], contextlib.AbstractContextManager[Any]]
"""From a handler's module and event to a context manager around the call: tests let a Lambda fail or pause there."""

LARGEST_STATE = 256 * 1024
"""Bytes that AWS allows a state's input or output."""


class Context:
    """Lambda's context object, as far as Powertools and our handlers look at it."""

    def __init__(self, name: str, arn: str, timeout: float, memory: int) -> None:
        self.function_name = name
        self.function_version = "$LATEST"
        self.invoked_function_arn = arn
        self.memory_limit_in_mb = memory
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{name}"
        self.log_stream_name = "emulator"
        self._ends = time.monotonic() + timeout

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would kill the call."""
        return max(0, round(1000 * (self._ends - time.monotonic())))


class Runtime:
    """Calls handlers, and keeps their output apart from this process's own.

    Parameters
    ----------
    logs
        File that takes everything the handlers print and log.
    """

    def __init__(self, logs: Path) -> None:
        self.around: Around = lambda module, event: contextlib.nullcontext()
        self._log = logs.open("a", encoding="utf-8", buffering=1)
        self._handlers: dict[str, Callable[[Any, Any], Any]] = {}
        self._lock = threading.Lock()
        self._stdout = _Split(sys.stdout, self._log)
        self._log_keys = DictOfThread()

    @contextlib.contextmanager
    def installed(self, environments: list[dict[str, str]]) -> Iterator[None]:
        """Set the functions' environment variables and split off their output until the end of the block.

        In one process there is one environment: it is the union of the functions', which therefore must not
        contradict each other.
        """
        merged = _merge(environments)
        before = {name: os.environ.get(name) for name in merged}
        os.environ.update(merged)
        self._split_output()
        self._log_here()
        try:
            with metrics_of_threads(), log_keys_of_threads() as self._log_keys:
                yield
        finally:
            if sys.stdout is self._stdout:
                sys.stdout = self._stdout.original
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value

    def invoke(self, function: Any, qualifier: str | None, body: bytes) -> tuple[bytes, bool]:
        """Call the function's handler with an event; returns its response, and whether that is an error.

        ``qualifier`` is the alias that it is called by, or None.
        """
        arn = f"{_unqualified(function.function_arn)}{f':{qualifier}' if qualifier else ''}"
        context = Context(function.function_name, arn, function.timeout, function.memory_size)
        self._split_output()
        with self._stdout.to_log(), self._log_keys.kept():
            try:
                if len(body) > LARGEST_STATE:
                    raise ValueError(f"the event has {len(body)} bytes; a state's data may have {LARGEST_STATE}")
                event = json.loads(body)
                with self.around(function.handler.split(".")[-2], event):
                    answer = self._handler(function.handler)(event, context)
                encoded = json.dumps(answer, ensure_ascii=False).encode()
                if len(encoded) > LARGEST_STATE:
                    raise ValueError(f"the response has {len(encoded)} bytes; a state's data may have {LARGEST_STATE}")
            except Exception as error:
                self._log.write(traceback.format_exc())
                return _failure(error, context), True
        return encoded, False

    def _log_here(self) -> None:
        """The functions' logger keeps the output that it found when it was made, perhaps before this runtime was."""
        from functions.telemetry import logger

        handler = logger.registered_handler
        if isinstance(handler, logging.StreamHandler):
            handler.stream = self._stdout  # setStream would flush the other one, which may be closed by now

    def _split_output(self) -> None:
        """Split the present standard output: a test runner replaces it between two tests."""
        with self._lock:
            if sys.stdout is not self._stdout:
                self._stdout.original = sys.stdout
                sys.stdout = self._stdout

    def close(self) -> None:
        """Close the log."""
        self._log.close()

    def _handler(self, name: str) -> Callable[[Any, Any], Any]:
        with self._lock:
            if name not in self._handlers:
                module, _, function = name.rpartition(".")
                self._handlers[name] = getattr(importlib.import_module(module), function)
            return self._handlers[name]


def _unqualified(arn: str) -> str:
    return ":".join(arn.split(":")[:7])


def _failure(error: Exception, context: Context) -> bytes:
    """An exception in Lambda's own shape."""
    trace = traceback.format_list(traceback.extract_tb(error.__traceback__))
    shape = {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": context.aws_request_id,
        "stackTrace": trace,
    }
    return json.dumps(shape).encode()


def _merge(environments: list[dict[str, str]]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for environment in environments:
        for name, value in environment.items():
            if merged.setdefault(name, value) != value:
                raise ValueError(f"two functions give {name} different values; one process has one environment")
    return merged


class _Split(io.TextIOBase):
    """Standard output that goes to the log in threads that run a handler, and to the original in the others."""

    def __init__(self, original: Any, log: Any) -> None:
        self.original = original
        self._log = log
        self._here = threading.local()

    @contextlib.contextmanager
    def to_log(self) -> Iterator[None]:
        before = self._in_handler
        self._here.log = True
        try:
            yield
        finally:
            self._here.log = before  # a handler may have called this one in its own thread

    @property
    def _in_handler(self) -> bool:
        return getattr(self._here, "log", False)

    def write(self, text: str) -> int:
        target = self._log if self._in_handler else self.original
        return int(target.write(text))

    def flush(self) -> None:
        self.original.flush()

    def isatty(self) -> bool:
        return bool(self.original.isatty())
