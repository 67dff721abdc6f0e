"""An execution in the account: begin one, follow it to its end."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3

from functions.notifications.run_end import WORDS
from local.aws.aws_errors import passes
from local.outcome import Outcome

Wait = Callable[[float], None]
"""Lets so many seconds pass."""

OnState = Callable[[str, float], None]
"""Is given every state that is entered, and when (seconds since the epoch)."""

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 2.0, 10.0, 1.2
"""Seconds between two looks: short runs are seen live, and long ones cost few requests."""

PATIENCE = 30
"""Looks in a row that may fail for a reason that passes, such as a laptop without a network: about five minutes."""


def execution_arn(machine: str, name: str) -> str:
    """The ARN that an execution of that name has, or will have."""
    return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"


def begin(machine: str, name: str, given: dict[str, Any]) -> None:
    """Start an execution; a repeated request (boto3 retries by itself) starts no second one of the same name."""
    text = json.dumps(given, ensure_ascii=False)
    boto3.client("stepfunctions").start_execution(stateMachineArn=machine, name=name, input=text)


def follow(arn: str, on_state: OnState, wait: Wait) -> Outcome:
    """Look at the execution until it has ended, and tell how.

    Parameters
    ----------
    arn
        Of the execution.
    on_state
        Is called with every state.
    wait
        How to let the time between two looks pass.
    """
    client = boto3.client("stepfunctions")
    history, states, pause, failures = _History(client, arn), [], FIRST_PAUSE, 0
    while True:
        try:
            described = client.describe_execution(executionArn=arn)  # first: its end must not overtake its history
            for state, at in history.news():
                states.append(state)
                on_state(state, at)
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

    def news(self) -> Iterator[tuple[str, float]]:
        """States entered since the last call, with their times."""
        while True:
            answer = self._read()
            for event in answer["events"]:
                if event["id"] > self._last:
                    self._last = event["id"]
                    if details := event.get("stateEnteredEventDetails"):
                        yield details["name"], event["timestamp"].timestamp()
            if not answer.get("nextToken"):
                return
            self._page = {"nextToken": answer["nextToken"]}

    def _read(self) -> dict[str, Any]:
        """The newest page that is known of, again: of a run with thousands of events, not all of them every time."""
        read = self._client.get_execution_history
        try:
            answer: dict[str, Any] = read(executionArn=self._arn, maxResults=1000, **self._page)
        except self._client.exceptions.InvalidToken:  # after 24 hours; what was reported before is not reported again
            self._page = {}
            answer = read(executionArn=self._arn, maxResults=1000)
        return answer


def _outcome(described: dict[str, Any], states: list[str]) -> Outcome:
    error, cause, status = described.get("error"), described.get("cause"), described["status"]
    if status in WORDS:  # it reached no end of its own, so nobody has put a sentence there
        said = ": ".join(part for part in (error, cause) if part)
        cause = f"{WORDS[status]} ({said})." if said else f"{WORDS[status]}."
    output = json.loads(described["output"]) if described.get("output") else None
    return Outcome(described["executionArn"], status, error, cause, output, states)
