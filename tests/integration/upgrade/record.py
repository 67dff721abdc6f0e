"""Records what an earlier release writes: each invocation, its HTTP requests and its writes to the run table, in order.

The recordings in ``recordings/300f2ce`` were made by copying this folder into ``tests/integration`` of a work tree of
commit 300f2ce (``git worktree add --detach <folder> 300f2ce``, ``make setup`` there), and running in it::

    .venv/bin/python -m tests.integration.upgrade.record <folder for the recordings> [scenario ...]

Only the three imports of the emulator had to be adapted there, and the name of its class: that commit calls both
otherwise.
"""

import json
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.client import BaseClient
from requests.adapters import HTTPAdapter

from local import synth
from local.clock import Clock
from local.emulator import Emulator
from local.emulator.lambda_runtime import Runtime
from local.simulator import Simulator
from local.simulator.scenario import Scenario
from tests.integration.upgrade.lines import RUN, Line, differences, identifiers, to_plain
from tests.integration.upgrade.scenarios import LEASE, PASSWORD, SCENARIOS, SOMEBODY, START

WRITES = ("PutItem", "UpdateItem", "DeleteItem")
ALWAYS_SENT = ("accept", "accept-encoding", "user-agent", "content-length", "host")
"""Headers that are left out: they say nothing."""

call_aws = BaseClient._make_api_call
invoke = Runtime.invoke


class StandingClock(Clock):
    """Moves only with skipped waits."""

    def now(self) -> float:
        return START + self._skipped


class Recorder:
    """Writes one scenario's lines while its execution runs; ``before`` an invocation (``log_in#2``) something happens.

    ``send_http`` is what the recorder stands in front of.
    """

    def __init__(self, clock: Clock) -> None:
        self.lines: list[Line] = []
        self.before: dict[str, Callable[[], None]] = {}
        self.send_http: Any = None
        self._seen: Counter[str] = Counter()
        self._clock = clock
        self._lock = threading.RLock()
        self._items: dict[str, dict[str, Any]] = {}

    def add(self, line: Line) -> None:
        with self._lock:
            self.lines.append(line)

    def invoke(self, runtime: Runtime, function: Any, qualifier: str | None, body: bytes) -> tuple[bytes, bool]:
        module = function.handler.split(".")[-2]
        self._seen[module] += 1
        self.before.get(f"{module}#{self._seen[module]}", lambda: None)()
        event = json.loads(body)
        event.pop("Records", None)  # of the end of the execution, which comes anew
        if (event.get("failure") or {}).get("Cause", "").startswith("{"):  # Lambda's, with a stack trace
            event["failure"]["Cause"] = json.loads(event["failure"]["Cause"])["errorMessage"]
        self.add({"invoke": module, "event": event, "at": self._clock.now()})
        answer, failed = invoke(runtime, function, qualifier, body)
        ended = json.loads(answer)
        self.add({"raise": ended["errorType"], "text": ended["errorMessage"]} if failed else {"return": ended})
        return answer, failed

    def send(self, adapter: HTTPAdapter, request: Any, *args: Any, **kwargs: Any) -> Any:
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ALWAYS_SENT}
        line = {"http": f"{request.method} {request.path_url}", "headers": headers, "body": body, "ids": None}
        self.add(line)
        response = self.send_http(adapter, request, *args, **kwargs)
        line["ids"] = identifiers(request.method, list(response.raw.headers.items()), response.content)
        return response

    def call(self, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        answer = call_aws(client, operation, arguments)
        if operation in WRITES:
            key = arguments["Key"] if "Key" in arguments else {"executionArn": arguments["Item"]["executionArn"]}
            found = call_aws(client, "GetItem", {"TableName": arguments["TableName"], "Key": key})
            self._written(key["executionArn"]["S"], found.get("Item"))
        return answer

    def _written(self, key: str, item: dict[str, Any] | None) -> None:
        new = {name: to_plain(value) for name, value in (item or {}).items()}
        changed, removed = differences(self._items.get(key, {}), new)
        self._items[key] = new
        if item is None:
            self.add({"write": key, "set": None, "remove": []})
        elif changed or removed:
            self.add({"write": key, "set": changed, "remove": removed})


def take_for_somebody_else(table: str) -> None:
    """An execution that Step Functions does not know counts as running for a day."""
    item = {"executionArn": {"S": LEASE}, "owner": {"S": SOMEBODY}, "attempt": {"N": "1"}, "since": {"N": str(START)}}
    boto3.client("dynamodb").put_item(TableName=table, Item=item)


def free(table: str) -> None:
    """Somebody else has ended, and given the lease back."""
    boto3.client("dynamodb").delete_item(TableName=table, Key={"executionArn": {"S": LEASE}})


def record(name: str, template: Path) -> str:
    """Run one scenario; the text of its file."""
    scenario, clock = SCENARIOS[name], StandingClock()
    recorder = Recorder(clock)
    Runtime.invoke = lambda *arguments: recorder.invoke(*arguments)
    server = Simulator(scenario=Scenario(**scenario.get("server", {})), clock=clock.now, password=PASSWORD)
    with Emulator(template, clock=clock, max_wait=0) as emulator, server:
        for fault in scenario.get("faults", []):
            server.inject(**fault)
        login = {"baseUrl": server.base_url, "loginMode": 1, "username": server.username, "password": PASSWORD}
        emulator.seed_secret("default", login)
        BaseClient._make_api_call = lambda *arguments: recorder.call(*arguments)
        recorder.send_http = HTTPAdapter.send  # moto has put its own in place
        HTTPAdapter.send = lambda *arguments, **more: recorder.send(*arguments, **more)
        (table,) = emulator.deployed.tables
        if scenario.get("taken"):
            take_for_somebody_else(table)
            recorder.before[scenario["taken"]] = lambda: free(table)
        replies = iter(scenario.get("replies", []))
        if scenario.get("replies"):
            emulator.person = lambda question: emulator.reply(_token_of(question), next(replies))
        arn = emulator.start(scenario["input"], name=name)
        outcome = emulator.wait(arn)
        BaseClient._make_api_call, HTTPAdapter.send = call_aws, recorder.send_http
    Runtime.invoke = invoke
    ended = {"status": outcome.status, "error": outcome.error, "cause": outcome.cause, "output": outcome.output}
    lines = [{"baseUrl": server.base_url}, *recorder.lines, {"end": ended}]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).replace(arn, RUN)


def _token_of(question: Any) -> str:
    """A question is a mapping on commit 300f2ce, and has types since."""
    return str(question["token"] if isinstance(question, dict) else question.token)


def definition(template: Path, folder: Path) -> None:
    """Write the release's definition, and what the template puts in place of its tokens."""
    resources = json.loads(template.read_text("utf-8"))["Resources"].values()
    machines = [made["Properties"] for made in resources if made["Type"] == "AWS::StepFunctions::StateMachine"]
    (machine,) = (made for made in machines if "PrepareRun" in made["DefinitionString"])  # not that of batches
    (folder / "run_datamart.asl.json").write_text(machine["DefinitionString"], "utf-8")
    substitutions = json.dumps(machine["DefinitionSubstitutions"], indent=2)
    (folder / "substitutions.json").write_text(f"{substitutions}\n", "utf-8")


def main() -> None:
    """Record the scenarios named, or all."""
    folder, template = Path(sys.argv[1]), synth.template_path()
    folder.mkdir(parents=True, exist_ok=True)
    definition(template, folder)
    for name in sys.argv[2:] or SCENARIOS:
        (folder / f"{name}.jsonl").write_text(record(name, template), "utf-8")


if __name__ == "__main__":
    main()
