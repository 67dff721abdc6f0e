"""What an execution may be started with: a request as it is, or a job by name with its trigger's time and values."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.errors import InvalidRequest
from functions.requests.execution_input import SCHEMA, Start, read_input
from functions.requests.named_jobs import named_in
from functions.requests.request import normalise

STARTED = "2026-11-24T09:30:00.123Z"
TUTORIAL = "B7CA92F04B9FAE8D941C3E9B7E0CD754"
CITY = "85000B907B4EAD3B0D9522A9CFD10DBC"

JOBS: dict[str, Any] = {
    "city-nightly": {
        "request": {
            "project": TUTORIAL.lower(),
            "datamart": CITY,
            "prompts": [
                {"name": "Day", "answers": "{yesterday:%d.%m.%Y}"},
                {"name": "Country", "type": "ELEMENTS", "answers": [{"name": "USA"}, {"name": "{{literal}}"}]},
                {"name": "Rest", "useDefault": True},
            ],
        },
        "timeZone": "Europe/Paris",
        "acceptRequests": None,
        "objects": [],
    },
    "country-upload": {
        "request": {"project": "P", "datamart": "City", "prompts": [{"name": "Country", "answers": "{stem}"}]},
        "timeZone": "UTC",
        "acceptRequests": None,
        "objects": [],
        "burst": "latest",
    },
    "requests": {
        "request": {"timeoutMinutes": 60},
        "timeZone": "UTC",
        "acceptRequests": {"projects": ["P"], "datamarts": ["City"]},
        "objects": [],
    },
}


@pytest.fixture(scope="module", autouse=True)
def jobs_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    path = tmp_path_factory.mktemp("jobs") / "jobs.json"
    path.write_text(json.dumps(JOBS), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOBS_FILE", str(path))
        yield


def answers(start: Start) -> dict[str, Any]:
    return {prompt["name"]: prompt.get("answers") for prompt in start.request["prompts"]}


@pytest.mark.parametrize(
    ("given_", "burst"),
    [
        ({"job": "country-upload", "values": {"key": "in/France.csv", "stem": "France"}}, True),
        ({"job": "country-upload", "values": {"stem": "France"}}, False),
        ({"job": "city-nightly", "values": {"key": "in/France.csv"}}, False),
        ({"project": "P", "datamart": "City"}, False),
    ],
    ids=["an upload", "started by hand", "a job without bursts", "no job"],
)
def test_a_newer_upload_may_supersede_only_runs_of_uploads_of_a_job_with_bursts(
    given_: dict[str, Any], burst: bool
) -> None:
    assert read_input(given_, STARTED).burst is burst


# -- a request as it is ---------------------------------------------------------------------------------------------


def test_a_request_from_the_console_is_taken_as_it_is() -> None:
    request = {"project": "P", "datamart": "City", "prompts": [{"name": "Day", "answers": "{yesterday}"}]}
    assert read_input(request, STARTED) == Start(normalise(request), job=None, as_of=None)
    assert answers(read_input(request, STARTED)) == {"Day": "{yesterday}"}


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("asOf", "goes only with a job by name"),
        ("values", "goes only with a job by name"),
        ("request", "goes only with a job by name"),
        ("refusal", "unknown key"),
    ],
)
def test_what_belongs_to_a_job_has_no_place_in_a_request(key: str, why: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^{key}: {why}"):
        read_input({"project": "P", "datamart": "City", key: {}}, STARTED)


# -- a job by name --------------------------------------------------------------------------------------------------


def test_a_job_by_name_runs_as_of_the_start_of_the_execution() -> None:
    start = read_input({"job": "city-nightly"}, STARTED)
    assert (start.job, start.as_of) == ("city-nightly", STARTED)
    assert answers(start) == {"Day": "23.11.2026", "Country": [{"name": "USA"}, {"name": "{literal}"}], "Rest": None}


def test_the_request_of_a_named_job_is_complete_and_normalised() -> None:
    request = read_input({"job": "city-nightly"}, STARTED).request
    assert request == normalise(request)
    assert (request["project"], request["connection"]) == (TUTORIAL, "default")


def test_a_backfill_runs_the_job_as_if_it_had_been_triggered_then() -> None:
    start = read_input({"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00"}, STARTED)
    assert start.as_of == "2026-11-20T05:00+01:00"
    assert answers(start)["Day"] == "19.11.2026"


@pytest.mark.parametrize(
    ("as_of", "day"),
    [
        ("2026-11-20T23:30Z", "20.11.2026"),  # past midnight in Paris
        ("2026-11-20T22:30Z", "19.11.2026"),
        ("2026-11-20T05:00:00Z", "19.11.2026"),
        ("2026-11-20T05:00:00.123456789-11:00", "19.11.2026"),
        ("2026-03-29T22:30:00Z", "29.03.2026"),
        ("2028-03-01T12:00+00:00", "29.02.2028"),
    ],
)
def test_the_day_is_that_of_the_jobs_time_zone(as_of: str, day: str) -> None:
    assert answers(read_input({"job": "city-nightly", "asOf": as_of}, STARTED))["Day"] == day


def test_the_same_input_is_the_same_run_whenever_it_is_read() -> None:
    given_ = {"job": "country-upload", "asOf": "2026-11-20T05:00Z", "values": {"stem": "France"}}
    before = json.dumps(given_)
    runs = [read_input(given_, started) for started in (STARTED, STARTED, "2031-01-01T00:00:00Z")]
    assert runs[0] == runs[1] == runs[2]
    assert json.dumps(given_) == before


def test_a_run_leaves_the_deployed_job_as_it_was() -> None:
    read_input({"job": "city-nightly", "asOf": "2026-11-20T05:00Z", "request": {"prompts": []}}, STARTED)
    assert answers(read_input({"job": "city-nightly"}, STARTED))["Day"] == "23.11.2026"


def test_the_values_of_the_trigger_are_filled_in_and_never_looked_at_again() -> None:
    key = '{today} {{ }} {% $states.input %} {stem} "'
    start = read_input({"job": "country-upload", "values": {"stem": key, "unused": "x"}}, STARTED)
    assert answers(start) == {"Country": key}


def test_a_missing_value_is_named_with_its_prompt() -> None:
    with pytest.raises(InvalidRequest, match=r"^prompts\[0\]\.answers: \{stem\} has no value"):
        read_input({"job": "country-upload"}, STARTED)


# -- keys that replace the job's ------------------------------------------------------------------------------------


def test_a_request_beside_the_job_replaces_its_keys_and_is_literal() -> None:
    prompts = [{"name": "Day", "answers": "{yesterday} {{x}} {nothing"}]
    start = read_input({"job": "city-nightly", "request": {"prompts": prompts, "timeoutMinutes": 5}}, STARTED)
    assert answers(start) == {"Day": "{yesterday} {{x}} {nothing"}
    assert (start.request["timeoutMinutes"], start.request["datamart"]) == (5, CITY)


def test_a_job_that_waits_for_a_request_needs_one() -> None:
    with pytest.raises(InvalidRequest, match=r'^job "requests": project: is missing'):
        read_input({"job": "requests"}, STARTED)
    start = read_input({"job": "requests", "request": {"project": "P", "datamart": "City"}}, STARTED)
    assert start.request["timeoutMinutes"] == 60


# -- what is refused ------------------------------------------------------------------------------------------------


def test_a_refusal_of_the_starter_is_how_the_run_ends() -> None:
    with pytest.raises(InvalidRequest, match=r"^s3://inbox/requests/a\.json: it is not JSON$"):
        read_input({"job": "requests", "refusal": "s3://inbox/requests/a.json: it is not JSON"}, STARTED)


@pytest.mark.parametrize(
    ("given_", "sentence"),
    [
        (
            {"job": "city-nightl"},
            r'^job: there is no job "city-nightl" \(did you mean city-nightly\?\); deployed jobs:',
        ),
        ({"job": "zzz"}, r'^job: there is no job "zzz"; deployed jobs: city-nightly, country-upload, requests\.$'),
        ({"job": ""}, r"^job: is empty"),
        ({"job": None}, r"^job: must be a string, not null"),
        ({"job": ["city-nightly"]}, r"^job: must be a string, not a list"),
        ({"job": "x" * 41}, r"^job: is too long: it has 41 characters, and 40"),
        ({"job": "../jobs"}, r"^job: there is no job"),
        ({"job": "city-nightly", "asof": "x"}, r"^asof: unknown key .*did you mean asOf\?"),
        ({"job": "city-nightly", "project": "P"}, r"^job, project: give only one of the two"),
        ({"job": "city-nightly", "asOf": "2026-11-20T05:00"}, r"^asOf: .* is not a time with its offset, such as"),
        ({"job": "city-nightly", "asOf": "2026-11-20"}, r"^asOf: .* is not a time with its offset"),
        ({"job": "city-nightly", "asOf": "2026-11-20 05:00+01:00"}, r"^asOf: .* is not a time with its offset"),
        ({"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00\n"}, r"^asOf: .* is not a time with its offset"),
        ({"job": "city-nightly", "asOf": "2026-11-31T05:00Z"}, r"^asOf: .* is not a time with its offset"),
        ({"job": "city-nightly", "asOf": "2026-11-20T25:00Z"}, r"^asOf: .* is not a time with its offset"),
        ({"job": "city-nightly", "asOf": "2026-11-20T05:00+99:99"}, r"^asOf: .* is not a time with its offset"),
        ({"job": "city-nightly", "asOf": "0001-01-01T00:00Z"}, r"^asOf: "),
        ({"job": "city-nightly", "asOf": "9999-12-31T23:59Z"}, r"^asOf: "),
        ({"job": "city-nightly", "asOf": "yesterday"}, r"^asOf: .* is not a time with its offset"),
        ({"job": "city-nightly", "asOf": 1795000000}, r"^asOf: must be a string, not 1795000000"),
        ({"job": "city-nightly", "values": {"key": 1}}, r"^values\.key: must be a string, not 1"),
        ({"job": "city-nightly", "values": {str(n): "" for n in range(51)}}, r"^values: has too many entries: 51"),
        ({"job": "city-nightly", "values": {"key": "x" * 10_001}}, r"^values\.key: is too long: it has 10001"),
        ({"job": "city-nightly", "values": []}, r"^values: must be an object"),
        ({"job": "city-nightly", "request": []}, r"^request: must be an object"),
        ({"job": "city-nightly", "request": {"datmart": "x"}}, r'^job "city-nightly": datmart: .*mean datamart\?'),
        ({"job": "city-nightly", "request": {"job": "x"}}, r'^job "city-nightly": job: unknown key'),
        ({"job": "city-nightly", "request": {"timeoutMinutes": 0}}, r'^job "city-nightly": timeoutMinutes: must be'),
        ({"job": "city-nightly", "refusal": ""}, r"^refusal: is empty"),
    ],
)
def test_a_malformed_start_is_answered_with_the_key_and_what_is_expected(given_: object, sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        read_input(given_, STARTED)


# -- any input ------------------------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["city-nightly", "{today}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
times = st.datetimes().map(lambda at: at.isoformat() + "Z") | st.from_regex(
    SCHEMA.rules["properties"]["asOf"]["pattern"], fullmatch=True
)
starts = st.fixed_dictionaries(
    {"job": st.sampled_from([*JOBS, "nothing"]) | json_values},
    optional={
        "asOf": times | json_values,
        "values": st.dictionaries(st.sampled_from(["stem", "key", "message.x"]), st.text()) | json_values,
        "request": json_values,
        "refusal": json_values,
        "other": json_values,
    },
)


@given(starts | json_values, times)
def test_any_input_is_a_start_or_an_invalid_request(given_: Any, started: str) -> None:
    with contextlib.suppress(InvalidRequest):
        start = read_input(given_, started)
        assert start == read_input(given_, started)
        assert start.request == normalise(start.request)


@pytest.mark.parametrize("depth", [10, 100, 480, 900, 20_000])
def test_any_depth_of_nesting_is_a_start_or_an_invalid_request(depth: int) -> None:
    nested: Any = "x"
    for _ in range(depth):
        nested = [nested]
    request = {"project": "P", "datamart": "City", "prompts": [{"name": "p", "answers": nested}]}
    inputs: list[Any] = [nested, request, {"job": "requests", "request": request}]
    inputs += [{"job": "city-nightly", key: nested} for key in ("asOf", "values", "request", "refusal", "other")]
    inputs += [{"job": nested}, {"job": "city-nightly", "values": {"key": nested}}, request | {"unanswered": nested}]
    for each in inputs:
        with contextlib.suppress(InvalidRequest):
            assert isinstance(read_input(each, STARTED), Start)


@pytest.mark.parametrize(
    "given_",
    [
        {"project": "\ud800", "datamart": "City"},
        {"project": "P", "datamart": "City", "prompts": [{"name": "p", "answers": [{"x\udfff": 1}]}]},
        {"project": "P", "datamart": "City", "\ud800": 1},
        {"job": "\ud800"},
        {"job": "country-upload", "values": {"stem": "\ud83d"}},
        "\ud800",
    ],
    ids=ascii,
)
def test_half_a_character_is_refused_in_words_that_have_none(given_: Any) -> None:
    with pytest.raises(InvalidRequest, match="holds half of a character") as refused:
        read_input(given_, STARTED)
    assert str(refused.value).encode()


@pytest.mark.parametrize(
    ("given_", "named"),
    [
        ({"job": "nightly", "asOf": "2026-11-20T05:00Z", "typo": 1}, ("nightly", "2026-11-20T05:00Z")),
        ({"job": 5, "asOf": []}, (None, None)),
        ({"job": "x" * 99, "asOf": "\ud800"}, ("x" * 40, "?")),
        ([], (None, None)),
        (None, (None, None)),
    ],
    ids=ascii,
)
def test_job_and_time_are_read_from_a_malformed_input_too(given_: Any, named: Any) -> None:
    assert named_in(given_) == named


def test_the_jobs_file_is_the_one_beside_the_code_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOBS_FILE")
    from functions.requests import named_jobs

    assert Path(named_jobs.BESIDE_THE_CODE).name == "jobs.json"
    assert named_jobs.BESIDE_THE_CODE.parent == Path(named_jobs.__file__).parents[2]


@pytest.mark.parametrize("key", ["project", "datamart", "prompts", "unanswered"])
def test_a_job_and_a_request_exclude_each_other(key: str) -> None:
    with pytest.raises(
        InvalidRequest, match=rf'^job, {key}: give only one of the two: .*"request": {{"{key}": …}}'
    ) as no:
        read_input({"job": "city-nightly", key: "X"}, STARTED)
    assert "allowed keys" not in str(no.value)


def test_keys_that_the_product_writes_are_not_among_the_allowed_ones() -> None:
    with pytest.raises(InvalidRequest, match=r"^asof: unknown key .*; allowed keys: job, asOf, values, request\.$"):
        read_input({"job": "city-nightly", "asof": STARTED}, STARTED)
