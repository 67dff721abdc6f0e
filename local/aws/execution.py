"""Starts an execution in the account and follows it to its end."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import boto3

from functions.notifications.run_end import WORDS
from local.aws.aws_errors import passes
from local.outcome import OnState, Outcome

Event = dict[str, Any]
"""As GetExecutionHistory returns it."""

Wait = Callable[[float], None]
"""Lets so many seconds pass."""

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 2.0, 10.0, 1.2
"""Seconds between two polls: short runs are seen live, and long ones cost few calls."""

PATIENCE = 30
"""Polls in a row that may fail for a transient reason, such as a laptop without a network: about five minutes."""


def begin(machine: str, name: str, given: dict[str, Any]) -> None:
    """Start an execution; idempotent by its name, because boto3 retries calls."""
    text = json.dumps(given, ensure_ascii=False)
    boto3.client("stepfunctions").start_execution(stateMachineArn=machine, name=name, input=text)


def follow(
    arn: str,
    on_state: OnState,
    wait: Wait,
    on_look: Callable[[], None] = lambda: None,
    on_events: Callable[[Sequence[Event]], None] = lambda events: None,
) -> Outcome:
    """Poll the execution until it has ended, and return its outcome.

    Parameters
    ----------
    arn
        Of the execution.
    on_state
        Called for every state.
    wait
        Waits between two polls.
    on_look
        Called at every poll.
    on_events
        Called with all events of its history so far, at every poll.
    """
    client = boto3.client("stepfunctions")
    history, states, pause, failures = _History(client, arn), [], FIRST_PAUSE, 0
    while True:
        try:
            described = client.describe_execution(executionArn=arn)  # first: its end must not overtake its history
            for state, at in history.news():
                states.append(state)
                on_state(state, at)
            on_events(history.events)
            on_look()
            failures = 0
            if described["status"] != "RUNNING":
                return _outcome(described, states)
        except Exception as problem:
            failures += 1
            if not passes(problem) or failures > PATIENCE:
                raise
        wait(pause)
        pause = min(LONGEST_PAUSE, pause * GROWTH)


class _History:
    """The execution's history, read on from where the last reading ended."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client = client
        self._arn = arn
        self._page: dict[str, str] = {}
        self._last = 0
        self.events: list[Event] = []

    def news(self) -> Iterator[tuple[str, float]]:
        """States entered since the last call, with their times."""
        while True:
            answer = self._read()
            for event in answer["events"]:
                if event["id"] > self._last:
                    self._last = event["id"]
                    self.events.append(event)
                    if details := event.get("stateEnteredEventDetails"):
                        yield details["name"], event["timestamp"].timestamp()
            if not answer.get("nextToken"):
                return
            self._page = {"nextToken": answer["nextToken"]}

    def _read(self) -> dict[str, Any]:
        """The newest known page, again: not every page of a run with thousands of events at every poll."""
        read = self._client.get_execution_history
        try:
            answer: dict[str, Any] = read(executionArn=self._arn, maxResults=1000, **self._page)
        except self._client.exceptions.InvalidToken:  # after 24 hours; states that were reported are not reported again
            self._page = {}
            answer = read(executionArn=self._arn, maxResults=1000)
        return answer


def _outcome(described: dict[str, Any], states: list[str]) -> Outcome:
    error, cause, status = described.get("error"), described.get("cause"), described["status"]
    if status in WORDS:  # stopped or timed out from outside, so its cause is not a sentence of ours
        said = ": ".join(part for part in (error, cause) if part)
        cause = f"{WORDS[status]} ({said})." if said else f"{WORDS[status]}."
    output = json.loads(described["output"]) if described.get("output") else None
    return Outcome(described["executionArn"], status, error, cause, output, states)
