"""Applies the patches of moto, all at once (emulator/PLATFORM.md "Patches")."""

import logging

from moto.core.config import default_user_config

from local.clock import Waiter
from local.emulator.moto_patches import (
    asl_parser,
    dynamodb_limits,
    jsonata,
    lambda_invocations,
    performance,
    reserved_errors,
    waits,
)
from local.emulator.moto_patches.lambda_invocations import Invoke
from local.emulator.moto_patches.waits import Ask


def install(waiter: Waiter, invoke: Invoke, ask: Ask) -> None:
    """Make moto run our definition in this process.

    Parameters
    ----------
    waiter
        What every wait of an execution goes through.
    invoke
        What calls a function of Lambda.
    ask
        Is called when an execution waits for a token to come back.
    """
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    asl_parser.install()
    jsonata.install()
    waits.install(waiter, ask)
    lambda_invocations.install(invoke)
    reserved_errors.install()
    dynamodb_limits.install()
    performance.install()
    # moto logs every failed state with its whole parse tree.
    logging.getLogger("moto").setLevel(logging.CRITICAL)
