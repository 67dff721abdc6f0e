"""The functions' calls to AWS: counted, and throttled where a case says so."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from botocore.client import BaseClient

THROTTLING = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "secretsmanager": "ThrottlingException",
    "events": "ThrottlingException",
    "sns": "ThrottledException",
}
"""Services that are watched, and the error of each when it is called too often."""


class AwsCalls:
    """Stands before every client's call. ``inside`` tells which function works, or nothing."""

    def __init__(self, inside: Callable[[], str | None]) -> None:
        self._inside = inside
        self.reset()

    def reset(self) -> None:
        self.made: list[str] = []
        self._seen: Counter[str] = Counter()
        self.throttled: tuple[str, int, int] | None = None

    def throttle(self, place: str, times: int = 1) -> None:
        """Refuse the call ``dynamodb:log_in#2`` and the ``times`` - 1 after it."""
        key, _, number = place.partition("#")
        self.throttled = (key, int(number), times)

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        original = BaseClient._make_api_call

        def make_api_call(client: Any, operation: str, parameters: Any) -> Any:
            service, module = client.meta.service_model.service_name, self._inside()
            if module is not None and service in THROTTLING:
                self._count(client, service, module, operation)
            return original(client, operation, parameters)

        BaseClient._make_api_call = make_api_call
        try:
            yield
        finally:
            BaseClient._make_api_call = original

    def _count(self, client: Any, service: str, module: str, operation: str) -> None:
        key = f"{service}:{module}"
        self._seen[key] += 1
        self.made.append(f"{key}#{self._seen[key]}")
        if self.throttled is None or self.throttled[0] != key:
            return
        _, first, times = self.throttled
        if first <= self._seen[key] < first + times:
            code = THROTTLING[service]
            error = {"Code": code, "Message": "The rate of requests is too high."}
            raise client.exceptions.from_code(code)({"Error": error}, operation)
