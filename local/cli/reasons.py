"""Who starts something by a command, and why: what the history tells about it."""

import argparse
import getpass
from typing import Any

from functions.requests.started import KEY, Started
from functions.text import one_line
from local.errors import CannotGoOn

LONGEST_REASON = 500
"""Characters of ``--reason``, as functions/requests/execution_input.schema.json has it."""


def reason_of(arguments: argparse.Namespace) -> str | None:
    """What was given as ``--reason``, as one line. Raises CannotGoOn for one that is too long."""
    if not (given := one_line(arguments.reason or "")):
        return None
    if len(given) > LONGEST_REASON:
        raise CannotGoOn(f"--reason: has {len(given)} characters; at most {LONGEST_REASON} are allowed.")
    return given


def told_by_user(content: Any, name: str) -> Any:
    """The input of an execution here with who starts it, unless it says that itself; ``name`` is the execution's."""
    if not isinstance(content, dict) or KEY in content:
        return content
    return content | {KEY: Started(user(), "person").as_input(name)}


def user() -> str | None:
    """The user of this computer; None where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return None
