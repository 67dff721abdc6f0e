"""What the execution of a batch may be started with: a batch, the name of one, or what a trigger brings for one."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.errors import InvalidRequest
from functions.requests.batches.batch_input import BatchStart, read_batch_input
from functions.requests.execution_input import read_input
from tests.unit.requests.batches.samples import JOBS, item

STARTED = "2026-11-24T04:00:00Z"

BATCHES: dict[str, Any] = {
    "night": {
        "batch": {
            "items": [item("a", prompts=[{"name": "D", "answers": "{yesterday}"}]), {"job": "city-nightly"}],
            **{"defaults": {}, "toleratedFailures": 0, "onFailure": "continue", "timeZone": "Europe/Paris"},
        },
        "acceptRequests": None,
        "file": "infra/batches/night.json",
        "lines": [3, 7],
    },
    "uploads": {
        "batch": {"defaults": {}, "toleratedFailures": 0, "onFailure": "continue", "timeZone": "UTC"},
        "acceptRequests": {"projects": ["P"], "datamarts": ["City"]},
    },
}

OBJECT = {"bucket": "landing", "key": "batches/a.csv", "version": "v1"}
CSV = b"project,datamart,Country\nP,City,{today}\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, content in (("JOBS_FILE", JOBS), ("BATCHES_FILE", BATCHES)):
        (tmp_path / variable).write_text(json.dumps(content), "utf-8")
        monkeypatch.setenv(variable, str(tmp_path / variable))


def read(given: Any, content: bytes = CSV) -> BatchStart:
    asked: list[dict[str, str]] = []

    def read_object(reference: dict[str, str]) -> bytes:
        asked.append(reference)
        return content

    start = read_batch_input(given, STARTED, read_object, ["default"])
    assert isinstance(start, BatchStart)
    assert asked == ([given["object"]] if "object" in given else [])
    return start


def refusal(given: Any, content: bytes = CSV) -> str:
    with pytest.raises(InvalidRequest) as caught:
        read(given, content)
    return str(caught.value)


def test_a_deployed_batch_starts_by_its_name_as_of_its_start_or_a_time_that_is_given() -> None:
    start = read({"batch": "night"})
    assert (start.name, start.as_of) == ("night", STARTED)
    assert [given.get("job") for given in start.inputs] == [None, "city-nightly"]
    assert start.inputs[0]["prompts"][0]["answers"] == "2026-11-23"
    backfill = read({"batch": "night", "asOf": "2026-11-20T04:00Z"})
    assert backfill.inputs[0]["prompts"][0]["answers"] == "2026-11-19"
    assert backfill.inputs[1]["asOf"] == "2026-11-20T04:00Z"


@pytest.mark.parametrize("brought", [{"object": OBJECT}, {"content": CSV.decode()}])
def test_items_that_an_upload_or_a_message_brings_are_taken_literally(brought: dict[str, Any]) -> None:
    (given,) = read({"batch": "uploads", "values": {"stem": "a"}} | brought).inputs
    assert given == {"project": "P", "datamart": "City", "prompts": [{"name": "Country", "answers": "{today}"}]}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"batch": "uploads"}, 'batch "uploads": takes its items from outside (acceptRequests). Give exactly one of'),
        ({"batch": "uploads", "object": OBJECT, "content": ""}, "Give exactly one of object and content."),
        ({"batch": "night", "object": OBJECT}, "object: is only for a deployed batch with acceptRequests."),
        ({"batch": {"items": [item("a")]}, "content": "{}"}, "content: is only for a deployed batch with acceptReq"),
        ({"batch": "uploads", "object": OBJECT | {"acl": 1}}, "object.acl: unknown key"),
        ({"batch": "uploads", "object": {"bucket": "landing"}}, "object.key: is missing; it is the key of the object."),
        ({"project": "P", "datamart": "City"}, 'batch: is missing. The input of a batch is {"batch": {"items": […]}}'),
        ({"items": [item("a")]}, "batch: is missing."),
        ({"batch": "night", "asof": "x"}, "asof: unknown key (did you mean asOf?)"),
        ({"batch": "nigt"}, 'there is no batch "nigt" (did you mean night?)'),
        ({"batch": "uploads", "content": "["}, 'batch "uploads", message: is not JSON'),
    ],
)
def test_an_input_that_is_not_one_is_refused_with_what_to_give(given: Any, expected: str) -> None:
    assert expected in refusal(given)


@pytest.mark.parametrize("given", [{"batch": "night"}, {"batch": {"items": []}, "asOf": STARTED}, {"restartOf": "arn"}])
def test_a_batch_that_is_given_to_the_machine_of_runs_is_told_where_it_belongs(given: Any) -> None:
    with pytest.raises(InvalidRequest, match="Start the state machine of batches with it"):
        read_input(given, STARTED)


def test_a_refused_upload_is_named() -> None:
    found = refusal({"batch": "uploads", "object": OBJECT}, b"project,datamart\nP,Payroll\n")
    assert found.startswith('batch "uploads", object "s3://landing/batches/a.csv": line 2 ("Payroll"): datamart: ')


CHAIN = [item("a"), item("b", after=["a"]), item("c", after=["a", "b"]), item("d")]


def test_a_part_of_a_batch_waits_for_its_own_items_alone() -> None:
    start = read({"batch": {"items": CHAIN}, "only": ["c", "b"]})
    assert [(each.name, each.after) for each in start.batch.items] == [("b", ()), ("c", ("b",))]
    assert len(start.inputs) == 2


def test_a_part_of_a_deployed_batch_does_not_count_as_that_batch() -> None:
    assert read({"batch": "night", "only": ["a"]}).name is None
    assert read({"batch": "night", "only": []}).name == "night"


def test_a_name_of_a_part_that_the_batch_does_not_have_is_refused_with_the_nearest() -> None:
    assert 'only: there is no item "citi-nightly" (did you mean city-nightly?)' in refusal(
        {"batch": "night", "only": ["citi-nightly"]}
    )


@pytest.mark.parametrize("key", ["force", "accept"])
def test_what_a_person_decided_on_items_is_only_for_a_restart(key: str) -> None:
    assert f"{key}: is only for the restart of a batch (restartOf)." in refusal({"batch": "night", key: ["a"]})


WITHOUT_A_VALUE = {"prompts": [{"name": "D", "answers": "{stem}"}]}


def test_what_is_wrong_with_a_deployed_batch_is_named_with_its_file_and_line() -> None:
    found = refusal({"batch": "night", "only": ["x"]})
    assert found.startswith('batch "night" (infra/batches/night.json): only: there is no item "x"')
    with_time = read({"batch": "night"})
    assert [each.where for each in with_time.batch.items] == ['line 3, item 1 ("a")', 'line 7, item 2 ("city-nightly")']


def test_what_is_wrong_with_the_batch_of_a_file_is_named_with_its_file_and_line() -> None:
    items = [item("a"), item("b", **WITHOUT_A_VALUE), item("c", connection="finance")]
    found = refusal({"batch": {"items": items}, "source": {"file": "night.csv", "lines": [2, 3, 5]}})
    assert found.startswith("night.csv: has 2 problems. ")
    assert 'line 5, item 3 ("c"): connection: "finance" is not configured. Configured are default.' in found
    assert 'line 3, item 2 ("b"): prompts[0].answers: {stem} has no value' in found


@pytest.mark.parametrize("source", [{}, {"lines": [1]}, {"lines": [2, 3, 4]}, {"lines": []}])
def test_lines_that_are_not_those_of_the_items_are_not_named(source: dict[str, Any]) -> None:
    batch = {"items": [item("a"), item("b", **WITHOUT_A_VALUE)]}
    assert refusal({"batch": batch, "source": {"file": "night\n.json"} | source}).startswith(
        'night .json: item 2 ("b"): prompts'
    )


def test_an_item_whose_input_is_too_large_for_a_run_is_named_with_its_line() -> None:
    values = {str(number): "x" * 10_000 for number in range(30)}
    source = {"file": "night.json", "lines": [2, 3]}
    found = refusal({"batch": {"items": [item("b"), {"job": "city-nightly"}]}, "values": values, "source": source})
    assert found.startswith('night.json: line 3, item 2 ("city-nightly"): the run\'s input would have ')


def test_the_connections_of_the_items_are_known_and_those_of_their_jobs() -> None:
    assert read({"batch": "night"}).connections == ("default", "default")


def test_a_restart_takes_no_part() -> None:
    assert "only: is not for a restart" in refusal({"restartOf": "arn", "only": ["a"]})
