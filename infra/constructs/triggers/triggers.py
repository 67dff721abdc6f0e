"""What starts the jobs and batches: schedules, uploads, messages. What those of one kind can share, they share.

CloudFormation takes 500 resources a stack. A schedule costs one, an own topic two, and an upload is a part of a rule
(infra/build/quotas.py has the quotas). The names of schedules and topics are the job's or batch's, and
do not depend on others.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from functions.triggers.kinds import KINDS
from infra.constructs.starter import SharedAlias
from infra.constructs.triggers.object_access import let_starter_read
from infra.constructs.triggers.trigger import Shared, Trigger
from infra.jobs.triggered import Triggered
from infra.names import construct_name


class TriggersOfKind(Protocol):
    """Makes the triggers of one kind, at least one; ``alias`` is what they share."""

    alias: SharedAlias

    def __init__(self, shared: Shared) -> None: ...

    def make(self, triggers: list[Trigger]) -> None:
        """All of them, with the permission to invoke the starter."""


def triggers_of_kind(kind: str) -> type[TriggersOfKind]:
    """The class ``Triggers`` of the module of this package that has the kind's name."""
    found: type[TriggersOfKind] = import_module(f"{__package__}.{kind}").Triggers
    return found


def make_triggers(named: Sequence[Triggered], shared: Shared) -> None:
    """Make all triggers of all jobs and batches."""
    found = [
        Trigger(owner, owner.resource_name(number), f"{construct_name(owner.name)}{number}", declared)
        for owner in named
        for number, declared in enumerate(owner.triggers, 1)
    ]
    for kind in KINDS:
        if triggers := [trigger for trigger in found if kind in trigger.declared]:
            triggers_of_kind(kind)(shared).make(triggers)
    let_starter_read(shared.starter.function, named, shared.inbox)
