"""A whole system for each test: the synthesized template on moto, the real handlers, a simulator of its own.

After every test the simulator itself is asked whether anything was left behind, and everything that was written
anywhere is searched for every secret that existed.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from moto.sqs.models import sqs_backends

from functions.microstrategy import Client
from functions.runs.concurrency import pending_job
from functions.runs.model import Requested, Run
from functions.runs.slots import datamart_key
from functions.runs.store.attempts import begin_attempt, close_attempt
from functions.runs.store.item_format import run_of
from functions.runs.store.runs import load_run
from functions.runs.store.table import run_table
from local.clock import Clock, StandingClock
from local.emulator import Emulator
from local.emulator.clients import client
from local.emulator.history_table import find_record
from local.emulator.template import ACCOUNT, REGION
from local.history.home import HOME
from local.outcome import Outcome
from local.simulator import Simulator
from tests.infra.template import Template
from tests.support.permissions import USED, Recorder
from tests.support.reports import report_text
from tests.support.run_command import Done, done_by, running_on
from tests.support.server_calls import UnlistedCalls

TUTORIAL = "B7CA92F04B9FAE8D941C3E9B7E0CD754"
CITY = "85000B907B4EAD3B0D9522A9CFD10DBC"
PASSWORD = "planted-pässword-7b1e"

SLOT = f"queue/default holders {datamart_key(Run('', requested=Requested(TUTORIAL, CITY)))}"
"""Where the slot of a run of City stands, of :meth:`System.leases`."""

HELD = ("lease/", "slot/", "queue/")
"""How the keys of items begin by which runs keep others out."""


class Told:
    """Queues that listen: one on the topic of notices, one behind a rule on the end events."""

    def __init__(self, emulator: Emulator) -> None:
        topics = client("sns").list_topics()["Topics"]
        notices = next(t["TopicArn"] for t in topics if "NoticeTopic" in t["TopicArn"])
        for name in ("told-notices", "told-events"):
            client("sqs").create_queue(QueueName=name)
        client("sns").subscribe(TopicArn=notices, Protocol="sqs", Endpoint=self._arn("told-notices"))
        events = client("events")
        events.put_rule(Name="told", EventPattern=json.dumps({"source": ["datamart-runner"]}))
        events.put_targets(Rule="told", Targets=[{"Id": "queue", "Arn": self._arn("told-events")}])

    @staticmethod
    def _arn(name: str) -> str:
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    @staticmethod
    def _take(name: str) -> list[dict[str, Any]]:
        """Of moto's own queue: every test looks five times, and a call of SQS takes as long as one of DynamoDB."""
        queue = sqs_backends[ACCOUNT][REGION].get_queue(name)
        taken, queue._messages = queue._messages, []
        return [json.loads(message.body) for message in taken]

    def notices(self) -> list[dict[str, Any]]:
        """The notices since the last look: Subject and Message among their fields."""
        return self._take("told-notices")

    def events(self) -> list[dict[str, Any]]:
        """The end events since the last look."""
        return self._take("told-events")


