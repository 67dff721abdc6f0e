"""What still runs: which executions a selection has, and how many calls that takes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.names import execution_name
from functions.requests.batches.membership import BatchMembership, as_input
from functions.runs.batches.model import name_of_run
from local.emulator.ended import Ended
from local.history import running
from local.history.files import Files
from local.history.history import Selection
from local.history.running import WithRunning
from tests.unit.history.records import record
from tests.unit.history.test_record import AT

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:datamart-runner-dev"
RUNS, BATCHES = MACHINE.replace("stateMachine", "execution"), MACHINE.replace("stateMachine", "execution") + "_batches"

REQUESTS = {
    "city": {"connection": "second", "project": "P", "datamart": "City"},
    "sales": {"connection": "default", "project": "P", "datamart": {"name": "Sales", "path": "/Loads"}},
}

UUID = "0f5a9e3c-3c55-4a8e-9d5e-0123456789ab"
"""What Step Functions calls an execution that is started without a name."""


def digits(number: int) -> str:
    return f"{number:032x}"


NIGHT, WEEK = (f"{BATCHES}:{execution_name(name, digits(number))}" for number, name in enumerate(("night", "week")))
STOPPED = f"{BATCHES}:{execution_name('night', digits(9))}"
ENDED = {STOPPED: {"batch": "night"}}


def item(batch: str, index: int, name: str, content: dict[str, Any]) -> tuple[str, Any]:
    run = name_of_run(batch, index, name)
    return f"{RUNS}:{run}", content | {"batch": as_input(BatchMembership(batch, name, index), run)}


class StepFunctions:
    """AWS with these executions that run, the first of them the newest; ``ENDED`` have ended."""

    def __init__(self, *executions: tuple[str, Any]) -> None:
        self._inputs = dict(executions)
        self.read: list[str] = []

    def get_paginator(self, operation: str) -> "StepFunctions":
        assert operation == "list_executions"
        return self

    def paginate(self, stateMachineArn: str, statusFilter: str) -> Iterator[Any]:
        assert statusFilter == "RUNNING"
        for number, arn in enumerate(self._inputs):
            machine, _, name = arn.replace("execution", "stateMachine").rpartition(":")
            if machine == stateMachineArn:
                at = datetime.fromtimestamp(AT, UTC) - timedelta(seconds=number)
                yield {"executions": [{"executionArn": arn, "name": name, "startDate": at}]}

    def describe_execution(self, executionArn: str) -> Any:
        self.read.append(executionArn)
        return {"input": json.dumps((self._inputs | ENDED)[executionArn])}


EXECUTIONS = (
    (f"{RUNS}:{execution_name('city', digits(1))}", {"job": "city", "asOf": "2026-11-27T05:00Z"}),
    (f"{RUNS}:{execution_name('sales', digits(2))}", {"job": "sales", "asOf": "2026-11-27T05:00Z"}),
    (f"{RUNS}:{execution_name('request', digits(3))}", {"project": "P", "datamart": "city"}),
    (f"{RUNS}:{UUID}", {"job": "city"}),
    item(NIGHT, 0, "sales", {"job": "city", "asOf": "2026-11-27T05:00Z"}),
    item(NIGHT, 1, "city", {"project": "P", "datamart": "Other"}),
    item(WEEK, 0, "x", {"project": "P", "datamart": "Other"}),
    item(STOPPED, 3, "y", {"project": "P", "datamart": "Other"}),
    (NIGHT, {"batch": "night", "asOf": "2026-11-27T05:00Z"}),
    (WEEK, {"batch": "week"}),
    (f"{BATCHES}:{execution_name('batch', digits(5))}", {"batch": {"items": []}}),
)


def history(aws: StepFunctions, tmp_path: Path) -> WithRunning:
    return WithRunning(Files(tmp_path), (MACHINE, f"{MACHINE}_batches"), lambda: REQUESTS, aws)


@pytest.mark.parametrize(
    ("selection", "found", "read"),
    [
        (Selection(), [*range(11)], [*range(11)]),
        (Selection(datamart="City"), [0, 2, 3, 4], [*range(11)]),
        (Selection(datamart="sales"), [1], [*range(11)]),
        (Selection(job="city"), [0, 3, 4], [0, 2, 3, 4, 5, 6, 7, 8, 9]),
        (Selection(job="sales"), [1], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (Selection(batch="night"), [4, 5, 7, 8], [4, 5, 7, 8, 10]),
        (Selection(batch="week"), [6, 9], [6, 7, 9, 10]),
        (Selection(since=AT - 1.5), [0, 1], [0, 1]),
        (Selection(until=AT - 9.5), [10], [10]),
        (Selection(limit=1), [0], [0, 1]),
    ],
    ids=str,
)
def test_what_is_wanted_is_found_and_the_name_rules_out_the_rest(
    selection: Selection, found: list[int], read: list[int], tmp_path: Path
) -> None:
    aws, places = StepFunctions(*EXECUTIONS), {arn: place for place, (arn, _) in enumerate(EXECUTIONS)}
    records = list(history(aws, tmp_path).records(selection))
    assert [places[each.execution] for each in records] == found
    assert sorted(places[arn] for arn in aws.read if arn != STOPPED) == read
    assert len(aws.read) == len(set(aws.read))


def test_a_run_of_a_job_has_what_the_deployed_request_says_and_another_what_its_input_says(tmp_path: Path) -> None:
    records = list(history(StepFunctions(*EXECUTIONS), tmp_path).records(Selection()))
    said = [(each.job, each.datamart, each.project, each.connection) for each in records]
    assert said[:3] == [
        ("city", "City", "P", "second"),
        ("sales", "Sales", "P", "default"),
        (None, "city", "P", "default"),
    ]
    assert said[8] == (None, None, None, None)


def test_no_more_inputs_are_read_than_a_command_may_ask_for_and_the_rest_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MOST_READ", 4)
    aws = StepFunctions(*EXECUTIONS[:7])
    whole = history(aws, tmp_path)
    assert len(list(whole.records(Selection(datamart="City")))) == 3
    assert len(aws.read) == 4
    (note,) = whole.notes()
    assert note.startswith("datamart: 3 more executions run, whose inputs were not read: the newest 4 were.")


def test_a_datamart_that_is_requested_by_its_id_has_the_name_of_its_last_run(tmp_path: Path) -> None:
    known, unknown = f"{7:032x}", f"{8:032X}"
    files = Files(tmp_path)
    kept = record(1, AT - 86_400, datamart="Load 7", datamart_id=known.upper())
    files.keep(Ended({"name": kept.id, "executionArn": kept.execution}, [], kept, Path("/dev/null")))
    asked = [
        (f"{RUNS}:{execution_name('request', digits(number))}", {"project": "P", "datamart": each})
        for number, each in enumerate((known, unknown, known))
    ]
    whole = WithRunning(files, (MACHINE, f"{MACHINE}_batches"), lambda: REQUESTS, StepFunctions(*asked))
    said = [(each.datamart, each.datamart_id) for each in whole.records(Selection(status=("running",)))]
    assert said == [("Load 7", known.upper()), (unknown, unknown), ("Load 7", known.upper())]
    found = whole.records(Selection(datamart="load 7", status=("running",)))
    assert [each.execution for each in found] == [asked[0][0], asked[2][0]]
