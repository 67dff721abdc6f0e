"""A simulator under a clock that the test moves, and a plain HTTP client: nothing of our own client."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from local.simulator import Simulator, catalogue


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.time = 1_795_000_000.0

    def __call__(self) -> float:
        return self.time


class Person:
    """Somebody with an HTTP client."""

    def __init__(self, simulator: Simulator, clock: Hand) -> None:
        self.simulator, self.clock = simulator, clock
        self.http = requests.Session()
        self.http.headers["X-MSTR-ProjectID"] = catalogue.TUTORIAL

    def log_in(self, **body: Any) -> requests.Response:
        credentials = {"username": self.simulator.username, "password": self.simulator.password}
        answer = self.http.post(f"{self.simulator.base_url}/api/auth/login", json=credentials | body)
        if "X-MSTR-AuthToken" in answer.headers:
            self.http.headers["X-MSTR-AuthToken"] = answer.headers["X-MSTR-AuthToken"]
        return answer

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        return self.http.request(method, f"{self.simulator.base_url}/api{path}", timeout=5, **arguments)

    def create(self, datamart: str) -> str:
        answer = self.call("POST", f"/model/datamarts/{datamart}/instances")
        assert answer.status_code == 201, answer.text
        return str(answer.headers.get("X-MSTR-MS-Instance") or answer.json()["id"])

    def status(self, datamart: str, instance: str) -> Any:
        return self.call("GET", f"/datamarts/{datamart}/instances/{instance}/execution").json().get("status")

    def execute(self, datamart: str, instance: str) -> requests.Response:
        return self.call("POST", f"/datamarts/{datamart}/instances/{instance}/execution/jobs")

    def answer(self, datamart: str, instance: str, *prompts: dict[str, Any]) -> requests.Response:
        return self.call(
            "PUT", f"/reports/{datamart}/instances/{instance}/prompts/answers", json={"prompts": list(prompts)}
        )

    def pass_time(self, seconds: float) -> None:
        self.clock.time += seconds


@pytest.fixture
def meet() -> Iterator[Callable[..., Person]]:
    """Starts a simulator in a scenario and gives somebody who may use it."""
    started: list[Simulator] = []

    def make(scenario: Any = "default", logged_in: bool = True) -> Person:
        clock = Hand()
        simulator = Simulator(scenario=scenario, clock=clock).start()
        started.append(simulator)
        person = Person(simulator, clock)
        if logged_in:
            assert person.log_in().status_code == 204
        return person

    yield make
    for simulator in started:
        simulator.stop()


@pytest.fixture
def person(meet: Callable[..., Person]) -> Person:
    return meet()