class System:
    """One simulator and the emulator that runs against it."""

    def __init__(self, emulator: Emulator, clock: Clock, told: Told) -> None:
        self._emulator = emulator
        self._clock = clock
        self._told = told
        self._notices: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []
        self._arns: list[str] = []
        self._outcomes: list[Outcome] = []
        self._written: dict[str, list[str]] = {"history": [], "output": []}
        self._tokens: set[str] = set()
        self.simulator: Simulator
        self.expect_left = False
        keys = (*HELD, "outage/")  # of another system's server, on which a job may still go on
        _emptied(*emulator.deployed.tables, keys=keys)
        self._logs_from = emulator.logs.stat().st_size

    def start_simulator(self, scenario: Any = "default") -> Simulator:
        self.simulator = Simulator(scenario=scenario, clock=self._clock.now, password=PASSWORD)
        self.simulator.start()
        self.connect()
        return self.simulator

    def connect(self, **changes: Any) -> None:
        """Fill the connection's secret; a change to None leaves the field out."""
        secret = {
            "baseUrl": self.simulator.base_url,
            "loginMode": 1,
            "username": self.simulator.username,
            "password": self.simulator.password,
        } | changes
        self._emulator.seed_secret("default", {key: value for key, value in secret.items() if value is not None})

    def run(self, **request: Any) -> Outcome:
        """Run a request (project and City by default) to its end."""
        return self.run_input({"project": TUTORIAL, "datamart": CITY} | request)

    def run_input(self, request: Any) -> Outcome:
        before = self._all_loads()
        outcome = self.watch(self._emulator.start(request))
        self._check_loads(outcome, self._all_loads() - before)
        return outcome

    def watch(self, execution_arn: str) -> Outcome:
        """Wait for the end of an execution, and look through what it wrote when the test ends."""
        outcome = self._emulator.wait(execution_arn)
        self._arns.append(outcome.execution_arn)
        self._outcomes.append(outcome)
        self._written["history"].append(json.dumps(outcome.history, default=str))
        self._tokens.update(tokens_of_waits(outcome.history))
        self._written["output"].append(json.dumps([outcome.output, outcome.error, outcome.cause], default=str))
        return outcome

    def watch_batch(self, execution_arn: str) -> Outcome:
        """Wait for the end of a batch; it and its runs are looked through when the test ends."""
        outcome = self.watch(execution_arn)
        for line in (self._emulator.batch_report(execution_arn) or {}).get("items") or []:
            if "execution" in line and line["execution"] not in self._arns:
                self.watch(line["execution"])
        return outcome

    def _all_loads(self) -> int:
        return sum(self.simulator.state()["loads"].values())

    def _check_loads(self, outcome: Outcome, loads: int) -> None:
        """What the run says of the table is what the server itself counts; nothing is ever loaded twice."""
        (told,) = self.events()[-1:]
        word = outcome.output["loaded"] if outcome.output else (outcome.cause or "")[8:].split(".")[0]
        words = {word, told["detail"]["loaded"]}
        assert len(words - {"unknown"}) <= 1, "the cause and the event contradict each other"
        for said in words:
            assert loads in {"yes": {1}, "no": {0}, "unknown": {0, 1}}[said], (outcome.error, outcome.cause)

    @property
    def emulator(self) -> Emulator:
        return self._emulator

    def invoke(self, module: str, event: dict[str, Any]) -> Any:
        """Call a deployed function by its module. Raises RuntimeError with its error's name and text."""
        made = client("lambda").list_functions()["Functions"]
        name = next(f["FunctionName"] for f in made if f["Handler"] == f"functions.handlers.{module}.handler")
        answer = client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
        body = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RuntimeError(f"{body['errorType']}: {body['errorMessage']}")
        return body

    def close_behind_the_back(self, event: dict[str, Any]) -> None:
        """Begin the clean-up of a run's attempt from somewhere else, as the end of a stopped execution does."""
        table = run_table()
        run = load_run(table, event["executionArn"], event["attempt"])
        begin_attempt(run)
        close_attempt(run)

    def notices(self) -> list[dict[str, Any]]:
        """Every notice of this system's runs."""
        self._notices += self._told.notices()
        return self._notices

    def events(self) -> list[dict[str, Any]]:
        """Every end event of this system's runs."""
        self._events += self._told.events()
        return self._events

    def item(self, outcome: Outcome) -> dict[str, Any]:
        """The run's item in the run table."""
        found = self._emulator.item(outcome.execution_arn)
        assert found is not None
        return found

    def loads(self, datamart: str = CITY) -> int:
        return int(self.simulator.state()["loads"].get(datamart, 0))

    def posts(self, path: str = "/execution/jobs") -> int:
        """How many orders to execute the server saw."""
        seen = self.simulator.state()["requests"]
        return sum(1 for r in seen if r["method"] == "POST" and r["path"].endswith(path))

    def steps(self) -> list[str]:
        return [f"{r['method']} {r['path']}" for r in self.simulator.state()["requests"]]

    def leases(self) -> dict[str, dict[str, Any]]:
        """What runs hold: leases by their keys, slots and tickets by the key of their queue."""
        (table,) = self._emulator.deployed.tables
        found = {key: self._emulator.item(key) or {} for key in _keys(table) if key.startswith(HELD)}
        queued = {
            f"{key} {kind} {name}": held | ({"owner": item["executions"] + held["o"]} if "o" in held else {})
            for key, item in found.items()
            for kind in ("holders", "tickets")
            for name, held in item.get(kind, {}).items()
        }
        return {key: item for key, item in found.items() if "owner" in item} | queued

    def slots(self) -> dict[str, dict[str, Any]]:
        """The holders of slots of the default connection, by their keys."""
        return dict((self._emulator.item("queue/default") or {}).get("holders", {}))

    def tickets(self) -> dict[str, dict[str, Any]]:
        """The tickets in the queue of the default connection, by their ids."""
        return dict((self._emulator.item("queue/default") or {}).get("tickets", {}))

    def check(self) -> None:
        state = self.simulator.state()
        if not self.expect_left:
            left = {kind: state[kind] for kind in ("sessions", "instances", "jobs") if state[kind]}
            assert left == {}, "left behind on the server"
            self._check_leases()
        self._search_for_secrets()

    def _check_leases(self) -> None:
        """Nothing is held for nothing: only a job that may still go on keeps others out."""
        pending = {str(i["executionArn"]) for i in self._items() if pending_job(run_of(i)) is not None}
        held = {key: lease for key, lease in self.leases().items() if lease.get("owner") not in pending}
        assert held == {}, "a lease, a slot or a ticket is held by a run that has ended"

    def _items(self) -> list[dict[str, Any]]:
        return [item for item in map(self._emulator.item, self._arns) if item is not None]

    def _search_for_secrets(self) -> None:
        secrets = {*self.simulator.secrets(), PASSWORD}
        mine = self._items()
        for item in mine:
            for attempt in item.get("attempts", {}).values():
                attempt.pop("session", None)
        written = {place: "\n".join(texts) for place, texts in self._written.items()}
        written["items"] = json.dumps(mine, default=str)
        written["queue"] = json.dumps(self._emulator.item("queue/default"), default=str)
        table = self._emulator.deployed.history_table
        written["history of runs"] = json.dumps(
            [asdict(record) for arn in self._arns if (record := find_record(table, arn)) is not None]
        )
        written["notices and events"] = json.dumps([self.notices(), self.events()])
        with self._emulator.logs.open("rb") as logs:
            logs.seek(self._logs_from)
            written["logs"] = logs.read().decode("utf-8")
        written["reports"] = "\n".join(
            report_text(outcome, written["logs"], find_record(table, outcome.execution_arn))
            for outcome in self._outcomes
        )
        assert all(arn in written["logs"] for arn in self._arns[:1]), "the logs are not where they are searched"
        for place, text in written.items():
            # A token is in the history of its own execution, as on AWS.
            searched = secrets if place == "history" else secrets | self._tokens
            found = [place for secret in searched if secret and (secret in text or json.dumps(secret)[1:-1] in text)]
            assert found == [], "a secret is in the open"


