"""The functions' calls to AWS: counted, and throttled, or their answers lost, where a case says so."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

THROTTLING = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "secretsmanager": "ThrottlingException",
    "events": "ThrottlingException",
    "sns": "ThrottledException",
}
"""Services that are watched, and the error of each when it is called too often."""

CODES = THROTTLING | {"stepfunctions": "ThrottlingException"}
"""The error of every service that a case may throttle."""

WRITES = ("PutItem", "UpdateItem", "PutEvents", "Publish")
"""Operations after which something is there, whatever the caller has heard."""

Call = Callable[[], Any]


@dataclass(frozen=True)
class AwsCall:
    """One call: the n-th of its function to the service, the function's invocation, and whether it writes."""

    place: str
    function: str
    writes: bool


def _throttled(call: Call, client: Any, operation: str, seed: int) -> Any:
    code = CODES[client.meta.service_model.service_name]
    raise client.exceptions.from_code(code)(_error(code, "The rate of requests is too high."), operation)


def _answer_lost(call: Call, client: Any, operation: str, seed: int) -> Any:
    """The call is done, and what boto3 raises once it has given up is all that the function sees."""
    call()
    raise LOST[seed % len(LOST)](client, operation)


def _sent_again(call: Call, client: Any, operation: str, seed: int) -> Any:
    """The call is done, its answer lost, and boto3 sends it again by itself: the function sees the second answer."""
    call()
    return call()


LOST: tuple[Callable[[Any, str], Exception], ...] = (
    lambda client, operation: ReadTimeoutError(endpoint_url=client.meta.endpoint_url),
    lambda client, operation: ConnectionClosedError(endpoint_url=client.meta.endpoint_url),
    lambda client, operation: client.exceptions.from_code("InternalServerError")(
        _error("InternalServerError", "Internal server error"), operation
    ),
)
"""What boto3 raises when an answer is lost; a case's seed says which."""

HOW: dict[str, Callable[[Call, Any, str, int], Any]] = {
    "throttled": _throttled,
    "answer-lost": _answer_lost,
    "sent-again": _sent_again,
}


def _error(code: str, message: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": message}}


@dataclass(frozen=True)
class Plan:
    """From the ``first`` call of ``key`` on, ``times`` go wrong as ``how`` says."""

    key: str
    first: int
    times: int
    how: str
    seed: int


class AwsCalls:
    """Stands before every client's call. ``inside`` tells which invocation works, or nothing."""

    def __init__(self, inside: Callable[[], str | None]) -> None:
        self._inside = inside
        self.reset()

    def reset(self) -> None:
        self.made: list[AwsCall] = []
        self._seen: Counter[str] = Counter()
        self.plan: Plan | None = None

    def go_wrong(self, place: str, how: str, times: int = 1, seed: int = 0) -> None:
        """The call ``dynamodb:log_in#2`` and the ``times`` - 1 after it."""
        key, _, number = place.partition("#")
        self.plan = Plan(key, int(number), times, how, seed)

    @property
    def waits(self) -> bool:
        """Whether a call is to go wrong that was never made."""
        return self.plan is not None and self._seen[self.plan.key] < self.plan.first

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        original = BaseClient._make_api_call

        def make_api_call(client: Any, operation: str, parameters: Any) -> Any:
            service, function = client.meta.service_model.service_name, self._inside()

            def call() -> Any:
                return original(client, operation, parameters)

            due = None
            if function is not None and service in THROTTLING:
                due = self._due(f"{service}:{function.partition('#')[0]}", function, operation)
            return call() if due is None else HOW[due.how](call, client, operation, due.seed)

        BaseClient._make_api_call = make_api_call
        try:
            yield
        finally:
            BaseClient._make_api_call = original

    def _due(self, key: str, function: str, operation: str) -> Plan | None:
        self._seen[key] += 1
        number = self._seen[key]
        self.made.append(AwsCall(f"{key}#{number}", function, operation in WRITES))
        plan = self.plan
        return plan if plan and plan.key == key and plan.first <= number < plan.first + plan.times else None
