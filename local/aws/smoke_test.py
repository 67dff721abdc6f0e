"""The smoke test of a deployment: its stack, its secrets, one run, and what the end of that run leaves behind."""

import sys
import time
from collections.abc import Callable

import boto3

from functions.runs.model import Run
from functions.runs.store.runs import find_run
from functions.runs.store.table import RunTable
from local.aws.aws_errors import CannotGoOn, in_plain_words
from local.aws.execution import Wait
from local.aws.stack import Stack, stack_of
from local.cli.console import console_for
from local.cli.outcome import Outcome
from local.cli.start import exit_code, run_deployed
from local.cli.terminal import say

LOOKS, PAUSE = 36, 5.0
"""How often, and after how many seconds each, the end of the run is looked for: EventBridge and a queue are between."""

TRACES: tuple[tuple[str, Callable[[Run], bool]], ...] = (
    ("the run is closed in the run table", lambda run: run.ended),
    ("no session is left in it", lambda run: all(attempt.session is None for attempt in run.attempts.values())),
    ("the end event was sent", lambda run: "event" in run.told),
)
"""What a run's item (functions/runs/store/item_format.py) shows once its end was worked off."""


def smoke(stage: str, job: str, wait: Wait = time.sleep) -> int:
    """Try the deployment and return the exit code: 0 all is well, else as ``datamart start``.

    Parameters
    ----------
    stage
        Whose stack.
    job
        What to run.
    wait
        Lets so many seconds pass.
    """
    console = console_for(sys.stdout)

    def well(text: str) -> None:
        console.print(f"ok: {text}", soft_wrap=True)

    try:
        with in_plain_words():
            stack = stack_of(stage)
            well(f"the stack {stack.name} is there ({stack.status})")
            for secret in _filled_secrets(stack):
                well(f"the secret {secret} is filled")
        outcome = run_deployed(stack, {"job": job}, sys.stdout, wait)
        if outcome.status == "RUNNING":
            return exit_code(outcome)
        with in_plain_words():
            for text in _traces(stack, outcome, wait):
                well(text)
    except CannotGoOn as problem:
        say(f"smoke: {problem}")
        return 2
    if outcome.status == "SUCCEEDED":
        well(f"the job {job} loaded its table")
    return exit_code(outcome)


def _filled_secrets(stack: Stack) -> list[str]:
    """Names of the connections' secrets. Raises CannotGoOn, with the command to fill it, for one that is empty.

    Only that there is a value is asked, never the value.
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


def _traces(stack: Stack, outcome: Outcome, wait: Wait) -> list[str]:
    """What the run's item must show, once it does. Raises CannotGoOn when something is still missing at last."""
    runs, absent = RunTable(stack.run_table), [text for text, _ in TRACES]
    for _ in range(LOOKS):
        run = find_run(runs, outcome.execution_arn)
        absent = [text for text, holds in TRACES if run is None or not holds(run)]
        if not absent:
            return [text for text, _ in TRACES]
        wait(PAUSE)
    raise CannotGoOn(
        f"three minutes after the end of the run this does not hold: {'; '.join(absent)}."
        " Look at the queue EndRunDeadLetters of the stack and at the log of its function EndRun."
    )
