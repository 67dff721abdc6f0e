"""AWS's part between an event and the starter: schedules, rules and subscriptions as the template declares them.

moto delivers none of these to their targets, so the emulator looks up the target that AWS would call, in the template.
The module of each kind of trigger has the name of the kind (functions/triggers/kinds/).
"""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from functions.triggers.kinds import KINDS, kind_named
from local.emulator.clients import client
from local.emulator.permissions import service_may_invoke
from local.emulator.template import Template

Event = dict[str, Any]


class NothingStarts(Exception):
    """No trigger of the stack matches the event; the text says why."""


def is_delivered(given: Any) -> bool:
    """Whether ``given`` is an event that AWS delivers to a trigger, not the input of an execution."""
    return isinstance(given, dict) and _kind_of(given) is not None


def _kind_of(event: Event) -> str | None:
    """The kind of trigger (functions/triggers/kinds/) that the event is for.

    The modules of kinds are imported only here: the functions' logger takes its settings from their environment, which
    the emulator sets up first.
    """
    return next((kind for kind in KINDS if kind_named(kind).recognises(event)), None)


def targets_of(kind: str) -> Callable[[Template, Event], list[str]]:
    """The function ``targets`` of the kind's module: the aliases that AWS would invoke with an event.

    It raises NothingStarts where AWS would invoke none.
    """
    found: Callable[[Template, Event], list[str]] = import_module(f"{__name__}.{kind}").targets
    return found


def deliver(template: Template, event: Event) -> tuple[list[str], list[str]]:
    """Invoke the starter by every alias that AWS would invoke for the event.

    Returns the ARNs of the executions, and a sentence for each part of the event that starts nothing. Raises
    NothingStarts.
    """
    find = targets_of(_kind_of(event) or "")
    executions: list[str] = []
    ignored: list[str] = []
    for alias in dict.fromkeys(find(template, event)):
        answer = client("lambda").invoke(FunctionName=alias, Payload=json.dumps(event).encode())
        body = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise NothingStarts(f"the starter failed with {body['errorType']}: {body['errorMessage']}")
        executions += body["executions"]
        ignored += body["ignored"]
    return executions, ignored


def check_permission(template: Template, alias: str, service: str, source: Any) -> None:
    """Raise NothingStarts unless the service may invoke the alias on behalf of ``source``, an ARN or a reference."""
    if not service_may_invoke(template, alias, service, source):
        raise NothingStarts(f"{service} may not invoke {alias} for {source}")
