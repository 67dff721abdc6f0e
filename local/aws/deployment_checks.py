"""Checks of a deployment for the smoke test: its secrets are filled, and the end of a run has done its work."""

from collections.abc import Callable

import boto3

from functions.runs.model import Run
from functions.runs.store.runs import find_run
from functions.runs.store.table import RunTable
from local.aws.execution import Wait
from local.aws.stack import Stack
from local.errors import CannotGoOn

LOOKS, PAUSE = 36, 5.0
"""Number of checks for the end of the run, and seconds before each: EventBridge and a queue are in between."""

TRACES: tuple[tuple[str, Callable[[Run], bool]], ...] = (
    ("the run is closed in the run table", lambda run: run.ended),
    ("no session is left in it", lambda run: all(attempt.session is None for attempt in run.attempts.values())),
    ("the end event was sent", lambda run: run.end_event_sent),
)
"""What a run's item (functions/runs/store/item_format.py) shows once the end of the run was handled."""


def filled_secrets(stack: Stack) -> list[str]:
    """Names of the connections' secrets. Raises CannotGoOn, with the command to fill it, for one that is empty.

    Checks only that there is a value; never reads the value.
    """
    client, names = boto3.client("secretsmanager"), []
    for secret in stack.resources("AWS::SecretsManager::Secret"):
        described = client.describe_secret(SecretId=secret)
        name = str(described["Name"])
        if not described.get("VersionIdsToStages"):
            fill = next((value for value in stack.outputs.values() if f"--secret-id {name} " in value), "")
            raise CannotGoOn(f"the secret {name} is empty; write the connection into connection.json and run: {fill}")
        names.append(name)
    return names


def traces_of_the_end(stack: Stack, execution: str, wait: Wait) -> list[str]:
    """Wait until the run of ``execution`` (its ARN) shows TRACES, and return their texts.

    Raises CannotGoOn if one is still missing after three minutes.
    """
    runs, absent = RunTable(stack.run_table), [text for text, _ in TRACES]
    for _ in range(LOOKS):
        run = find_run(runs, execution)
        absent = [text for text, holds in TRACES if run is None or not holds(run)]
        if not absent:
            return [text for text, _ in TRACES]
        wait(PAUSE)
    raise CannotGoOn(
        f"three minutes after the end of the run these are missing: {'; '.join(absent)}."
        " Look at the queue EndRunDeadLetters of the stack and at the log of its function EndRun."
    )
