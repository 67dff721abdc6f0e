"""The Intelligence Server behind the simulated Library: sessions, instances, jobs, definitions."""

import base64
import secrets
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from local.simulator.answer import Refusal
from local.simulator.catalogue import FOLDERS, PROJECTS, DatamartSpec, Prompt, datamarts
from local.simulator.job import Job, not_posted
from local.simulator.prompts import OpenPrompt, answer_all, filters
from local.simulator.scenario import Scenario
from local.simulator.warehouse import Warehouse

NODE = "ENV-308179LAIO2USE1"
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def new_id() -> str:
    """A new object or instance id."""
    return secrets.token_hex(16).upper()


class Session:
    """A session: who, since when idle, its cookies, and the projects that it has opened."""

    def __init__(self, user: str, now: float) -> None:
        self.id = secrets.token_hex(4)
        self.token = "".join(secrets.choice(LETTERS) for _ in range(26))
        self.cookie = secrets.token_hex(16).upper()
        self.user = user
        self.last = now
        self.projects: set[str] = set()


class Instance:
    """A datamart's instance in a session, with its prompts and its job."""

    def __init__(self, instance_id: str, spec: DatamartSpec, session: Session, defaults: dict[str, Any]) -> None:
        self.id = instance_id
        self.alias: str | None = None
        self.spec = spec
        self.session = session
        self.prompts = [OpenPrompt(p, defaults.get(p.id)) for p in spec.prompts]
        self.job: Job | None = None

    def visible(self) -> list[OpenPrompt]:
        """The prompts that exist by now: of nested ones, those whose predecessors are closed, and the next."""
        if not self.spec.nested:
            return self.prompts
        closed = [p for p in self.prompts if p.closed]
        return self.prompts[: len(closed) + 1]

    def open_prompts(self) -> bool:
        """Whether any visible prompt waits for its answer."""
        return any(not p.closed for p in self.visible())


