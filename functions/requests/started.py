"""Who or what started an execution, and why: what its input says of that under ``started``, for the history.

``{"by", "trigger", "reason", "rerunOf", "run"}``, written by what starts it: ``start_run``, the functions of a
batch, the commands. It decides nothing about the run. An uploaded or published request that has the key is refused like
any other unknown key. ``run`` is the name of the execution that it was written for: a copy of the input, as the console
makes it, is another execution, and says nothing of who started that.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from functions.errors import InvalidRequest
from functions.names import name_of_execution
from functions.text import one_line

KEY = "started"
"""Where it stands in the input."""

STARTED_BY = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"
"""Key in which a parent workflow, by AWS's convention, names its own execution."""

LONGEST_BY = 200
"""Characters, as the schema of the input has it."""

Trigger = Literal["schedule", "upload", "message", "person", "batch", "rerun", "backfill", "console"]

"""What kind of start it was; the schema of the input has the same."""


class Started(NamedTuple):
    """Who or what started an execution.

    ``by`` is a schedule's name, an object's URI, a message's ID, or the ARN or the name of a person; None where nobody
    said it. ``reason`` is what a person gave, ``rerun_of`` the name of the execution that this one repeats.
    """

    by: str | None
    trigger: Trigger
    reason: str | None = None
    rerun_of: str | None = None

    def as_input(self, run: str | None = None) -> dict[str, str]:
        """What :func:`started_in` reads from the input of the execution named ``run``, by default of any."""
        named = {"by": self.by, "trigger": self.trigger, "reason": self.reason, "rerunOf": self.rerun_of, "run": run}
        return {key: value for key, value in named.items() if value}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Started":
        """Read what :meth:`as_input` returned."""
        return cls(stored.get("by"), stored.get("trigger", "console"), stored.get("reason"), stored.get("rerunOf"))


UNTOLD = Started(None, "console")
"""Of an execution whose input says nothing of it: most are started in AWS's console."""


def check_started(given: Any) -> None:
    """Check what an execution's input says of its start. Raises InvalidRequest naming the key and what is expected."""
    if not isinstance(given, dict) or KEY not in given:
        return
    # Imported only where it is needed: the functions of an attempt, too, read batches.
    from functions.requests.validation import SchemaError

    try:
        _schema().check({KEY: given[KEY]})
    except SchemaError as problem:
        raise InvalidRequest(str(problem)) from None


def started_in(given: Any, execution_arn: str) -> Started:
    """Who started the execution; ``given`` is its input, whatever else is wrong with it."""
    try:
        check_started(given)
    except InvalidRequest:
        return UNTOLD
    found: dict[str, Any] = given.get(KEY, {}) if isinstance(given, dict) else {}
    if not found and isinstance(given, dict) and isinstance(parent := given.get(STARTED_BY), str):
        return UNTOLD._replace(by=_line(parent[:LONGEST_BY]))
    if found.get("run") not in (None, name_of_execution(execution_arn)):
        return UNTOLD
    started = Started.from_json(found)
    return started._replace(by=_line(started.by), reason=_line(started.reason))


def _line(text: str | None) -> str | None:
    """As one printable line; None where nothing of it prints."""
    return (one_line(text) or None) if text is not None else None


@cache
def _schema() -> Any:
    """The part of the input's schema that is about it: a request has a schema of its own, and may have it beside."""
    from functions.requests.validation import Schema

    rules = json.loads(Path(__file__).with_name("execution_input.schema.json").read_text("utf-8"))
    only = {"type": "object", "properties": {KEY: rules["properties"][KEY]}}
    return Schema(only, "the input", {"^[A-Za-z0-9_-]{1,80}$": "the name of an execution"})
