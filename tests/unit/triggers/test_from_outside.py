"""What an uploaded object or a message may ask for, and everything that it may not.

A request from outside is JSON by somebody who may write into a bucket or a topic and nothing else. Whatever it
holds, it is a run of a listed datamart with its own literal answers, or a run that ends as InvalidRequest.
"""

import contextlib
import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.errors import InvalidRequest
from functions.requests.execution_input import SCHEMA, Start, read_input
from functions.text import shown_key
from functions.triggers.accepted_request import accepted
from functions.triggers.trigger_event import RejectedEvent
from tests.support.deliveries import message, notification, record, stored
from tests.unit.triggers.conftest import CITY, JOBS, Starter

JOB = JOBS["requests"]
ID = "85000B907B4EAD3B0D9522A9CFD10DBC"
STARTED = "2026-11-24T09:30:00Z"


def asked(**keys: Any) -> dict[str, Any]:
    return CITY | keys


def answering(answers: Any) -> dict[str, Any]:
    return asked(prompts=[{"name": "Country", "answers": answers}])


def refusal(text: str, job: dict[str, Any] = JOB) -> str:
    with pytest.raises(RejectedEvent) as refused:
        accepted(text, job)
    return str(refused.value)


# -- what it may ask for --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        asked(),
        asked(project="B7CA92F04B9FAE8D941C3E9B7E0CD754"),
        asked(project="b7ca92f04b9fae8d941c3e9b7e0cd754"),
        asked(datamart=ID),
        asked(datamart=ID.lower()),
        asked(datamart={"name": "Sales", "path": "/Public Objects"}),
        asked(timeoutMinutes=1440),
        answering([{"name": "USA"}]),
        asked(prompts=[{"name": "Country", "useDefault": True}]),
    ],
    ids=str,
)
def test_a_listed_datamart_may_be_run_with_answers(request_: dict[str, Any]) -> None:
    assert accepted(json.dumps(request_), JOB) == request_


# -- what it may not ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("connection", "default"),
        ("connection", "other"),
        ("connection", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x"),
        ("connection", "https://evil.example"),
        ("save", {}),
        ("then", [{"triggerEvent": "Load done"}]),
        ("save", {"promptOptions": {"saveAsWithAnswers": True}}),
        ("saveAs", {"name": "City", "destinationFolderId": ID, "overwrite": True}),
        ("unanswered", "close"),
        ("unanswered", "default"),
    ],
)
def test_what_the_jobs_file_alone_decides_is_refused(key: str, value: Any) -> None:
    assert (
        refusal(json.dumps(asked(**{key: value}))) == f"{key}: may not come from outside; it is set in the job's file"
    )


@pytest.mark.parametrize(
    "key",
    ["job", "asOf", "values", "refusal", "message", "request", "started", "Connection", "connection ", "cоnnection"],
)
def test_keys_that_steer_an_execution_are_refused(key: str) -> None:
    assert refusal(json.dumps(asked(**{key: "nightly"}))).startswith(f"{shown_key(key)}: unknown key")


@pytest.mark.parametrize(
    "key", ["askDeadlineHours", "onConflict", "rerunIfReplacing", "__class__", "", "$ref", "prompts\0"]
)
def test_any_other_key_is_refused(key: str) -> None:
    assert refusal(json.dumps(asked(**{key: 1}))).startswith(f"{shown_key(key)}: ")


LOOK_ALIKES = [
    "CITY",
    "city",
    "City ",
    " City",
    "City\n",
    "City\0",
    "Cit\u0443",  # a Cyrillic letter
    "Ｃity",  # fullwidth
    "City\u200b",  # zero width space
    "City\u202e",
    "Ci\u0301ty",
    "",
    ID[:-1],
    ID + "0",
    ID + " ",
    f"{{{ID}}}",
    "85000B90-7B4E-AD3B-0D95-22A9CFD10DBC",
    "85000B907B4EAD3B0D9522A9CFD10DB\uff23",
    "{today}",
    "{{City}}",
    "{% 'City' %}",
    "*",
    ["City"],
    [ID],
    {"name": "City", "path": "/Public Objects"},
    {"name": "Sales", "path": "/Public Objects/"},
    {"name": "Sales", "path": "/Profiles/evil"},
    {"name": "sales", "path": "/Public Objects"},
    {"name": "Sales", "path": "/Public Objects", "id": ID},
    {"name": "Sales"},
    {"id": ID},
    {},
    [],
    None,
    True,
    0,
    1.5,
]


@pytest.mark.parametrize("datamart", LOOK_ALIKES, ids=ascii)
def test_another_datamart_is_refused_however_alike_it_looks(datamart: Any) -> None:
    assert refusal(json.dumps(asked(datamart=datamart))).startswith("datamart: ")


@pytest.mark.parametrize(
    "project",
    [
        "microstrategy tutorial",
        "MicroStrategy Tutorial ",
        "Micro\u0405trategy Tutorial",
        "Other",
        ID,
        None,
        {},
        ["x"],
        1,
    ],
    ids=ascii,
)
def test_another_project_is_refused(project: Any) -> None:
    assert refusal(json.dumps(asked(project=project))).startswith("project: ")


