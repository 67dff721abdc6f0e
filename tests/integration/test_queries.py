"""The saved queries, run over the log lines of real runs: each finds what it asks for, and names no field in vain."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.names import LOOK_AT_QUEUES
from infra.constructs import function_table, queries
from infra.constructs.function_table import EVERY
from infra.constructs.queries import PLACE_OF_ID, QUERIES, Query
from infra.costs.prices import price
from local.outcome import Outcome
from local.simulator import catalogue
from local.simulator.catalogue import SLOW_LOAD
from local.simulator.scenario import Scenario
from tests.integration.conftest import System
from tests.integration.test_polling import remember
from tests.support.aws_logs import machine_lines
from tests.support.by_hand import ByHand
from tests.support.logs_insights import Evaluated, NotSupported

NEVER_HERE = {"queue.pausedUntil", "jobId", "found", "now", "left"}
"""Fields of lines that the runs of this test do not write: of a paused queue, a job that cannot be cancelled, and a
sweep that finds something."""


@pytest.fixture
def nights(new_system: Callable[..., System]) -> tuple[list[dict[str, Any]], list[Outcome]]:
    """The log lines of runs that load, take longer than usual, wait, fail, and cannot be cleaned up at once."""
    system = new_system(Scenario(slow_seconds=3_000.0))
    begin = len(system.emulator.logs.read_text("utf-8").splitlines())
    remember(SLOW_LOAD, [600.0] * 5)
    outcomes = [
        system.run_input({"job": "city-nightly"}),
        system.run(datamart=SLOW_LOAD),
        system.run(datamart=catalogue.BROKEN_SQL),
        system.run(datamart="Cty"),
    ]
    first, second = ByHand(system), ByHand(system, waits=True)
    first.call("log_in")
    system.simulator.inject("log_out", status=503)
    second.ends("FAILED")
    with pytest.raises(RuntimeError, match="ServerUnavailable"):
        first.ends("FAILED")
    first.ends("FAILED")
    system.invoke("sweep", {"look": LOOK_AT_QUEUES})
    written = system.emulator.logs.read_text("utf-8").splitlines()[begin:]
    lines = [json.loads(line) for line in written if line.startswith("{")]
    return lines, outcomes


MODULES = {spec.name: spec.module for spec in EVERY}
STEPS = {spec.module for spec in (*function_table.STEPS, function_table.END_RUN, function_table.SWEEP)}


def evaluated(query: Query, nights: tuple[list[dict[str, Any]], list[Outcome]]) -> Evaluated:
    """The query over the lines of its log groups; that of one run is asked of the second."""
    lines, outcomes = nights
    modules = STEPS if query.logs == (queries.STEPS,) else set(query.logs)
    own = [line for line in lines if MODULES.get(line.get("function_name", "").partition("Function")[0]) in modules]
    of_machines = [json.loads(line) for outcome in outcomes for line in machine_lines(outcome)]
    id_of_slow = outcomes[1].execution_arn.rpartition(":")[2]
    text = query.text.replace(PLACE_OF_ID, id_of_slow)
    return Evaluated(text, of_machines if query.logs == (queries.MACHINES,) else own)


def test_each_query_finds_what_it_asks_for_and_every_field_that_it_names_is_in_the_lines(
    nights: tuple[list[dict[str, Any]], list[Outcome]],
) -> None:
    for query in (*QUERIES, queries.DELAYS):
        found = evaluated(query, nights)
        assert found.records, query.name
        written = {name for line in found.filtered for name in names_in(line)}
        assert found.fields - NEVER_HERE <= written, query.name


def names_in(line: dict[str, Any], before: str = "") -> Iterator[str]:
    """Every name of a line as a query writes it."""
    for name, value in line.items():
        yield before + name
        if isinstance(value, dict):
            yield from names_in(value, f"{before}{name}.")


def test_the_queries_answer_what_happened_that_night(nights: tuple[list[dict[str, Any]], list[Outcome]]) -> None:
    def rows(query: Query, *names: str) -> list[tuple[Any, ...]]:
        return [tuple(record.get(name) for name in names) for record in evaluated(query, nights).records]

    lines, outcomes = nights
    ids = [outcome.execution_arn.rpartition(":")[2] for outcome in outcomes]
    assert {row[0] for row in rows(queries.NOT_LOADED, "id")} >= {ids[2], ids[3]}
    assert not {row[0] for row in rows(queries.NOT_LOADED, "id")} & {ids[0], ids[1]}
    ((longer, usual, times),) = rows(queries.LONGER, "id", "usualSeconds", "times")
    assert (longer, usual) == (ids[1], 600)
    assert 4.9 < times < 5.2
    assert ("Slow Load", 1) in rows(queries.DURATIONS, "datamart", "runs")
    assert ("NotFound", 1) in rows(queries.ERRORS, "error", "runs")
    assert len({row[0] for row in rows(queries.STEPS_OF_A_RUN, "step")}) > 6
    requests = rows(queries.HTTP_REQUESTS, "call.path", "call.status", "requests")
    assert ("/auth/logout", 503, 1) in requests
    assert sum(row[2] for row in requests) == sum(len(line.get("calls", ())) for line in lines)
    assert rows(queries.QUEUE, "queue.position", "queue.of") == [(1, 1)]
    ((transitions, dollars),) = rows(queries.COST, "transitions", "dollars")
    assert transitions == sum(len(outcome.states) for outcome in outcomes)
    assert dollars == pytest.approx(transitions * price("transition"))


@pytest.mark.parametrize("query", ["filter x ~ 1", "stats median(x) by y", "parse @message 'a*' as b", "filter not x"])
def test_what_the_evaluator_of_these_tests_does_not_know_is_no_query_that_passes(query: str) -> None:
    with pytest.raises(NotSupported):
        Evaluated(query, [{"x": 1, "y": 2}])
