"""How far the publication of a cube is, from everything that a server says of it (API.md 12.1)."""

from enum import Enum

from functions.microstrategy.models import CubeStatus
from functions.microstrategy.status import COMPLETED, ENDED, GONE

START_SECONDS = 60.0
"""How long a server may take to show that it has begun, where its job monitor is closed to the account."""


class Publication(Enum):
    """How far it is; one that failed says why."""

    RUNNING = "the cube is still being published"
    PUBLISHED = "the cube is ready"
    JOB_FAILED = "the job that published the cube has failed"
    NOT_READY = "the publication has ended, and the cube is not ready"
    NOT_RENEWED = "the publication has ended, and the cube still has the data of an earlier one"

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing to wait for any more."""
        return self is not Publication.RUNNING

    @property
    def has_failed(self) -> bool:
        """Whether it ended without new data."""
        return self.has_ended and self is not Publication.PUBLISHED


def publication(status: CubeStatus, job: str | None, is_renewed: bool | None, has_begun: bool) -> Publication:
    """How far a publication is.

    Parameters
    ----------
    status
        The cube's bits. While a cube is published again they may be those of its earlier data.
    job
        The job monitor's word for the job, GONE where it does not list the job any more; None if the job's ID is not
        known or the account may not look.
    is_renewed
        Whether the server's time of the cube's data is another one than before; None if that is not known.
    has_begun
        Whether the publication was seen at work, or was accepted START_SECONDS ago or earlier. Until then a cube whose
        job nobody may see looks as if it had ended.
    """
    if CubeStatus.PROCESSING in status or (job is not None and job not in ENDED):
        return Publication.RUNNING
    if job not in (None, COMPLETED, GONE):
        return Publication.JOB_FAILED
    is_ready = CubeStatus.READY in status
    if is_ready and (is_renewed or job == COMPLETED):
        return Publication.PUBLISHED
    if job is None and (not has_begun or (is_ready and is_renewed is False)):
        return Publication.RUNNING
    if not is_ready:
        return Publication.NOT_READY
    return Publication.PUBLISHED if is_renewed is None else Publication.NOT_RENEWED