def tokens_of_waits(history: list[dict[str, Any]]) -> Iterator[str]:
    """The task tokens for which an execution has waited in the queue."""
    for event in history:
        parameters = json.loads(event.get("taskScheduledEventDetails", {}).get("parameters", "{}"))
        if "WaitInQueue" in str(parameters.get("FunctionName")):
            yield parameters["Payload"]["token"]


def _keys(table: str) -> list[str]:
    """The keys of all items of the run table."""
    return [item["executionArn"]["S"] for item in client("dynamodb").scan(TableName=table)["Items"]]


def _emptied(table: str, keys: str | tuple[str, ...] = "") -> None:
    """Every test begins with an empty run table: to look through the items of all tests before it takes ever longer."""
    for key in _keys(table):
        if key.startswith(keys):
            client("dynamodb").delete_item(TableName=table, Key={"executionArn": {"S": key}})


@pytest.fixture(scope="session")
def clock() -> StandingClock:
    """Moves only with skipped waits and when a test says so: how busy the machine is cannot matter."""
    return StandingClock()


@pytest.fixture(scope="session")
def recorder(template_path: Path, pytestconfig: pytest.Config) -> Iterator[Recorder]:
    """Records what the functions of this process call (tests/support/permissions.py)."""
    recorder = Recorder(Template(template_path))
    pytestconfig.stash[USED] = recorder.used
    with recorder.recording():
        yield recorder


