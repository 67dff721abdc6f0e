"""The inputs of a batch's runs are fixed at its start: each is an input that an execution takes as it is."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.errors import InvalidRequest
from functions.requests.batches.batch import Batch, batch_of
from functions.requests.batches.frozen import frozen_inputs
from functions.requests.execution_input import read_input
from tests.unit.requests.batches.samples import JOBS, item

AS_OF = "2026-11-24T00:30:00+01:00"


def batch(*items: dict[str, Any], literal: bool = False, **keys: Any) -> Batch:
    return batch_of({"items": list(items)} | keys, "night.json", jobs=JOBS, literal=literal)


def test_answers_are_filled_in_with_the_days_of_the_batch_in_its_time_zone() -> None:
    sales = item("sales", prompts=[{"name": "Day", "answers": ["{yesterday:%d.%m.%Y}", "{{x}}"]}])
    for zone, day in (("Europe/Paris", "23.11.2026"), ("UTC", "22.11.2026")):
        (given,) = frozen_inputs(batch(sales, timeZone=zone), AS_OF, {}, jobs=JOBS)
        assert given == {
            **{"project": "P", "datamart": "DM sales"},
            "prompts": [{"name": "Day", "answers": [day, "{x}"]}],
        }


def test_answers_are_filled_in_with_the_values_of_the_trigger() -> None:
    load = item("load", prompts=[{"name": "Country", "answers": "{stem}"}])
    (given,) = frozen_inputs(batch(load), AS_OF, {"stem": "France"}, jobs=JOBS)
    assert given["prompts"][0]["answers"] == "France"


def test_defaults_are_filled_in_too() -> None:
    shared = {"prompts": [{"name": "Day", "answers": "{today}"}]}
    (given,) = frozen_inputs(batch(item("a"), defaults=shared), AS_OF, {}, jobs=JOBS)
    assert given["prompts"] == [{"name": "Day", "answers": "2026-11-23"}]


def test_a_named_job_gets_the_time_and_the_values_of_the_batch() -> None:
    (given,) = frozen_inputs(batch({"job": "of-an-upload"}), AS_OF, {"stem": "France"}, jobs=JOBS)
    assert given == {"job": "of-an-upload", "asOf": AS_OF, "values": {"stem": "France"}}


def test_an_item_with_a_time_of_its_own_is_of_that_time() -> None:
    own = "2026-11-20T05:00+01:00"
    sales = item("sales", prompts=[{"name": "Day", "answers": "{yesterday}"}], asOf=own)
    job, request, other = frozen_inputs(
        batch({"job": "city-nightly", "asOf": own}, sales, {"job": "of-an-upload", "name": "other"}),
        AS_OF,
        {"stem": "France"},
        jobs=JOBS,
    )
    assert job == {"job": "city-nightly", "asOf": own, "values": {"stem": "France"}}
    assert request["prompts"] == [{"name": "Day", "answers": "2026-11-19"}]
    assert "asOf" not in request
    assert other["asOf"] == AS_OF


@pytest.mark.parametrize("time", ["yesterday", "2026-11-20", "2026-02-30T05:00+01:00"])
def test_the_time_of_an_item_is_checked(time: str) -> None:
    with pytest.raises(InvalidRequest, match=r'item 1 \("city-nightly"\): asOf: .* is not a time with its offset'):
        batch({"job": "city-nightly", "asOf": time})


def test_each_input_is_one_that_an_execution_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jobs.json").write_text(json.dumps(JOBS), "utf-8")
    monkeypatch.setenv("JOBS_FILE", str(tmp_path / "jobs.json"))
    items = batch(item("a", prompts=[{"name": "Day", "answers": "{today}"}]), {"job": "city-nightly"})
    first, second = (read_input(given, AS_OF) for given in frozen_inputs(items, AS_OF, {}, jobs=JOBS))
    assert first.request["prompts"] == [{"name": "Day", "answers": "2026-11-23"}]
    assert (second.job, second.as_of) == ("city-nightly", AS_OF)
    assert second.request["prompts"] == [{"name": "Day", "answers": "2026-11-23"}]


def test_a_batch_from_outside_is_taken_literally() -> None:
    written = item("a", prompts=[{"name": "Day", "answers": "{today} {"}])
    (given,) = frozen_inputs(batch(written, literal=True), AS_OF, {"stem": "x"}, jobs=JOBS)
    assert given["prompts"] == written["prompts"]


def test_every_item_whose_placeholder_has_no_value_is_named() -> None:
    without = item("a", prompts=[{"name": "Country", "answers": "{stem}"}])
    with pytest.raises(InvalidRequest) as caught:
        frozen_inputs(batch(without, item("b"), {"job": "of-an-upload"}), AS_OF, {}, jobs=JOBS, where="night.json")
    assert str(caught.value).startswith("night.json: has 2 problems.")
    assert 'item 1 ("a"): prompts[0].answers: {stem} has no value: the trigger has no values.' in str(caught.value)
    assert 'item 3 ("of-an-upload"): prompts[0].answers: {stem} has no value' in str(caught.value)


def test_an_answer_that_a_value_leaves_empty_is_refused_before_anything_starts() -> None:
    load = item("load", prompts=[{"name": "Country", "answers": "{subject}"}])
    with pytest.raises(InvalidRequest, match="is empty"):
        frozen_inputs(batch(load), AS_OF, {"subject": ""}, jobs=JOBS)


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="asOf"):
        frozen_inputs(batch(item("a")), "2026-11-24T00:30:00", {}, jobs=JOBS)
