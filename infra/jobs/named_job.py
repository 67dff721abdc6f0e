"""A named job, as its file describes it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from infra.jobs.triggered import Triggered


@dataclass(frozen=True)
class NamedJob(Triggered):
    """A job's file, valid and with its defaults: ``content`` is as ``job.schema.json`` describes it."""

    what: ClassVar[str] = "job"

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
        return {"request": self.content["request"], "burst": self.content["burst"]} | super().shipped
