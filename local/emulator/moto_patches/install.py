"""Applies the patches of moto, all at once (emulator/PLATFORM.md "Patches")."""

import logging

from moto.core.config import default_user_config

from local.emulator.moto_patches import (
    asl_parser,
    botocore_calls,
    catches,
    dynamodb_atomicity,
    dynamodb_conditions,
    dynamodb_copies,
    dynamodb_limits,
    executions,
    jsonata,
    lambda_invocations,
    nested_executions,
    performance,
    reserved_errors,
    task_tokens,
    waits,
)
from local.emulator.moto_patches.executions import OnExecution
from local.emulator.moto_patches.lambda_invocations import Invoke
from local.emulator.moto_patches.waits import Ask
from local.waiter import Waiter


def _nothing(arn: str) -> None:
    pass


def install(
    waiter: Waiter, invoke: Invoke, ask: Ask, *, begins: OnExecution = _nothing, has_ended: OnExecution = _nothing
) -> None:
    """Make moto run our definition in this process.

    Parameters
    ----------
    waiter
        What every wait of an execution goes through.
    invoke
        What calls a function of Lambda.
    ask
        Is called when an execution waits for a token to come back.
    begins, has_ended
        Are called with the ARN of each execution, in its own time: the clock is not put forward meanwhile.
    """
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    asl_parser.install()
    jsonata.install()
    executions.install(waiter, begins, has_ended)
    catches.install()
    waits.install(waiter, ask)
    task_tokens.install(waiter)
    lambda_invocations.install(invoke)
    nested_executions.install()
    reserved_errors.install()
    dynamodb_limits.install()
    dynamodb_atomicity.install()
    dynamodb_conditions.install()
    dynamodb_copies.install()
    botocore_calls.install()
    performance.install()
    # moto logs every failed state with its whole parse tree.
    logging.getLogger("moto").setLevel(logging.CRITICAL)
