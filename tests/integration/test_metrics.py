"""The metrics that runs in the emulator write: by which name, with which dimension, and how often."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from functions.metric_names import CLEAN_UP_FAILED, LOADS_DONE, LOADS_UNKNOWN, QUEUE_LENGTH, SLOTS_TAKEN, WITHOUT_JOB
from functions.names import LOOK_AT_QUEUES
from local.emulator import end_events
from local.simulator import catalogue
from tests.integration.conftest import System
from tests.support.by_hand import ByHand

COUNTRIES = [{"name": "Elements of Country", "answers": ["USA"]}]


class Metrics:
    """What has been written since the test began."""

    def __init__(self, system: System) -> None:
        self._logs = system.emulator.logs
        self._from = self._logs.stat().st_size

    def written(self) -> Iterator[dict[str, Any]]:
        """Each line that CloudWatch takes for metrics."""
        with self._logs.open("rb") as logs:
            logs.seek(self._from)
            for line in logs:
                if b'"_aws"' in line:
                    yield json.loads(line)

    def sums(self) -> Counter[str]:
        """The sum of each metric."""
        found: Counter[str] = Counter()
        for line in self.written():
            for directive in line["_aws"]["CloudWatchMetrics"]:
                for metric in directive["Metrics"]:
                    values = line[metric["Name"]]
                    found[metric["Name"]] += sum(values) if isinstance(values, list) else values
        return found


@pytest.fixture
def metrics(system: System) -> Metrics:
    return Metrics(system)


def test_every_metric_is_one_for_all_jobs_and_has_a_name_that_alarms_and_costs_know(
    system: System, metrics: Metrics
) -> None:
    system.run(prompts=COUNTRIES)
    system.run(datamart=catalogue.BROKEN_SQL)
    system.invoke("sweep", {})
    system.invoke("sweep", {"look": LOOK_AT_QUEUES})
    directives = [each for line in metrics.written() for each in line["_aws"]["CloudWatchMetrics"]]
    assert len(directives) > 20
    assert {tuple(names) for each in directives for names in each["Dimensions"]} == {("service",)}
    assert set(metrics.sums()) <= set(WITHOUT_JOB)


def test_a_run_that_has_loaded_its_table_counts_once_however_often_its_end_is_delivered(
    system: System, metrics: Metrics
) -> None:
    outcome = system.run(prompts=COUNTRIES)
    machine = system.emulator.deployed.state_machine
    ended = {"executionArn": outcome.execution_arn, "stateMachineArn": machine, "status": "SUCCEEDED"}
    for _ in range(2):
        system.invoke("end_run", end_events.message_of(ended))
    assert (metrics.sums()[LOADS_DONE], metrics.sums()[LOADS_UNKNOWN]) == (1, 0)


def test_a_run_whose_outcome_nobody_knows_counts_as_such(system: System, metrics: Metrics) -> None:
    assert system.run(datamart=catalogue.BROKEN_SQL).status == "FAILED"
    assert (metrics.sums()[LOADS_UNKNOWN], metrics.sums()[LOADS_DONE]) == (1, 0)


def test_a_session_that_cannot_be_ended_yet_counts_as_a_clean_up_that_failed(system: System, metrics: Metrics) -> None:
    run = ByHand(system)
    run.call("log_in")
    system.simulator.inject("log_out", status=503)
    with pytest.raises(RuntimeError, match="ServerUnavailable"):
        run.ends("FAILED")
    run.ends("FAILED")
    assert metrics.sums()[CLEAN_UP_FAILED] == 1


def test_the_look_after_the_queues_counts_slots_and_runs_that_wait(system: System, metrics: Metrics) -> None:
    first, second = ByHand(system), ByHand(system, waits=True)
    system.invoke("sweep", {"look": LOOK_AT_QUEUES})
    assert (metrics.sums()[SLOTS_TAKEN], metrics.sums()[QUEUE_LENGTH]) == (1, 1)
    for run in (second, first):
        run.ends()
