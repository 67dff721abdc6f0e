"""What a file of this repository describes and triggers start: a named job, or a named batch."""

from dataclasses import dataclass
from typing import Any, ClassVar

from infra.jobs.triggers import kind_of


@dataclass(frozen=True)
class Triggered:
    """A file, valid and with its defaults.

    ``content`` is as the schema of its kind describes it; ``file`` is its path from the root of the repository.
    """

    name: str
    content: dict[str, Any]
    file: str = ""

    what: ClassVar[str]
    """What it is, in one word."""

    @property
    def time_zone(self) -> str:
        """Of its schedules, dates and expectBy."""
        return str(self.content["timeZone"])

    @property
    def triggers(self) -> list[dict[str, Any]]:
        """What starts it."""
        found: list[dict[str, Any]] = self.content["triggers"]
        return found

    @property
    def loads(self) -> tuple[str, str, str] | None:
        """Connection, project and datamart as the file has them; None if it does not load just one."""
        return None

    @property
    def shipped(self) -> dict[str, Any]:
        """What of its triggers goes beside the code (functions/requests/named_jobs.py)."""
        objects = [trigger["sns"]["objects"] for trigger in self.triggers if "objects" in trigger.get("sns", {})]
        expected = {key: self.content[key] for key in ("expectBy", "expectOn") if key in self.content}
        return {
            "timeZone": self.time_zone,
            "acceptRequests": self.content.get("acceptRequests"),
            "objects": objects,
            "triggers": [
                kind_of(trigger).deployed(trigger, self.resource_name(number))
                for number, trigger in enumerate(self.triggers, 1)
            ],
        } | expected

    def resource_name(self, number: int) -> str:
        """The name of a trigger's schedule or own topic; ``number`` counts the triggers from 1."""
        return f"{self.name}-{number}"
