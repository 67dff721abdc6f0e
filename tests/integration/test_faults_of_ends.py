"""A fault at each call of AWS that the end of a failed run makes, with a chat and lineage: nothing is lost.

The same end is processed again and again: the run's item is put back as it was before the end.
"""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.client
import pytest

from functions.limits import CLAIM_SECONDS
from functions.notifications.lineage import DETAIL_TYPE
from local.clock import Clock
from local.emulator import end_events
from local.simulator import catalogue
from tests.integration.conftest import TUTORIAL, System
from tests.support.cases import one_of


class Killed(BaseException):
    """Lambda kills without asking anybody."""


Call = Callable[[], Any]


def refused(call: Call) -> Any:
    raise ConnectionError("AWS is out of reach")


def answer_lost(call: Call) -> Any:
    call()
    raise ConnectionError("the answer was lost")


def dies_before(call: Call) -> Any:
    raise Killed


def dies_after(call: Call) -> Any:
    call()
    raise Killed


ONCE = {"events": 1, "mails": 1, "documents": 1, "lineage": 2}
"""What the end of a failed run sends."""


class Ends:
    """A failed run whose end was not processed yet, and may be processed as often as a test likes."""

    def __init__(self, system: System, clock: Clock, cause: str) -> None:
        self._system, self._clock = system, clock
        if cause == "the connection":
            system.connect(password="no longer valid")
        (self._table,) = [name for name in system.emulator.deployed.tables if name.startswith("RunTable")]
        with system.emulator.ends_withheld():
            outcome = system.emulator.run({"project": TUTORIAL, "datamart": catalogue.BROKEN_SQL})
        system._arns.append(outcome.execution_arn)
        self._described = boto3.client("stepfunctions").describe_execution(executionArn=outcome.execution_arn)
        self._key = {"executionArn": {"S": outcome.execution_arn}}
        self._item = boto3.client("dynamodb").get_item(TableName=self._table, Key=self._key)["Item"]

    def process(self, number: int | None, fault: Callable[[Call], Any] | None) -> int:
        """Process the end from its beginning, with a fault at a call; it is delivered again until it is done.

        Returns how many calls there were without a fault.
        """
        boto3.client("dynamodb").put_item(TableName=self._table, Item=self._item)
        boto3.client("dynamodb").delete_item(TableName=self._table, Key={"executionArn": {"S": "outage/default"}})
        calls = 0

        def called(real: Call) -> Any:
            nonlocal calls
            calls += 1
            return fault(real) if fault is not None and calls == number else real()

        with self._faulty(called), contextlib.suppress(Killed):
            self._deliver()
        self._clock.advance(CLAIM_SECONDS + 1)
        self._deliver()
        return calls

    def _deliver(self) -> None:
        end_events.deliver_the_end(self._system.emulator.template, self._described, self._clock.advance)

    @contextlib.contextmanager
    def _faulty(self, called: Callable[[Call], Any]) -> Iterator[None]:
        """``called`` has each call of end_run to AWS."""
        real, around, inside = botocore.client.BaseClient._make_api_call, self._system.emulator.runtime.around, False

        @contextlib.contextmanager
        def within(module: str, event: Any) -> Iterator[None]:
            nonlocal inside
            inside = module == "end_run"
            try:
                with around(module, event):
                    yield
            finally:
                inside = False

        def call(client: Any, operation: str, params: dict[str, Any]) -> Any:
            return called(lambda: real(client, operation, params)) if inside else real(client, operation, params)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self._system.emulator.runtime, "around", within)
            patch.setattr(botocore.client.BaseClient, "_make_api_call", call)
            yield

    def sent(self) -> dict[str, int]:
        """How much was sent since the last look."""
        notices, events = self._system._told.notices(), self._system._told.events()
        self._system._notices += notices  # for the search for secrets
        self._system._events += events
        lineage = sum(each["detail-type"] == DETAIL_TYPE for each in events)
        mails = sum("Subject" in each for each in notices)
        return {
            "events": len(events) - lineage,
            "mails": mails,
            "documents": len(notices) - mails,
            "lineage": lineage,
        }


@pytest.fixture(params=one_of("the datamart", "the connection"))
def ends(request: Any, system: System, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Ends:
    """Of a run that failed by itself, and of one whose failure is gathered with others of its connection."""
    monkeypatch.setenv("CHAT_TOPIC_ARN", os.environ["NOTICE_TOPIC_ARN"])
    monkeypatch.setenv("OPEN_LINEAGE", json.dumps({"namespaces": {}}))
    return Ends(system, clock, request.param)


def test_an_end_that_is_processed_anew_sends_everything_once(ends: Ends) -> None:
    assert ends.process(None, None) > 10
    assert ends.sent() == ONCE


@pytest.mark.parametrize("fault", one_of(dies_after, refused, answer_lost, dies_before))
def test_no_fault_at_any_call_of_an_end_loses_anything(ends: Ends, fault: Callable[[Call], Any]) -> None:
    calls = ends.process(None, None)
    assert ends.sent() == ONCE
    for number in range(1, calls + 1):
        ends.process(number, fault)
        sent = ends.sent()
        missing = {what: count for what, count in ONCE.items() if sent[what] < count}
        assert missing == {}, f"fault at call {number}"
        twice = [what for what, count in ONCE.items() if sent[what] > count]
        assert len(twice) <= 1, f"fault at call {number}: {twice}"  # what was sent and not marked
        assert all(sent[what] <= 2 * count for what, count in ONCE.items()), f"fault at call {number}"
