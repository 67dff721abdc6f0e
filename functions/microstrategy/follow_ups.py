"""The calls for what follows a load: an event is triggered, a cube is published and watched (API.md 12)."""

from functions.microstrategy import endpoints as at
from functions.microstrategy import responses as reading
from functions.microstrategy.caller import checked_id
from functions.microstrategy.models import CubeInfo, CubeStatus
from functions.microstrategy.name_lookup import NameLookup


class FollowUpCalls(NameLookup):
    """Events and cubes. For its parameters see :class:`functions.microstrategy.caller.Caller`."""

    def trigger_event(self, event_id: str) -> None:
        """Trigger the event: not idempotent, a second time starts everything again that is bound to it.

        The response says nothing of what was started. Raises ServerUnavailable with ``delivery`` "unknown" where it
        does not say that the event was triggered; NotFound; PermissionDenied.
        """
        self.call(at.TRIGGER_EVENT, event=event_id)

    def publish_cube(self, project_id: str, cube_id: str) -> str | None:
        """Have the cube published, and return the job's id for the job monitor, or None where the server names none.

        The job belongs to the session: a logout may cancel it. A second time reads the same rows again; some servers
        may refuse it while the first one is under way (API.md 12.2). Raises NotFound, PermissionDenied.
        """
        return reading.publication(self.call(at.PUBLISH_CUBE, project_id, cube=cube_id))

    def cube_status(self, project_id: str, cube_id: str) -> CubeStatus:
        """The cube's state, which may still be that of an earlier publication (API.md 12.1).

        Raises ServerUnavailable where the response does not have it.
        """
        reply = self.call(at.CUBE_STATUS, project_id, cube=cube_id)
        return reading.cube_status(at.CUBE_STATUS, reply, self.redact)

    def cube_info(self, project_id: str, cube_id: str) -> CubeInfo:
        """The cube's state, and when its data were renewed, which tells a new publication from an earlier one.

        Of what the response does not have the field is None (API.md 12.1).
        """
        return reading.cube_info(self.call(at.CUBE_INFO, project_id, {"id": checked_id(cube_id)}))
