"""A whole system for each test: the synthesized template on moto, the real handlers, a simulator of its own.

After every test the simulator itself is asked whether anything was left behind, and everything that was written
anywhere is searched for every secret that existed.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.run.record import run_table
from functions.run.run import Run
from local.simulator import Simulator
from local.twin import Clock, Outcome, Twin

TUTORIAL = "B7CA92F04B9FAE8D941C3E9B7E0CD754"
CITY = "85000B907B4EAD3B0D9522A9CFD10DBC"
PASSWORD = "planted-pässword-7b1e"


class World:
    """One simulator and the twin that runs against it."""

    def __init__(self, twin: Twin, clock: Clock) -> None:
        self._twin = twin
        self._clock = clock
        self._arns: list[str] = []
        self._written: list[str] = []
        self.simulator: Simulator
        self.expect_left = False

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
        self._twin.seed_secret("default", {key: value for key, value in secret.items() if value is not None})

    def run(self, **request: Any) -> Outcome:
        """Run a request (project and City by default) to its end."""
        return self.run_input({"project": TUTORIAL, "datamart": CITY} | request)

    def run_input(self, request: Any) -> Outcome:
        outcome = self._twin.run(request)
        self._arns.append(outcome.execution_arn)
        self._written.append(json.dumps(outcome.history, default=str))
        self._written.append(json.dumps([outcome.output, outcome.error, outcome.cause], default=str))
        return outcome

    @property
    def twin(self) -> Twin:
        return self._twin

    def invoke(self, module: str, event: dict[str, Any]) -> Any:
        """Call a deployed function by its module. Raises RuntimeError with its error's name and text."""
        client = boto3.client("lambda")
        name = next(
            f["FunctionName"]
            for f in client.list_functions()["Functions"]
            if f["Handler"] == f"functions.{module}.handler"
        )
        answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        body = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RuntimeError(f"{body['errorType']}: {body['errorMessage']}")
        return body

    def close_behind_the_back(self, event: dict[str, Any]) -> None:
        """Begin the clean-up of a run's attempt from somewhere else, as the end of a stopped execution does."""
        table = run_table()
        run = Run.load(table, event["executionArn"], event["attempt"])
        run.begin_attempt()
        run.close_attempt()

    def item(self, outcome: Outcome) -> dict[str, Any]:
        """The run's item in the run table."""
        return next(i for i in self._twin.table_items() if i["executionArn"] == outcome.execution_arn)

    def loads(self, datamart: str = CITY) -> int:
        return int(self.simulator.state()["loads"].get(datamart, 0))

    def posts(self, path: str = "/execution/jobs") -> int:
        """How many orders to execute the server saw."""
        seen = self.simulator.state()["requests"]
        return sum(1 for r in seen if r["method"] == "POST" and r["path"].endswith(path))

    def steps(self) -> list[str]:
        return [f"{r['method']} {r['path']}" for r in self.simulator.state()["requests"]]

    def check(self) -> None:
        state = self.simulator.state()
        if not self.expect_left:
            left = {kind: state[kind] for kind in ("sessions", "instances", "jobs") if state[kind]}
            assert left == {}, "left behind on the server"
        self._search_for_secrets()

    def _search_for_secrets(self) -> None:
        secrets = {*self.simulator.secrets(), PASSWORD}
        mine = [item for item in self._twin.table_items() if item["executionArn"] in self._arns]
        for item in mine:
            for attempt in item.get("attempts", {}).values():
                attempt.pop("session", None)
        written = {"history and output": "\n".join(self._written), "items": json.dumps(mine, default=str)}
        written["logs"] = self._twin.logs.read_text("utf-8")
        assert all(arn in written["logs"] for arn in self._arns[:1]), "the logs are not where they are searched"
        for place, text in written.items():
            found = [place for secret in secrets if secret and (secret in text or json.dumps(secret)[1:-1] in text)]
            assert found == [], "a secret is in the open"


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def session_twin(template_path: Path, clock: Clock) -> Iterator[Twin]:
    with Twin(template_path, clock=clock, max_wait=0) as twin:
        yield twin


@pytest.fixture
def new_world(session_twin: Twin, clock: Clock) -> Iterator[Callable[..., World]]:
    """Makes a world in the scenario named; checks and stops it afterwards."""
    worlds: list[World] = []

    def make(scenario: Any = "default") -> World:
        world = World(session_twin, clock)
        world.start_simulator(scenario)
        worlds.append(world)
        return world

    yield make
    for world in worlds:
        try:
            world.check()
        finally:
            world.simulator.stop()


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    return new_world()
