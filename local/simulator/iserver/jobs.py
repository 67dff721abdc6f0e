"""The jobs of the server: started once for each POST, running by the clock (API.md 5, 6.1 and 12)."""

import base64
from collections import Counter
from collections.abc import Callable
from typing import Any

from local.simulator.catalogue import CUBE_SUBTYPE, DatamartSpec
from local.simulator.iserver.instance import Instance
from local.simulator.iserver.instances import new_id
from local.simulator.iserver.job import Job, LoadFailed
from local.simulator.metadata.places import NODE
from local.simulator.response import Refusal
from local.simulator.scenario import Scenario
from local.simulator.warehouse.sales import Warehouse
from local.simulator.warehouse.table_name import resolved

NO_TABLE_NAME = -2147205449
BEFORE_THE_FIRST = 9
"""The number before that of the first job since the server was started."""


class Jobs:
    """Every job since the start, and what they and those before a restart did.

    Parameters
    ----------
    scenario, clock, warehouse
        How to behave, seconds since the epoch, where the tables are written.
    """

    def __init__(self, scenario: Scenario, clock: Callable[[], float], warehouse: Warehouse) -> None:
        self._scenario, self._clock, self._warehouse = scenario, clock, warehouse
        self._all: dict[str, Job] = {}
        self._sql: dict[str, Callable[[], str]] = {}
        self._made = BEFORE_THE_FIRST
        self.loads: Counter[str] = Counter()
        self.executions: Counter[str] = Counter()
        self.written: list[dict[str, Any]] = []

    def execute(self, instance: Instance, delay: float = 0.0) -> Job:
        """Start a datamart's job: every call starts another one (5: "#2 is not idempotent"), or as 11.7 has it."""
        running = instance.job
        if running is not None and running.stuck:
            running.cancel()
        if running is not None and not running.ended and self._scenario.second_post != "new job":
            if self._scenario.second_post == "refused":
                raise Refusal(400, 1, "A job is running on this instance.")
            return running

        def load() -> None:
            if not instance.spec.table:
                raise LoadFailed("The datamart has no table name.", NO_TABLE_NAME)
            table = resolved(instance.spec, self._clock())
            self._warehouse.load(table, instance.spec.append, instance.query())
            self.loads[instance.spec.id] += 1
            self.written.append({"datamartId": instance.spec.id, "at": self._clock()})

        job = self._of_instance(instance, load, delay)
        self.executions[instance.spec.id] += 1
        if self._scenario.new_instance_on_execute:
            instance.alias = new_id()
        return job

    def select(self, instance: Instance) -> Job:
        """Start a report's job: it reads, and writes no table."""

        def read() -> None:
            self._warehouse.select(instance.query())

        return self._of_instance(instance, read, 0.0)

    def publish(self, cube: DatamartSpec, user: str, read: Callable[[], None], delay: float = 0.0) -> Job:
        """Start the job that publishes a cube: it reads the table that the cube is built on (API.md 12)."""
        return self._start(cube, user, lambda: False, read, lambda: f"SELECT * FROM {cube.reads}", delay)  # noqa: S608

    def _of_instance(self, instance: Instance, work: Callable[[], None], delay: float) -> Job:
        user, open_prompts = instance.session.user, instance.open_prompts
        instance.job = self._start(instance.spec, user, open_prompts, work, lambda: self.sql_of(instance), delay)
        return instance.job

    def _start(
        self,
        spec: DatamartSpec,
        user: str,
        open_prompts: Callable[[], bool],
        work: Callable[[], None],
        sql: Callable[[], str],
        delay: float,
    ) -> Job:
        self._made += 1
        job_id = f"{self._made}:{base64.b64encode(NODE.encode()).decode()}"
        now = self._clock()
        job = Job(job_id, spec, now + delay, self._scenario, open_prompts, work)
        job.user = user
        job.look(now)
        self._all[job_id], self._sql[job_id] = job, sql
        return job

    def sql_of(self, instance: Instance) -> str:
        """The SQL that an instance's job runs, for people: what sqlView shows."""
        spec, select = instance.spec, instance.query().readable()
        if not spec.table:
            return select
        verb = "INSERT INTO {}" if spec.append else "CREATE TABLE {} AS"
        return f"{verb.format(resolved(spec, self._clock()))}\n{select}"

    def sql_of_job(self, job: Job) -> str | None:
        """The same for a job that has come to its SQL; None before."""
        return self._sql[job.id]() if job.in_sql else None

    def forget(self) -> None:
        """Lose every job, and count the next ones anew (API.md 6.1)."""
        self._all, self._sql, self._made = {}, {}, BEFORE_THE_FIRST

    def running(self) -> list[Job]:
        """The jobs that have not ended."""
        return [job for job in self._all.values() if not job.ended]

    def find(self, job_id: str) -> Job:
        """A running job. Raises Refusal: an ended one has disappeared (API.md 6.1)."""
        job = self._all.get(job_id)
        if job is not None and (not job.ended or self._stays(job)):
            return job
        status = 500 if self._scenario.ended_job_500 else 404
        raise Refusal(status, 1 if status == 500 else 4, "The job was not found.")

    def _stays(self, job: Job) -> bool:
        """Whether the monitor shows an ended job: that of a failed publication, in one scenario (API.md 12.2)."""
        return job.message is not None and job.spec.subtype == CUBE_SUBTYPE and self._scenario.cube_failure == "monitor"

    def advance(self) -> None:
        """Let everything happen that is due."""
        for job in self.running():
            job.look(self._clock())