@pytest.fixture(scope="session")
def unlisted_calls() -> Iterator[UnlistedCalls]:
    """Watches the calls that fail the functions of this process."""
    calls = UnlistedCalls()
    with calls.watching():
        yield calls


@pytest.fixture(scope="session")
def session_emulator(
    template_path: Path, clock: Clock, recorder: Recorder, unlisted_calls: UnlistedCalls
) -> Iterator[Emulator]:
    with Emulator(template_path, clock=clock, max_wait=0) as emulator:
        recorder.resolve = emulator.template.resolve
        yield emulator


@pytest.fixture(autouse=True)
def nothing_that_aws_would_deny(recorder: Recorder) -> Iterator[None]:
    """No function calls what its own role does not allow."""
    yield
    denied, recorder.denied = recorder.denied, []
    assert denied == []


@pytest.fixture(autouse=True)
def nothing_that_the_table_of_functions_does_not_list(unlisted_calls: UnlistedCalls) -> Iterator[None]:
    """No step fails because of a call to the server that its row does not list."""
    yield
    found, unlisted_calls.found = unlisted_calls.found, []
    assert found == []


@pytest.fixture(scope="session")
def session_told(session_emulator: Emulator) -> Told:
    return Told(session_emulator)


@pytest.fixture
def new_system(session_emulator: Emulator, session_told: Told, clock: Clock) -> Iterator[Callable[..., System]]:
    """Makes a system in the scenario named; checks and stops it afterwards."""
    systems: list[System] = []
    session_told.notices()
    session_told.events()
    _emptied(*session_emulator.deployed.tables)
    _emptied(session_emulator.deployed.history_table)

    def make(scenario: Any = "default") -> System:
        system = System(session_emulator, clock, session_told)
        system.start_simulator(scenario)
        systems.append(system)
        return system

    yield make
    for system in systems:
        try:
            system.check()
        finally:
            system.simulator.stop()


@dataclass(frozen=True)
class Example:
    """The run of the vendor's example, for tests that only look at what came of it."""

    outcome: Outcome
    history: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    state: dict[str, Any]
    events: list[dict[str, Any]]
    notices: list[dict[str, Any]]


@pytest.fixture(scope="session")
def example(session_emulator: Emulator, session_told: Told, clock: Clock) -> Example:
    """One run for them all: project and datamart by name, City for the USA and England."""
    session_told.notices()
    session_told.events()
    _emptied(*session_emulator.deployed.tables)
    system = System(session_emulator, clock, session_told)
    simulator = system.start_simulator()
    try:
        countries = [{"name": "USA"}, {"name": "England"}]
        prompts = [{"name": "Elements of Country", "type": "ELEMENTS", "answers": countries}]
        outcome = system.run(project="MicroStrategy Tutorial", datamart="City", prompts=prompts)
        returned = client("stepfunctions").get_execution_history(executionArn=outcome.execution_arn)["events"]
        rows, state = simulator.rows("DM_CITY"), simulator.state()
        system.check()
        return Example(outcome, returned, rows, state, system.events(), system.notices())
    finally:
        simulator.stop()


@pytest.fixture
def system(new_system: Callable[..., System]) -> System:
    return new_system()


@pytest.fixture
def run_command(
    new_system: Callable[..., System],
    session_emulator: Emulator,
    clock: Clock,
    template_path: Path,
    capsys: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Done]]:
    """Calls ``datamart`` in this process; its runs are those of the session's emulator, with a simulator of its own.

    The history is the test's own.
    """
    monkeypatch.setenv(HOME, str(tmp_path / ".datamart"))
    with running_on(session_emulator, clock, template_path):
        yield done_by(capsys)


@pytest.fixture
def afterwards(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], Any]], None]:
    """Lets something happen when the server has answered a call, and the function does not know it yet."""

    def put(call: str, happens: Callable[[], Any]) -> None:
        real = getattr(Client, call)

        def answered(self: Client, *arguments: Any) -> Any:
            answer = real(self, *arguments)
            happens()
            return answer

        monkeypatch.setattr(Client, call, answered)

    return put
