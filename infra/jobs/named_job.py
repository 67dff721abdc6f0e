"""A named job, as its file describes it."""

from dataclasses import dataclass
from typing import Any

from infra.jobs.triggers import kind_of


@dataclass(frozen=True)
class NamedJob:
    """A job's file, valid and with its defaults.

    ``content`` is as ``job.schema.json`` describes it; ``file`` is its path from the root of the repository.
    """

    name: str
    content: dict[str, Any]
    file: str = ""

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
        """Connection, project and datamart as the file has them; None if requests from outside name the datamart.

        The same datamart may also be called by id in one file and by name in another, which only its server knows.
        """
        request = self.content["request"]
        if "datamart" not in request:
            return None
        return request.get("connection", "default"), str(request.get("project")), str(request["datamart"])

    @property
    def shipped(self) -> dict[str, Any]:
        """What of it goes beside the code (functions/requests/named_jobs.py)."""
        objects = [trigger["sns"]["objects"] for trigger in self.triggers if "objects" in trigger.get("sns", {})]
        expected = {key: self.content[key] for key in ("expectBy", "expectOn") if key in self.content}
        return {
            "request": self.content["request"],
            "timeZone": self.time_zone,
            "acceptRequests": self.content.get("acceptRequests"),
            "burst": self.content["burst"],
            "objects": objects,
            "triggers": [
                kind_of(trigger).deployed(trigger, self.resource_name(number))
                for number, trigger in enumerate(self.triggers, 1)
            ],
        } | expected

    def resource_name(self, number: int) -> str:
        """The name of a trigger's schedule or own topic; ``number`` counts the triggers from 1."""
        return f"{self.name}-{number}"
