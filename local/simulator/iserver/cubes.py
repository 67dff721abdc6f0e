"""The Intelligent cubes: what they hold, and the jobs that publish them (API.md 12)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.simulator.catalogue import DatamartSpec
from local.simulator.iserver.job import Job
from local.simulator.iserver.jobs import Jobs
from local.simulator.iserver.session import Session
from local.simulator.metadata.definitions import FIRST_STORED
from local.simulator.response import Refusal
from local.simulator.scenario import Scenario
from local.simulator.warehouse.sales import Warehouse

PROCESSING, ACTIVE, PERSISTED, LOADED, READY = 1, 2, 4, 32, 64
SCHEDULER = "Scheduler"
"""The user of a publication that an event has started."""


@dataclass
class Publication:
    """One publication, and the session that asked for it; None where an event did."""

    cube: DatamartSpec
    job: Job
    session: Session | None
    was_judged: bool = False


@dataclass
class Content:
    """What a cube holds: how many rows, and since when. ``rows`` is None without any data."""

    rows: int | None = None
    updated: float = FIRST_STORED
    publications: list[Publication] = field(default_factory=list)


class Cubes:
    """Every cube's content, and all publications since the start.

    Parameters
    ----------
    scenario, clock, warehouse, jobs
        How to behave, seconds since the epoch, where the tables are, what runs the publications.
    """

    def __init__(self, scenario: Scenario, clock: Callable[[], float], warehouse: Warehouse, jobs: Jobs) -> None:
        self._scenario, self._clock, self._warehouse, self._jobs = scenario, clock, warehouse, jobs
        self._contents: dict[str, Content] = {}
        self._all: list[Publication] = []

    def publish(self, cube: DatamartSpec, session: Session | None) -> Job:
        """Publish a cube, or what the scenario does while it is being published already. Raises Refusal."""
        content, delay = self.content(cube), 0.0
        running = [one.job for one in content.publications if not one.job.ended]
        if running and self._scenario.second_publication == "refused":
            raise Refusal(400, 1, "The cube is being published.")
        if running and self._scenario.second_publication == "joined":
            return running[-1]
        if running:
            delay = cube.seconds + 1.0  # the one before has ended by then

        def read() -> None:
            rows = self._warehouse.count(cube.reads)
            content.rows, content.updated = rows, self._clock()

        user = session.user if session is not None else SCHEDULER
        publication = Publication(cube, self._jobs.publish(cube, user, read, delay), session)
        content.publications.append(publication)
        self._all.append(publication)
        return publication.job

    def content(self, cube: DatamartSpec) -> Content:
        """What a cube holds by now, ended publications judged."""
        content = self._contents.setdefault(cube.id, Content(0 if cube.is_published else None))
        for one in content.publications:
            if one.job.ended and not one.was_judged:
                one.was_judged = True
                if one.job.message is not None and self._scenario.cube_failure == "bits":
                    content.rows = None
        return content

    def status(self, cube: DatamartSpec) -> int:
        """The bits of X-MSTR-CubeStatus."""
        content = self.content(cube)
        has_data, at_work = content.rows is not None, any(not one.job.ended for one in content.publications)
        bits = ACTIVE | PERSISTED | LOADED | READY if has_data else 0
        shows_work = at_work and not (has_data and self._scenario.cube_bits == "old")
        return bits | PROCESSING if shows_work else bits

    def session_ended(self, session: Session) -> None:
        """Cancel what a session had published, or let it go on (API.md 11.9)."""
        if not self._scenario.logout_ends_job:
            return
        for one in self._all:
            if one.session is session:
                one.job.look(self._clock())
                one.job.cancel()

    def forget(self) -> None:
        """Cancel every publication: what was published stays."""
        for one in self._all:
            one.job.cancel()

    def publications(self) -> list[dict[str, Any]]:
        """All publications, the oldest first: how each ended, and the rows that its cube has now."""
        return [
            {"cubeId": one.cube.id, "jobId": one.job.id, "at": one.job.started, "outcome": _outcome(one.job)}
            | {"rows": self.content(one.cube).rows}
            for one in self._all
        ]


def _outcome(job: Job) -> str:
    if not job.ended:
        return "running"
    return "failed" if job.message is not None else "published"
