"""What a job's file may say of its triggers: one module a kind, named like the kind (functions/triggers/kinds/)."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from functions.requests.placeholders import Placeholder
from functions.triggers.kinds import KINDS

if TYPE_CHECKING:
    from infra.jobs.triggered import Triggered

Trigger = dict[str, Any]
"""A trigger as a job's file has it."""


class Kind(Protocol):
    """What the module of a kind has.

    ``PROPERTIES`` is the JSON Schema of the keys that only a trigger of this kind may have; ``make docs`` writes it
    into job.schema.json. ``PATTERNS`` says what each ``pattern`` in it means, in words that can follow "is not".
    ``CAN_BRING_REQUEST`` says whether its event has a content that may be a request (``acceptRequests``).
    """

    PROPERTIES: dict[str, dict[str, Any]]
    PATTERNS: dict[str, str]
    CAN_BRING_REQUEST: bool

    def check(self, where: str, trigger: Trigger, job: "Triggered") -> None:
        """Raise BadConfiguration, beginning with ``where`` and the key, for a trigger that could not start the job."""

    def words(self, trigger: Trigger) -> str:
        """What starts the job, in words; the texts in it are as the job's file has them."""

    def deployed(self, trigger: Trigger, resource_name: str) -> Trigger:
        """What of the trigger goes beside the code; ``resource_name`` is that of its schedule or own topic."""

    def brings(self, trigger: Trigger, placeholder: Placeholder) -> bool:
        """Whether the trigger has a value for a placeholder that is not of the time."""


@cache
def kind_named(name: str) -> Kind:
    """The module of a kind. Raises ModuleNotFoundError for a name that is not in KINDS."""
    return cast(Kind, import_module(f"{__name__}.{name}"))


def kinds_in(trigger: Trigger) -> list[str]:
    """The names of the kinds that a trigger has keys of: one in a valid job."""
    return [kind for kind in KINDS if kind in trigger]


def kind_of(trigger: Trigger) -> Kind:
    """The module of a valid trigger's kind."""
    return kind_named(kinds_in(trigger)[0])


def pattern_words() -> dict[str, str]:
    """What each pattern in a trigger's properties means, of all kinds."""
    return {pattern: words for kind in KINDS for pattern, words in kind_named(kind).PATTERNS.items()}
