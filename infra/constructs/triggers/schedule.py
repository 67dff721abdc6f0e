"""Schedules as triggers: each trigger has its own, and all invoke one alias."""

import json

from functions.names import SCHEDULE_INPUT
from infra.constructs.starter import SharedAlias
from infra.constructs.triggers.trigger import Shared, Trigger


class Triggers:
    """Makes the triggers ``schedule`` of a stack."""

    alias = SharedAlias("schedule", "StarterForSchedules", "Schedules start jobs by it")

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def make(self, triggers: list[Trigger]) -> None:
        """A schedule for each trigger, with the time zone of the trigger or of its job or batch."""
        schedules = self._shared.schedules
        target = schedules.target(self._shared.starter.shared(self.alias).function_arn, json.dumps(SCHEDULE_INPUT))
        for trigger in triggers:
            schedules.make(
                f"{trigger.construct_id}Schedule",
                name=trigger.name,
                description=f"Starts the {trigger.owner.what} {trigger.owner.name}",
                expression=trigger.declared["schedule"],
                time_zone=trigger.declared.get("timeZone", trigger.owner.time_zone),
                target=target,
                flexible_minutes=trigger.declared.get("flexibleMinutes"),
            )
