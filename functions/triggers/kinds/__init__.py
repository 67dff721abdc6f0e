"""The kinds of triggers: one module a kind, named like the kind's key in a job's file.

The kind's module in infra/constructs/triggers/ has the same name. Only the starter imports the modules while runs are
executed.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast

from functions.requests.named_jobs import Job
from functions.triggers.invoked import Invoked
from functions.triggers.trigger_event import TriggerEvent


class Kind(Protocol):
    """What the module of a kind has.

    ``ALIAS`` is the alias by which AWS invokes the starter for the kind, which one AWS service alone may do. It begins
    with an underscore: a job that subscribes to a foreign topic has an alias of its own, and no job's name begins so.
    """

    ALIAS: str

    def recognises(self, event: dict[str, Any]) -> bool:
        """Whether the event is of this kind."""

    def declares(self, event: dict[str, Any], job: Job, invoked: Invoked) -> bool:
        """Whether the job declares what the event is about."""

    def about(self, event: dict[str, Any]) -> str:
        """The ARN or URI of what the event is about, for messages."""

    def trigger_events(self, event: dict[str, Any], job: Job) -> list[TriggerEvent]:
        """The trigger events in an event that the job declares."""


KINDS = tuple(sorted(module.name for module in iter_modules(__path__)))
"""The keys of triggers in a job's file. The modules are imported when they are asked for."""


@cache
def kind_named(name: str) -> Kind:
    """The module of a kind. Raises ModuleNotFoundError for a name that is not in KINDS."""
    return cast(Kind, import_module(f"{__name__}.{name}"))
