"""Batches of many items on three slots while much goes wrong: each table is loaded once at most, and in order.

Judged by what the server itself has counted, and by the rows of its tables: every second datamart appends.
"""

import random
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import pytest

from local.outcome import Outcome
from local.simulator.scenario import Scenario
from local.simulator.warehouse.sales import CATEGORIES
from tests.integration.conftest import System
from tests.support.aws_calls import counted
from tests.support.batches import Hooks, load
from tests.support.cases import exhaustive

SLOTS = 3
SEVERAL = 2

ROWS = len(CATEGORIES)
"""What one load writes."""

Make = Callable[[int], System]


@pytest.fixture
def make(new_system: Callable[..., System], monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a system with so many datamarts, on three slots."""

    def made(items: int) -> System:
        monkeypatch.setenv("MAX_CONCURRENT_RUNS", f'{{"default": {SLOTS}}}')
        seconds = tuple(5.0 + number % 7 for number in range(items))
        return new_system(Scenario(more_loads=seconds, appending_loads=tuple(range(1, items + 1, 2))))

    return made


def graph(items: int, draw: random.Random) -> list[dict[str, Any]]:
    """Items that come after up to two of the twenty before each, in a shuffled file."""
    found = []
    for number in range(1, items + 1):
        earlier = range(max(1, number - 20), number)
        after = draw.sample(earlier, min(len(earlier), draw.choice([0, 0, 1, 1, 2])))
        found.append(load(number, *after))
    draw.shuffle(found)
    return found


class Trouble:
    """What goes wrong, drawn at random: refusals of the server, stopped runs, and functions that die, late or twice.

    And a restart of the server while several of its jobs run. ``lost`` are their datamarts, ``unseen`` those of them
    whose tables were written just before.
    """

    def __init__(self, system: System, hooks: Hooks, items: int, draw: random.Random) -> None:
        self._system, self._hooks, self._items = system, hooks, items
        self.lost: set[str] = set()
        self.unseen: set[str] = set()
        self._one_restart = threading.Lock()
        for skip in sorted(draw.sample(range(items), items // 3)):
            system.simulator.inject("create_instance", status=400, json={"code": "ERR001", "message": "no"}, skip=skip)
        system.simulator.inject("get_execution", kind="evict session", skip=items // 2)
        hooks.after |= {f"get_status#{number}": self._restart for number in range(1, 10 * items)}
        for number in draw.sample(range(1, items), max(1, items // 20)):
            hooks.before[f"get_status#{number}"] = self._abort
        for number in draw.sample(range(2, items), max(1, items // 10)):
            hooks.after[f"end_run#{number}"] = self._again
        for number in draw.sample(range(2, items), max(1, items // 20)):
            hooks.before[f"end_run#{number}"] = _die
        for number in draw.sample(range(2, items), max(1, items // 20)):
            hooks.after[f"prepare_run#{number}"] = _die
        for number in draw.sample(range(2, items), 1):
            hooks.before |= {f"end_run#{number + delivery}": _die for delivery in range(6)}  # one end is lost
        for number in range(2, 12):
            hooks.before[f"wait_for_items#{number}"] = self._sweep

    def _abort(self, event: Any) -> None:
        self._system.emulator.stop(event["executionArn"])

    def _restart(self, event: Any) -> None:
        simulator, ends = self._system.simulator, self._hooks.seen["end_run"]
        with self._one_restart, simulator.server.lock:  # nobody looks meanwhile
            running = _datamarts(simulator.state())
            if self.lost or ends < self._items // 5 or len(running) < SEVERAL:
                return
            while not (written := running & {*simulator.state()["loads"]}):
                self._system.emulator.clock.advance(0.5)
            simulator.restart()
        self.lost, self.unseen = running, written
        simulator.inject("log_in", status=503, times=SEVERAL)  # while it comes up

    def _again(self, event: Any) -> None:
        self._system.invoke("end_run", event)

    def _sweep(self, event: Any) -> None:
        self._system.invoke("sweep", {"look": "hourly"})


def _die(event: Any) -> None:
    raise TimeoutError("the function is killed")


def _datamarts(state: dict[str, Any]) -> set[str]:
    """Those whose jobs run."""
    return {job["objectId"] for job in state["jobs"]}


@dataclass(frozen=True)
class Server:
    """What the server has counted."""

    state: dict[str, Any]
    rows: dict[str, int]

    @classmethod
    def asked(cls, system: System, items: list[dict[str, Any]]) -> "Server":
        tables = {item["datamart"]: f"DM_{item['name'].upper().replace(' ', '_')}" for item in items}
        state = system.simulator.state()
        return cls(state, {datamart: len(system.simulator.rows(table)) for datamart, table in tables.items()})

    def loads(self, item: dict[str, Any]) -> int:
        return int(self.state["loads"].get(item["datamart"], 0))

    def executions(self, item: dict[str, Any]) -> list[float]:
        """When it was executed."""
        path = f"/datamarts/{item['datamart']}/instances/"
        posts = [one for one in self.state["requests"] if one["step"] == "execute" and path in one["path"]]
        return [float(one["at"]) for one in posts]

    def written(self, item: dict[str, Any]) -> list[float]:
        """When its table was written."""
        return [float(one["at"]) for one in self.state["written"] if one["datamartId"] == item["datamart"]]


def check(
    system: System, ended: Outcome, items: list[dict[str, Any]], before: Server, untouched: Collection[str] = ()
) -> dict[str, Any]:
    """Hold what the batch says of its items against the server; returns the lines by name.

    ``before`` is the server before the batch; ``untouched`` are the items that must not be executed.
    """
    report = system.emulator.batch_report(ended.execution_arn)
    assert report is not None
    lines = {line["name"]: line for line in report["items"]}
    assert len(report["items"]) == len(lines) == len(items)
    server, named = Server.asked(system, items), {item["name"]: item for item in items}
    for item in items:
        line, loads = lines[item["name"]], server.loads(item)
        executed = len(server.executions(item)) - len(before.executions(item))
        assert loads <= 1, f"{item['name']} was loaded {loads} times"
        assert (server.rows[item["datamart"]], len(server.written(item))) == (ROWS * loads, loads), line
        if line.get("earlier"):
            assert (before.loads(item), loads, executed) == (1, 1, 0)
        else:
            assert loads in {"yes": {1}, "no": {0}, "unknown": {0, 1}}[line["loaded"]], (line, loads)
        if "execution" not in line or item["name"] in untouched:
            assert executed == 0, line
            continue
        earlier = [(lines[name], server.written(named[name])) for name in item["after"]]
        assert all(one["outcome"] == "loaded" for one, _ in earlier), line
        assert all(at <= min(server.executions(item)[-executed:]) for _, (at,) in earlier if executed), line
        ends = [one["waitSeconds"] + one["durationSeconds"] for one, _ in earlier if not one.get("earlier")]
        assert all(line["waitSeconds"] >= end - 0.01 for end in ends), line
    return lines


@pytest.mark.parametrize(("items", "seed"), [(15, 4), *map(exhaustive, [(40, 5), (200, 3)])])
def test_whatever_goes_wrong_each_table_is_loaded_once_at_most_in_order_and_the_rest_can_be_restarted(
    make: Make, monkeypatch: pytest.MonkeyPatch, items: int, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 - the same troubles each time
    system = make(items)
    hooks = Hooks(system.emulator, monkeypatch)
    batch = graph(items, draw)
    trouble = Trouble(system, hooks, items, draw)
    server = Server.asked(system, batch)
    given, name = {"batch": {"items": batch}}, f"night-of-{items}-{seed}"
    first = system.emulator.start_batch(given, name)
    assert system.emulator.start_batch(given, name) == first  # the same start twice is one
    ended = system.watch_batch(first)
    assert ended.error == "BatchIncomplete"
    lines = check(system, ended, batch, server)
    assert {line["outcome"] for line in lines.values()} >= {"loaded", "failed", "skipped", "unknown"}
    lost, unseen = names(batch, trouble.lost), names(batch, trouble.unseen)
    assert (len(lost) >= SEVERAL, len(unseen) >= 1) == (True, True)
    assert {lines[name]["loaded"] for name in lost} == {"unknown"}
    hooks.before.clear()
    hooks.after.clear()
    for fault in system.simulator.faults_due():
        fault.skip = 1_000_000  # from here on nothing goes wrong

    def restart(number: int, force: list[str]) -> None:
        nonlocal ended, lines
        server, unknown = Server.asked(system, batch), unknown_in(lines) - {*force}
        keys = {"restartOf": ended.execution_arn} | ({"force": force} if force else {})
        ended = system.watch_batch(system.emulator.start_batch(keys, f"{name}-{number}"))
        lines = check(system, ended, batch, server, untouched=unknown)

    restart(number=2, force=[])
    assert {line["outcome"] for line in lines.values()} <= {"loaded", "unknown", "skipped"}
    rows = Server.asked(system, batch).rows
    full = names(batch, {datamart for datamart, count in rows.items() if count})
    assert unseen == lost & full
    restart(number=3, force=sorted(unknown_in(lines) - full))  # a person has looked at the tables
    for line in lines.values():  # what is not said to be loaded is what was, unseen, and what comes after it
        assert line["loaded"] == "yes" or line.get("because", line["name"]) in unknown_in(lines) & full, line
    assert unseen <= unknown_in(lines)
    server, rest = Server.asked(system, batch), {name for name in lines if lines[name]["outcome"] == "skipped"}
    if rest:
        ended = system.watch_batch(system.emulator.start_batch(given | {"only": sorted(rest)}, f"{name}-rest"))
        items_left = [item | {"after": [name for name in item["after"] if name in rest]} for item in batch]
        check(system, ended, [item for item in items_left if item["name"] in rest], server)
    assert {Server.asked(system, batch).loads(item) for item in batch} == {1}
    assert len([n for n in system.notices() if n["Subject"].startswith("Batch")]) <= 1 + 2


def names(batch: list[dict[str, Any]], datamarts: set[str]) -> set[str]:
    """The items that load these."""
    return {item["name"] for item in batch if item["datamart"] in datamarts}


def unknown_in(lines: dict[str, Any]) -> set[str]:
    """The items that may be loaded."""
    return {name for name, line in lines.items() if line["loaded"] == "unknown"}


def cost(system: System, items: int) -> dict[str, float]:
    """What a batch takes an item, beside what its runs do."""
    batch = [load(number, *([number - 1] if number % 3 == 0 else [])) for number in range(1, items + 1)]
    with counted(system.emulator) as calls:
        ended = system.emulator.wait(system.emulator.start_batch({"batch": {"items": batch}}))
    assert ended.status == "SUCCEEDED"
    assert len(ended.states) == 5
    return {"lambdas": len(calls.invocations) / items, "writes": calls.writes / items, "reads": calls.reads / items}


@pytest.mark.exhaustive
def test_an_item_costs_as_much_in_a_large_batch_as_in_a_small_one(make: Make) -> None:
    few, many = cost(make(10), 10), cost(make(60), 60)
    assert {name: round(many[name] / few[name], 2) <= 1.2 for name in few} == dict.fromkeys(few, True), (few, many)
