"""The Intelligence Server behind the simulated Library: sessions, instances, jobs, cubes, definitions."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.simulator.iserver.credentials import Credentials
from local.simulator.iserver.cubes import Cubes
from local.simulator.iserver.events import Events
from local.simulator.iserver.instances import Instances
from local.simulator.iserver.jobs import Jobs
from local.simulator.iserver.monitor import described
from local.simulator.iserver.session import Session
from local.simulator.iserver.sessions import Sessions
from local.simulator.metadata.definitions import Definitions
from local.simulator.scenario import Scenario
from local.simulator.warehouse.sales import Warehouse


class IntelligenceServer:
    """Everything that the endpoints work on. One lock: calls are short.

    Parameters
    ----------
    scenario
        How to behave where API.md 11 leaves it open.
    clock
        Seconds since the epoch.
    warehouse_path
        The SQLite file.
    credentials
        What a login must show.
    """

    def __init__(
        self, scenario: Scenario, clock: Callable[[], float], warehouse_path: Path, credentials: Credentials
    ) -> None:
        self.scenario = scenario
        self.clock = clock
        self.lock = threading.RLock()
        self.warehouse = Warehouse(warehouse_path)
        self.credentials = credentials
        self.sessions = Sessions(scenario, clock, credentials, self._session_ended)
        self.instances = Instances(scenario, clock)
        self.jobs = Jobs(scenario, clock, self.warehouse)
        self.definitions = Definitions(scenario, clock)
        self.cubes = Cubes(scenario, clock, self.warehouse, self.jobs)
        self.events = Events(clock, lambda cube: self.cubes.publish(self.definitions.cube(cube), None))

    def advance(self) -> None:
        """Let everything happen that is due: jobs go on, idle sessions end."""
        self.jobs.advance()
        self.sessions.end_idle()

    def restart(self) -> None:
        """Lose sessions, instances and jobs, what a job was about to write included; jobs count anew.

        Published cubes stay: they are loaded again from where they persist.

        The tables, the metadata and the API token stay, and so does what :meth:`state` reports of the past.
        """
        self.advance()
        for part in (self.cubes, self.jobs, self.instances, self.sessions):
            part.forget()

    def _session_ended(self, session: Session) -> None:
        for instance in self.instances.of(session):
            self.instances.remove(instance, self.scenario.logout_ends_job)
        self.cubes.session_ended(session)

    def state(self) -> dict[str, Any]:
        """What is open and what has happened, without any secret."""
        now = self.clock()
        return {
            "sessions": [{"id": s.id, "user": s.user} for s in self.sessions.open()],
            "mostSessions": self.sessions.most,
            "instances": [{"id": i.id, "datamartId": i.spec.id, "session": i.session.id} for i in self.instances.all()],
            "jobs": [described(job, now) for job in self.jobs.running()],
            "loads": dict(self.jobs.loads),
            "executions": dict(self.jobs.executions),
            "written": list(self.jobs.written),
            "answers": list(self.instances.answers),
            "events": list(self.events.triggered),
            "publications": self.cubes.publications(),
            "saves": self.definitions.saves,
            "definitions": {
                spec.id: {"name": spec.name, "version": self.definitions.version(spec), "folder": spec.folder}
                for spec in self.definitions.all()
            },
        }