def test_the_project_and_the_datamart_must_be_said() -> None:
    assert refusal('{"datamart": "City"}') == "project: is missing"
    assert refusal('{"project": "MicroStrategy Tutorial"}') == "datamart: is missing"


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (asked(timeoutMinutes=0), "timeoutMinutes: must be at least 1"),
        (asked(timeoutMinutes=10**400), "it is not JSON|timeoutMinutes: must be at most 1440"),
        (asked(timeoutMinutes="60"), "timeoutMinutes: must be a whole number"),
        (asked(prompts={}), "prompts: must be a list"),
        (asked(prompts=[1]), r"prompts\[0\]: must be an object"),
        (asked(prompts=[{"name": "x"}]), r"prompts\[0\]: give"),
        (
            asked(prompts=[{"name": "x", "answers": "y", "connection": "z"}]),
            r"prompts\[0\]\.connection: unknown key",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_request_that_would_be_refused_anyway_is_refused_here(request_: Any, reason: str) -> None:
    with pytest.raises(RejectedEvent, match=f"^({reason})"):
        accepted(json.dumps(request_), JOB)


def test_any_number_of_prompts_is_refused_beyond_what_a_request_may_have() -> None:
    text = json.dumps(asked(prompts="HERE")).replace('"HERE"', "[" + '{"name":"x"},' * 199_999 + "{}]")
    assert refusal(text) == "prompts: has too many entries: 200000, and 200 are allowed."


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_what_is_not_a_number_in_json_is_refused(number: str) -> None:
    for request_ in (answering("HERE"), asked(timeoutMinutes="HERE"), answering({"a": ["HERE"]})):
        assert refusal(json.dumps(request_).replace('"HERE"', number)) == "it is not JSON"


@pytest.mark.parametrize("half", ["\\ud800", "\\udfff", "x\\ud83dx"])
def test_half_a_character_is_refused_wherever_it_stands(half: str) -> None:
    for request_ in (answering("HERE"), asked(datamart="HERE"), asked(HERE=1), answering({"HERE": 1})):
        assert refusal(json.dumps(request_).replace("HERE", half)) == "it is not JSON"


def test_of_a_key_that_stands_twice_the_last_is_both_checked_and_run() -> None:
    good, bad = '"datamart": "City"', '"datamart": "Other"'
    start = '{"project": "MicroStrategy Tutorial", '
    assert refusal(f"{start}{good}, {bad}}}").startswith("datamart: ")
    assert accepted(f"{start}{bad}, {good}}}", JOB) == CITY
    assert refusal(f'{start}{good}, "connection": "x", "connection": "y"}}').startswith("connection: ")


@pytest.mark.parametrize("depth", [1, 50, 200, 400, 480, 600, 900, 990, 1_500, 50_000])
def test_any_depth_of_nesting_is_taken_or_refused(starter: Starter, depth: int) -> None:
    for nest in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
        for place in ('"prompts": [{"name": "x", "answers": HERE}]', '"prompts": HERE', '"timeoutMinutes": HERE'):
            text = f'{{"project": "MicroStrategy Tutorial", "datamart": "City", {place.replace("HERE", nest)}}}'
            with contextlib.suppress(InvalidRequest):
                read_input(starter.begun(message(text), "requests"), STARTED)
        with contextlib.suppress(RejectedEvent):
            accepted(f'{{"project": {nest}, "datamart": {nest}}}', JOB)


# -- braces and expressions -----------------------------------------------------------------------------------------

LITERAL = [
    "{yesterday}",
    "{yesterday:%Y}",
    "{key}",
    "{nothing} {",
    "{{escaped}}",
    "{% $states.input %}",
    "{% $states.context.Execution.Input %}",
    "{%$eval('1')%}",
    "$.input",
    "States.Format('{}', $.x)",
    "${PrepareRunFunctionArn}",
    "{message.__class__}",
    "%Y-%m-%d",
    "'; DROP TABLE city; --",
    '"quoted" \\ \n \t \u2028 日本 🦆',
]


@pytest.mark.parametrize("text", LITERAL)
def test_answers_are_taken_literally(starter: Starter, text: str) -> None:
    request_ = answering([{"name": text, text: [text]}])
    given_ = starter.begun(message(json.dumps(request_)), "requests")
    assert given_["request"] == request_
    assert read_input(given_, STARTED).request["prompts"][0]["answers"] == [{"name": text, text: [text]}]


@pytest.mark.parametrize("text", LITERAL)
def test_values_are_taken_literally(starter: Starter, text: str) -> None:
    by_message = starter.begun(message(country=text, subject=text), "message")
    assert read_input(by_message, STARTED).request["prompts"][0]["answers"] == f"{text} {text}"
    by_key = starter.begun(notification(stored(record(f"countries/{text}.csv"))), "upload")
    stem = read_input(by_key, STARTED).request["prompts"][0]["answers"][0]["name"]
    assert stem == text.rpartition("/")[2]


def test_an_attribute_cannot_pass_for_a_value_of_another_kind(starter: Starter) -> None:
    given_ = starter.begun(message(country="x", messageId="forged", subject="real", job="other"), "message")
    assert given_["values"]["messageId"] != "forged"
    assert given_["job"] == "message"


# -- large ----------------------------------------------------------------------------------------------------------


def test_a_request_that_grows_too_large_when_its_numbers_become_text_is_refused(starter: Starter) -> None:
    text = json.dumps(answering("HERE")).replace('"HERE"', "[" + "1e15," * 25_000 + "1]")
    assert len(text) < 128 * 1024
    given_ = starter.begun(message(text, "95df01b4"), "requests")
    assert re.match(r"message 95df01b4: .* 550\d{3} bytes", given_["refusal"])


@pytest.mark.parametrize("size", [90_000, 200_000, 245_000, 262_144])
def test_the_largest_message_is_taken_or_refused(starter: Starter, size: int) -> None:
    text = json.dumps(answering("HERE")).replace("HERE", "é" * (size // 2))
    given_ = starter.begun(message(text), "requests")
    assert ("refusal" in given_) is (size > 90_000)


def test_attributes_that_are_too_large_together_are_refused(starter: Starter) -> None:
    attributes = {f"a{n}": "x" * 9_900 for n in range(25)}
    given_ = starter.begun(message("", "95df01b4", **attributes), "wide")
    assert re.match(
        r"message 95df01b4: the run's input would have 24\d{4} bytes; it may have 245760", given_["refusal"]
    )


@pytest.mark.parametrize("letter", ["x", "é", "日"])
def test_a_long_reason_is_cut_and_still_names_the_place(starter: Starter, letter: str) -> None:
    given_ = starter.begun(message(json.dumps(asked(**{letter * 80_000: 1})), f"id-{letter}"), "requests")
    with pytest.raises(InvalidRequest, match=f'^message id-{letter}: "{letter * 70}'):
        read_input(given_, STARTED)


def test_many_attributes_are_no_way_to_an_input_that_is_too_large(starter: Starter) -> None:
    attributes = {f"a{n}": "x" * 9_000 for n in range(60)}
    assert len(json.dumps(starter.begun(message(**attributes, country="x"), "message"))) < 1_000


# -- anything -------------------------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["City", ID, "{key}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
near_requests = st.fixed_dictionaries(
    {"project": st.just("MicroStrategy Tutorial") | json_values, "datamart": st.just("City") | json_values},
    optional={
        "prompts": st.lists(st.fixed_dictionaries({"name": st.text()}, optional={"answers": json_values}))
        | json_values,
        "timeoutMinutes": st.integers() | json_values,
        "other": json_values,
    },
)
texts = st.text() | (json_values | near_requests).map(json.dumps)
near_records = st.fixed_dictionaries(
    {"eventName": st.just("ObjectCreated:Put") | json_values, "eventTime": st.just(STARTED) | json_values},
    optional={
        "s3": st.fixed_dictionaries(
            {"bucket": st.just({"name": "sales-landing"}) | json_values},
            optional={
                "object": st.fixed_dictionaries(
                    {"key": st.text().map(lambda key: f"countries/{key}.csv") | json_values},
                    optional=dict.fromkeys(("versionId", "eTag", "sequencer", "get_object"), json_values),
                )
                | json_values
            },
        )
    },
)
notifications = st.fixed_dictionaries({"Records": st.lists(near_records | json_values, max_size=3)}).map(json.dumps)


def runs_or_invalid_requests(starter: Starter, event: Any, job: str) -> None:
    for name in starter(event, job):
        with contextlib.suppress(InvalidRequest):
            start = read_input(starter.input(name), STARTED)
            assert isinstance(start, Start)
            assert start.request["connection"] == "default"
            assert not {"save", "saveAs", "then"} & set(start.request)


in_one_starter = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@in_one_starter
@given(text=texts)
def test_any_message_is_a_run_or_an_invalid_request(starter: Starter, text: str) -> None:
    runs_or_invalid_requests(starter, message(text), "requests")


@in_one_starter
@given(text=notifications | texts)
def test_any_notification_is_a_run_or_an_invalid_request(starter: Starter, text: str) -> None:
    runs_or_invalid_requests(starter, message(text), "upload")


@in_one_starter
@given(values=st.dictionaries(st.sampled_from(["country", "region"]), st.text()), subject=st.none() | st.text())
def test_any_attributes_are_a_run_or_an_invalid_request(starter: Starter, values: Any, subject: str | None) -> None:
    runs_or_invalid_requests(starter, message("", None, subject, **values), "message")


def test_the_input_that_the_starter_writes_is_one_that_the_first_step_reads() -> None:
    assert set(SCHEMA.rules["properties"]) == {
        *("job", "asOf", "values", "request", "refusal", "message", "batch", "followUpsOf", "started")
    }
