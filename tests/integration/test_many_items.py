"""Batches of many items on three slots while much goes wrong: each table is loaded once at most, and in order."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from local.outcome import Outcome
from local.simulator.scenario import Scenario
from tests.integration.conftest import System
from tests.support.aws_calls import counted
from tests.support.batches import Hooks, load
from tests.support.cases import exhaustive

SLOTS = 3

Make = Callable[[int], System]


@pytest.fixture
def make(new_system: Callable[..., System], monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a system with so many datamarts, on three slots."""

    def made(items: int) -> System:
        monkeypatch.setenv("MAX_CONCURRENT_RUNS", f'{{"default": {SLOTS}}}')
        return new_system(Scenario(more_loads=tuple(5.0 + number % 7 for number in range(items))))

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
    """What goes wrong, drawn at random: refusals of the server, stopped runs, and functions that die, late or twice."""

    def __init__(self, system: System, hooks: Hooks, items: int, draw: random.Random) -> None:
        self._system, self._draw = system, draw
        for skip in sorted(draw.sample(range(items), items // 3)):
            system.simulator.inject("create_instance", status=400, json={"code": "ERR001", "message": "no"}, skip=skip)
        system.simulator.inject("get_execution", kind="evict session", skip=items // 2)
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

    def _again(self, event: Any) -> None:
        self._system.invoke("end_run", event)

    def _sweep(self, event: Any) -> None:
        self._system.invoke("sweep", {"look": "hourly"})


def _die(event: Any) -> None:
    raise TimeoutError("the function is killed")


def check(system: System, ended: Outcome, items: list[dict[str, Any]], seen: dict[str, int]) -> dict[str, Any]:
    """Hold what the batch says of its items against the server; returns the lines by name.

    ``seen`` are the loads that the server counted before.
    """
    report = system.emulator.batch_report(ended.execution_arn)
    assert report is not None
    lines = {line["name"]: line for line in report["items"]}
    counted_loads = {name: int(count) for name, count in system.simulator.state()["loads"].items()}
    for item in items:
        line, loaded = lines[item["name"]], counted_loads.get(item["datamart"], 0)
        new = loaded - seen.get(item["datamart"], 0)
        assert loaded <= 1, f"{item['name']} was loaded {loaded} times"
        if line.get("earlier"):
            assert (loaded, new) == (1, 0)
        else:
            assert new in {"yes": {1}, "no": {0}, "unknown": {0, 1}}[line["loaded"]], (line, new)
        if line["outcome"] in ("skipped", "stopped", "not started") and "execution" not in line:
            continue
        before = [lines[name] for name in item["after"]]
        assert all(one["outcome"] == "loaded" for one in before), line
        ends = [one["waitSeconds"] + one["durationSeconds"] for one in before if not one.get("earlier")]
        assert all(line.get("earlier") or line["waitSeconds"] >= end - 0.01 for end in ends), line
    return lines


@pytest.mark.parametrize(("items", "seed"), [(15, 1), *map(exhaustive, [(40, 2), (200, 3)])])
def test_whatever_goes_wrong_each_table_is_loaded_once_at_most_in_order_and_the_rest_can_be_restarted(
    make: Make, monkeypatch: pytest.MonkeyPatch, items: int, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 - the same troubles each time
    system = make(items)
    hooks = Hooks(system.emulator, monkeypatch)
    batch = graph(items, draw)
    Trouble(system, hooks, items, draw)
    given = {"batch": {"items": batch}}
    first = system.emulator.start_batch(given, f"night-of-{items}")
    assert system.emulator.start_batch(given, f"night-of-{items}") == first  # the same start twice is one
    ended = system.watch_batch(first)
    assert ended.error == "BatchIncomplete"
    lines = check(system, ended, batch, {})
    assert {line["outcome"] for line in lines.values()} >= {"loaded", "failed", "skipped"}
    for invoked in (hooks.before, hooks.after):
        invoked.clear()
    for fault in system.simulator.faults_due():
        fault.skip = 1_000_000  # from here on nothing goes wrong
    for number in range(3):
        seen = {name: int(count) for name, count in system.simulator.state()["loads"].items()}
        again = system.emulator.start_batch({"restartOf": ended.execution_arn}, f"night-of-{items}-{number + 2}")
        ended = system.watch_batch(again)
        lines = check(system, ended, batch, seen)
        if ended.error != "BatchIncomplete" or "failed" not in {line["outcome"] for line in lines.values()}:
            break
    left = {name for name, line in lines.items() if line["loaded"] != "yes"}
    for name in left:  # what is not loaded is what may be, and what comes after it
        because = lines[name].get("because")
        assert lines[name]["outcome"] == "unknown" or lines[because]["outcome"] == "unknown", lines[name]
    assert len([n for n in system.notices() if n["Subject"].startswith("Batch")]) <= 1 + 4


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
