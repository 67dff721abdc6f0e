"""Checks what follows a job's load: that events and cubes are there, and what is known of the account's rights to them.

Nothing is triggered or published, so whether an event may be triggered only a run shows (API.md 12.2).
"""

from functions.errors import LibraryError
from functions.follow_ups import KINDS, PUBLISH_CUBE, TRIGGER_EVENT
from functions.follow_ups.kind import FollowUpKind, Found
from functions.microstrategy import Client, Project
from functions.microstrategy.models import CubeStatus
from local.checks.findings import Findings
from local.checks.privilege import PUBLISH, Privileges
from local.server_access.fatal_errors import is_fatal

CHECK = "follow-up"
"""What the findings call it."""


class FollowUpCheck:
    """Checks follow-ups in one session.

    Raises LibraryError only if no further call can succeed: the session has ended, or the server does not respond.
    """

    def __init__(self, client: Client, privileges: Privileges, findings: Findings) -> None:
        self._client = client
        self._privileges = privileges
        self._findings = findings
        self._has_told_of_events = False

    def check(self, job: str, project: Project, follow_ups: list[dict[str, str]]) -> None:
        """Each of ``then`` of a normalised request, in its order."""
        for follow_up in follow_ups:
            ((key, reference),) = follow_up.items()
            try:
                self._check_one(job, project, KINDS[key], reference)
            except LibraryError as error:
                if is_fatal(error):
                    raise
                self._findings.problem(CHECK, job, error)

    def _check_one(self, job: str, project: Project, kind: FollowUpKind, reference: str) -> None:
        found = kind.find(self._client, project.id, reference)
        called = f'The {kind.noun} "{found.name}" ({found.id})'
        if kind is TRIGGER_EVENT:
            self._findings.ok(CHECK, job, f"{called} is there.")
            self._tell_of_events(job)
        if kind is PUBLISH_CUBE:
            self._check_cube(job, project, found, called)

    def _tell_of_events(self, job: str) -> None:
        if not self._has_told_of_events:
            text = "Whether the account may trigger events only a run shows: no list says which privilege that takes."
            self._findings.note(CHECK, job, text)
        self._has_told_of_events = True

    def _check_cube(self, job: str, project: Project, cube: Found, called: str) -> None:
        """The run reads the cube's state until it is ready, so that must be open to the account, too."""
        if not self._privileges.scope(PUBLISH).holds_in(project.id):
            where = f'"{project.name}" ({project.id})' if project.name else project.id
            self._findings.problem(CHECK, job, f"The account does not hold {PUBLISH.in_words} in {where}.")
        status = self._client.cube_status(project.id, cube.id)
        self._findings.ok(CHECK, job, f"{called} is there, and {_state(status)}.")


def _state(status: CubeStatus) -> str:
    if CubeStatus.PROCESSING in status:
        return "is being published now"
    return "has data" if CubeStatus.READY in status else "has no data yet"