class IntelligenceServer:
    """Everything that the endpoints work on. One lock: calls are short.

    Parameters
    ----------
    scenario
        How to behave where the contract leaves it open.
    clock
        Seconds since the epoch.
    warehouse_path
        The SQLite file.
    """

    def __init__(
        self,
        scenario: Scenario,
        clock: Callable[[], float],
        warehouse_path: Path,
        username: str,
        password: str,
        api_token: str,
    ) -> None:
        self.scenario = scenario
        self.clock = clock
        self.username, self.password, self.api_token = username, password, api_token
        self.warehouse = Warehouse(warehouse_path)
        self.lock = threading.RLock()
        self.specs = datamarts(scenario.nesting, scenario.slow_seconds)
        self.defaults: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, str] = {spec: new_id() for spec in self.specs}
        self.sessions: dict[str, Session] = {}
        self.instances: dict[str, Instance] = {}
        self.jobs: dict[str, Job] = {}
        self.loads: Counter[str] = Counter()
        self.executions: Counter[str] = Counter()
        self.answers: list[dict[str, Any]] = []
        self.saves = 0
        self.issued: list[str] = []
        self._jobs_made = 9

    # -- sessions -----------------------------------------------------------------------------------------------

    def log_in(self, mode: int, username: str, password: str) -> Session:
        """Open a session. Raises Refusal for wrong credentials (contract 2.2)."""
        right = {
            1: (self.username, self.password) == (username, password),
            16: (self.username, self.password) == (username, password),
            4096: username == self.api_token,
            8: True,
        }
        if mode not in right:
            raise Refusal(400, 1, "The server is not configured to support this login mode.", -2147205409)
        if not right[mode]:
            raise Refusal(401, 3, "Login failed", -2147216959)
        session = Session("guest" if mode == 8 else self.username, self.clock())
        self.sessions[session.token] = session
        self.issued += [session.token, session.cookie]
        return session

    def session(self, token: str | None, cookie: str | None) -> Session:
        """The session of a call; its token alone is not enough (contract 1.4). Raises Refusal 401 ERR009."""
        self.advance()
        session = self.sessions.get(token or "")
        if session is None or cookie != session.cookie:
            raise Refusal(401, 9, "The user's session has expired, please reauthenticate", -2147206924)
        session.last = self.clock()
        return session

    def log_out(self, session: Session) -> None:
        """End a session, or all of its user's (contract 2.5)."""
        ending = [session]
        if self.scenario.logout_ends_all:
            ending = [s for s in self.sessions.values() if s.user == session.user]
        for one in ending:
            self.end_session(one)

    def end_session(self, session: Session) -> None:
        """Remove a session and its instances; their jobs go on or not, as the scenario says."""
        self.sessions.pop(session.token, None)
        for instance in [i for i in self.instances.values() if i.session is session]:
            self.remove_instance(instance, self.scenario.logout_ends_job)

    def open_project(self, session: Session, project_id: str | None) -> None:
        """What the first call in a project does. Raises Refusal: unknown, idle, too many sessions."""
        project = next((p for p in PROJECTS if p["id"] == (project_id or "").upper()), None)
        if project is None:
            raise Refusal(500, 1, "The project does not exist or is not loaded.", -2147209151)
        if project["status"] != 0:
            raise Refusal(500, 1, "The project is idle.", -2147209192)
        if project_id in session.projects:
            return
        same = [s for s in self.sessions.values() if s.user == session.user and project_id in s.projects]
        if len(same) >= self.scenario.session_cap:
            raise Refusal(500, 1, "The maximum number of interactive sessions was reached.", -2147072486)
        session.projects.add(str(project_id))

    # -- definitions --------------------------------------------------------------------------------------------

    def spec(self, datamart_id: str) -> DatamartSpec:
        """A report by id. Raises Refusal 404."""
        spec = self.specs.get(datamart_id.upper())
        if spec is None:
            raise Refusal(404, 4, "The object was not found in the metadata.", -2147216373)
        return spec

    def default_answers(self, spec: DatamartSpec) -> dict[str, Any]:
        """Default answers that were saved over those of the definition, by prompt id."""
        return self.defaults.get(spec.id, {})

    def save(self, instance: Instance, options: dict[str, Any]) -> str:
        """Save the definition in place: the answers become the defaults if asked for."""
        self._store(instance.spec.id, instance, options)
        return instance.spec.id

    def save_as(self, instance: Instance, name: str, folder: str, overwrite: bool, options: dict[str, Any]) -> str:
        """Save the definition as another object. Raises Refusal: unknown folder, name taken."""
        if folder.upper() not in FOLDERS:
            raise Refusal(404, "8004cb05", "The destination folder does not exist.")
        same = [s for s in self.specs.values() if (s.name, s.folder) == (name, folder.upper())]
        if same and not overwrite:
            raise Refusal(409, 15, "An object of this name exists in the folder.")
        saved_id = same[0].id if same else new_id()
        self.specs[saved_id] = replace(instance.spec, id=saved_id, name=name, folder=folder.upper())
        self._store(saved_id, instance, options)
        return saved_id

    def _store(self, saved_id: str, instance: Instance, options: dict[str, Any]) -> None:
        if options.get("saveAsWithAnswers"):
            answered = {p.prompt.id: self._as_default(p, instance) for p in instance.prompts if p.answer is not None}
            self.defaults[saved_id] = {**self.defaults.get(saved_id, {}), **answered}
        self.versions[saved_id] = new_id()
        self.saves += 1

    def _as_default(self, prompt: OpenPrompt, instance: Instance) -> Any:
        if prompt.prompt.type != "ELEMENTS":
            return prompt.answer
        return [e for e in self.elements(instance, prompt.prompt) if e["name"] in prompt.answer]

    # -- instances and jobs -------------------------------------------------------------------------------------

    def create(self, session: Session, spec: DatamartSpec) -> Instance:
        """A new instance; the session's oldest is dropped when its working set is full (contract 9)."""
        mine = [i for i in self.instances.values() if i.session is session]
        if len(mine) >= self.scenario.working_set:
            self.remove_instance(mine[0], self.scenario.delete_ends_job)
        instance = Instance(new_id(), spec, session, self.default_answers(spec))
        self.instances[instance.id] = instance
        return instance

    def instance(self, session: Session, instance_id: str | None) -> Instance:
        """An instance of this session. Raises Refusal 404."""
        wanted = (instance_id or "").upper()
        for instance in self.instances.values():
            if wanted in (instance.id, instance.alias) and instance.session is session:
                return instance
        raise Refusal(404, 4, "The message was not found in the inbox.", -2147468986)

    def execute(self, instance: Instance, delay: float = 0.0) -> Job:
        """Start a job: every call starts another one (contract 5, "#2 is not idempotent")."""
        self._jobs_made += 1
        job_id = f"{self._jobs_made}:{base64.b64encode(NODE.encode()).decode()}"
        now = self.clock()

        def load() -> None:
            self.warehouse.load(instance.spec, filters(instance.prompts))
            self.loads[instance.spec.id] += 1

        instance.job = Job(job_id, instance.spec, now + delay, instance.open_prompts, load)
        if self.scenario.new_instance_on_execute:
            instance.alias = new_id()
        self.jobs[job_id] = instance.job
        self.executions[instance.spec.id] += 1
        instance.job.look(now)
        if instance.job.status == 0 and not delay:
            instance.job.status = 8
        return instance.job

    def status(self, instance: Instance) -> int:
        """The status that GET execution reports."""
        job = instance.job
        if job is None:
            return not_posted(self.scenario.before_post)
        status = job.look(self.clock())
        return not_posted(self.scenario.before_post) if status == 0 else status

    def answer(self, instance: Instance, body: Any) -> None:
        """Answer prompts and let the job go on (contract 7.3)."""
        entries = body.get("prompts") if isinstance(body, dict) else None
        before = len(instance.visible())
        answer_all(instance.visible(), entries, lambda prompt: self.elements(instance, prompt))
        self.answers.append({"datamartId": instance.spec.id, "body": body})
        if instance.job is None:
            return
        if len(instance.visible()) > before and instance.open_prompts():
            instance.job.open_nested(self.clock())
        else:
            instance.job.prompts_answered(self.clock(), self.scenario.still_open)

    def elements(self, instance: Instance, prompt: Prompt) -> list[dict[str, str]]:
        """The elements that may answer a prompt, under the answers given so far."""
        given = {str(p.prompt.column): p.answer for p in instance.prompts if p.closed and isinstance(p.answer, list)}
        given.pop(str(prompt.column), None)
        every = self.warehouse.elements(str(prompt.column), {})
        number = {name: index + 1 for index, name in enumerate(every)}
        return [
            {"id": f"h{number[name]};{prompt.source}", "name": name}
            for name in self.warehouse.elements(str(prompt.column), given)
        ]

    def remove_instance(self, instance: Instance, ends_job: bool) -> None:
        """Delete an instance."""
        self.instances.pop(instance.id, None)
        if instance.job is not None and ends_job:
            instance.job.look(self.clock())
            if not instance.job.ended:
                instance.job.cancel()

    def running_jobs(self) -> list[Job]:
        """The jobs that have not ended."""
        return [job for job in self.jobs.values() if not job.ended]

    def advance(self) -> None:
        """Let everything happen that is due: jobs go on, idle sessions end."""
        now = self.clock()
        for job in self.running_jobs():
            job.look(now)
        for session in [s for s in self.sessions.values() if now - s.last > self.scenario.idle_timeout]:
            self.end_session(session)
