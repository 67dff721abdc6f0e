"""Several runs at once: one command, one emulator, one server, and one clock that runs ahead of none of them."""

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.outcome import Outcome
from local.simulator import catalogue
from local.simulator.scenario import Scenario
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.support.cases import one_of
from tests.support.run_command import Done

CITY_REQUEST = {
    "project": TUTORIAL,
    "datamart": CITY,
    "prompts": [{"name": "Elements of Country", "answers": [{"name": "USA"}]}],
}
REQUESTS = [
    CITY_REQUEST,
    {"project": TUTORIAL, "datamart": catalogue.SLOW_LOAD},
    {"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES},
]


@pytest.fixture
def files(tmp_path: Path) -> Any:
    """Writes an event file for each content; a text as it is."""

    def write(**contents: Any) -> list[str]:
        paths = []
        for name, content in contents.items():
            paths.append(tmp_path / f"{name}.json")
            paths[-1].write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return [str(path) for path in paths]

    return write


Run = Callable[..., Done]


@pytest.fixture
def datamart(run_command: Run) -> Run:
    return lambda *words: run_command("run", *words, "--max-wait", "0")


def test_the_runs_of_several_files_are_reported_one_a_line_in_the_order_of_the_arguments(
    files: Any, datamart: Run
) -> None:
    slow, city, unreadable, unknown = files(
        slow=REQUESTS[1], city=CITY_REQUEST, unreadable="{", unknown=CITY_REQUEST | {"datamart": "Citty"}
    )
    done = datamart(slow, city, unreadable, unknown, "--json")
    outcomes = [json.loads(line) for line in done.out.splitlines()]
    assert [(o["status"], o["error"]) for o in outcomes] == [
        ("SUCCEEDED", None),
        ("SUCCEEDED", None),
        ("FAILED", "InvalidRequest"),
        ("FAILED", "NotFound"),
    ]
    assert [o["output"]["target"]["table"] for o in outcomes[:2]] == ["DM_SLOW", "DM_CITY"]
    assert done.code == 2  # the highest of theirs
    assert done.err.count("datamart: ") == 1
    waiting = re.search(r'^(\w+): waits in the queue of connection "default" \(position 1 of \d\).*', done.err, re.M)
    assert waiting
    assert re.search(r"(slow|city|unknown) has had one longest, since \S+ \((\d+ min ?)?(\d+ s)?\)$", waiting[0]), (
        waiting[0]
    )
    assert f"{unreadable}: is not JSON" in done.err
    states = [line for line in done.err.splitlines() if line.endswith(" s")]
    assert [line for line in states if not line.startswith(("slow ", "city ", "unknown "))] == []


@pytest.mark.exhaustive
def test_without_json_each_line_about_one_of_several_runs_begins_with_its_name(files: Any, datamart: Run) -> None:
    done = datamart(*files(city=CITY_REQUEST, sales=REQUESTS[2]))
    assert done.code == 0
    for name, table in (("city", "DM_CITY"), ("sales", "DM_CATEGORY_SALES")):
        assert f"{name}: SUCCEEDED loaded: yes" in done.out
        assert f"\n{table}: " in done.out
    assert "REST calls" not in done.out


@pytest.mark.exhaustive
def test_what_is_wrong_for_all_files_is_said_once_and_reported_for_each(files: Any, datamart: Run) -> None:
    done = datamart(*files(one=CITY_REQUEST, two=CITY_REQUEST), "--json", "--scenario", "defualt")
    assert [json.loads(line)["error"] for line in done.out.splitlines()] == ["InvalidRequest"] * 2
    assert done.err.count("did you mean default") == 1
    assert done.code == 2


def seconds_of(outcome: Outcome) -> float:
    assert outcome.status == "SUCCEEDED", outcome.cause
    return float(outcome.output["durationSeconds"])


JOBS = (20.0, 45.0, 90.0)
"""Seconds."""


@pytest.mark.parametrize("slots", one_of(2, 3))
def test_runs_at_once_last_as_long_as_each_alone(
    new_system: Callable[..., System], monkeypatch: pytest.MonkeyPatch, slots: int
) -> None:
    """A clock that one run's skipped waits put forward in full would let the others' jobs end sooner."""
    monkeypatch.setenv("MAX_CONCURRENT_RUNS", f'{{"default": {slots}}}')
    jobs = JOBS[:slots]
    emulator = new_system(Scenario(more_loads=jobs * 2)).emulator  # no datamart twice: a second run looks otherwise
    requests = [{"project": TUTORIAL, "datamart": catalogue.load_id(number + 1)} for number in range(2 * slots)]
    alone = [seconds_of(emulator.run(request)) for request in requests[:slots]]
    before = emulator.clock.now()
    with emulator.waiter.working():
        executions = [emulator.start(request) for request in requests[slots:]]
    at_once = [seconds_of(outcome) for outcome in emulator.wait_for_all(executions)]
    assert at_once == pytest.approx(alone, abs=0.01)
    assert emulator.clock.now() - before < max(alone) + 5


def test_the_clock_stands_while_a_function_of_any_run_works_also_while_its_end_is_processed(
    new_system: Callable[..., System], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_CONCURRENT_RUNS", '{"default": 2}')
    emulator = new_system(Scenario(more_loads=(2.0, 30.0))).emulator
    moved: dict[str, float] = {}

    @contextlib.contextmanager
    def slowly(module: str, event: Any) -> Iterator[None]:
        before = emulator.clock.now()
        for _ in range(200):
            threading.Event().wait(0)  # the other run's threads go first
        yield
        moved[module] = max(moved.get(module, 0.0), emulator.clock.now() - before)

    monkeypatch.setattr(emulator.runtime, "around", slowly)
    with emulator.waiter.working():
        executions = [emulator.start({"project": TUTORIAL, "datamart": catalogue.load_id(number)}) for number in (1, 2)]
    assert [outcome.status for outcome in emulator.wait_for_all(executions)] == ["SUCCEEDED"] * 2
    assert {"execute_datamart", "get_status", "end_run"} <= moved.keys()
    assert set(moved.values()) == {0.0}
