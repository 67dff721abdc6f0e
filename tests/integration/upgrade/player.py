"""Plays what an earlier release did up to a cut, then lets today's functions go on.

Up to the cut a function's invocation is answered as it was recorded: its HTTP requests are sent to the simulator, its
writes go into the run table. Nothing of today's functions takes part. What the simulator and Step Functions issue anew
(its port, tokens, cookies, instances) replaces what was recorded, wherever it occurs.
"""

import http.client
import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from local.clock import StandingClock
from local.emulator.clients import client
from tests.integration.upgrade.lines import RUN, Line, applied, identifiers, to_attribute
from tests.integration.upgrade.recording import Cut, Recording
from tests.integration.upgrade.scenarios import LEASE

Handler = Callable[[Any, Any], Any]

KILLED = "Sandbox.Timedout"
"""Lambda's error for a function that it ended."""

ISSUED_BY_AWS = ("startedAt", "token", "Records")
"""Keys of payloads that hold something else in every execution."""


class Player:
    """Stands in for Lambda until the cut.

    Parameters
    ----------
    recording, cut
        What is played, and up to where.
    execution_arn
        The execution that runs now.
    base_url
        Of the simulator that runs now.
    table
        The run table's name.
    clock
        Set to the recorded time with every invocation.
    load
        Gives today's handler for a handler's name in the template.
    """

    def __init__(
        self,
        recording: Recording,
        cut: Cut,
        execution_arn: str,
        base_url: str,
        table: str,
        clock: StandingClock,
        load: Callable[[str], Handler],
    ) -> None:
        self._lines, self._cut = recording.lines, cut
        self._taken_until = recording.scenario.get("taken")
        self._host = urlsplit(base_url).netloc
        self._renamed = {RUN: execution_arn, recording.base_url: base_url}
        self._table, self._clock, self._load = table, clock, load
        self._items: dict[str, dict[str, Any]] = {}
        self._seen: Counter[str] = Counter()
        self._next = 1
        self.differences: list[str] = []

    @property
    def is_over(self) -> bool:
        """Whether the cut has been reached."""
        return self._next >= self._cut.line

    def handler(self, name: str) -> Handler:
        """What Lambda calls for the function with that handler: asked anew for each invocation."""
        module = name.split(".")[-2]
        self._seen[module] += 1
        while not self.is_over and "invoke" not in self._line:
            self._write(self._line)
            self._next += 1
        if not self.is_over:
            return self._recorded(module)
        if self._taken_until == f"{module}#{self._seen[module]}":
            client("dynamodb").delete_item(TableName=self._table, Key=_key(LEASE))
        return self._load(name)

    @property
    def _line(self) -> Line:
        return self._lines[self._next]

    def _recorded(self, module: str) -> Handler:
        begun = self._line

        def handler(event: Any, context: Any) -> Any:
            if "token" in event:
                self._renamed[begun["event"]["token"]] = event["token"]
            expected = self._as_now(begun["event"])
            if module != begun["invoke"] or _comparable(event) != _comparable(expected):
                self.differences.append(f"{module} was called with {event}, not {begun['invoke']} with {expected}")
            self._clock.set(begun["at"])
            return self._play()

        return handler

    def _play(self) -> Any:
        """The effects of the invocation, and how it ended."""
        self._next += 1
        while not self.is_over:
            line = self._line
            self._next += 1
            if "http" in line:
                self._send(line)
            elif "write" in line:
                self._write(line)
            elif "raise" in line:
                raise type(line["raise"], (Exception,), {})(self._as_now(line["text"]))
            else:
                return self._as_now(line["return"])
        raise type(KILLED, (Exception,), {})("Task timed out after 60.00 seconds")

    def _send(self, line: Line) -> None:
        method, path = self._as_now(line["http"]).split(" ", 1)
        body = self._as_now(line["body"])
        connection = http.client.HTTPConnection(self._host, timeout=10)
        try:
            connection.request(method, path, body and body.encode(), self._as_now(line["headers"]))
            response = connection.getresponse()
            issued = identifiers(method, response.getheaders(), response.read())
        except (http.client.HTTPException, OSError):
            issued = None
        finally:
            connection.close()
        if (issued is None) != (line["ids"] is None) or len(issued or ()) != len(line["ids"] or ()):
            self.differences.append(f"{line['http']} issued {issued}, not {line['ids']}")
        self._renamed |= dict(zip(line["ids"] or (), issued or (), strict=False))

    def _write(self, line: Line) -> None:
        line = self._as_now(line)
        key = line["write"]
        item = applied(self._items.get(key, {}), line)
        if item is None:
            del self._items[key]
            client("dynamodb").delete_item(TableName=self._table, Key=_key(key))
            return
        self._items[key] = item
        attributes = {name: to_attribute(value) for name, value in item.items()}
        client("dynamodb").put_item(TableName=self._table, Item=attributes)

    def _as_now(self, value: Any) -> Any:
        """``value`` with what was issued now in place of what was issued then."""
        text = json.dumps(value)
        for then, now in self._renamed.items():
            text = text.replace(then, now)
        return json.loads(text)


def _key(key: str) -> dict[str, Any]:
    return {"executionArn": {"S": key}}


def _comparable(event: dict[str, Any]) -> dict[str, Any]:
    """A payload without what differs in every execution; of Lambda's failures only the names are compared."""
    known = {key: value for key, value in event.items() if key not in ISSUED_BY_AWS}
    return known | ({"failure": known["failure"]["Error"]} if known.get("failure") else {})
