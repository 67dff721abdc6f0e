"""The request: what a person may write, and the sentence that answers what they may not."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.errors import InvalidRequest
from functions.requests.request import SCHEMA, normalise
from tests.support import vendor

ROOT = Path(__file__).parents[3]
MINIMAL = {"project": "MicroStrategy Tutorial", "datamart": "City"}
FOLDER = "8A1831FF494F528D02A4A8BF5FB73459"


def test_every_default_is_filled_in() -> None:
    assert normalise(MINIMAL) == MINIMAL | {
        "connection": "default",
        "prompts": [],
        "unanswered": "default",
        "askDeadlineHours": 48,
        "onConflict": "wait",
        "priority": "normal",
        "queueMinutes": 1440,
        "rerunIfReplacing": False,
        "timeoutMinutes": 120,
    }


def test_the_request_given_is_left_as_it_was() -> None:
    request = json.loads(json.dumps(MINIMAL))
    normalise(request)
    assert request == MINIMAL


def test_ids_are_accepted_in_lower_case_and_sent_in_upper_case() -> None:
    request = {
        "project": "b7ca92f04b9fae8d941c3e9b7e0cd754",
        "datamart": "85000b907b4ead3b0d9522a9cfd10dbc",
        "prompts": [{"key": "055a4b7241396eb7fc27e3a5d2a9fb2f@0@10", "answers": "x"}],
        "saveAs": {"name": "City", "destinationFolderId": FOLDER.lower()},
    }
    normal = normalise(request)
    assert normal["project"] == "B7CA92F04B9FAE8D941C3E9B7E0CD754"
    assert normal["datamart"] == "85000B907B4EAD3B0D9522A9CFD10DBC"
    assert normal["prompts"][0]["key"] == "055A4B7241396EB7FC27E3A5D2A9FB2F@0@10"
    assert normal["saveAs"]["destinationFolderId"] == FOLDER


def test_where_to_save_may_be_a_path_and_is_kept_as_it_was_written() -> None:
    options = {"saveAsWithAnswers": True, "saveAsFilterWithPrompts": False, "saveAsTemplateWithPrompts": True}
    wanted = {"name": "City", "folder": "/Public Objects/Datamarts", "overwrite": True, "promptOptions": options}
    assert normalise(MINIMAL | {"saveAs": wanted})["saveAs"] == wanted


def test_the_vendors_own_answer_body_is_accepted_as_pasted() -> None:
    normal = normalise(MINIMAL | {"prompts": [vendor.ANSWER]})
    assert normal["prompts"] == [
        {"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}, {"name": "England"}]}
    ]


def test_answers_keep_every_character() -> None:
    answer = '{% $x %} {yesterday} "quoted" \\ \n\t 日本 🦆 \u202e'
    assert normalise(MINIMAL | {"prompts": [{"name": "p", "answers": answer}]})["prompts"][0]["answers"] == answer


def answers_of(written: object) -> object:
    """The answer as later steps get it."""
    return normalise(MINIMAL | {"prompts": [{"name": "p", "answers": written}]})["prompts"][0]["answers"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2024, "2024"),
        (-1.5, "-1.5"),
        (0, "0"),
        (1e22, "1" + "0" * 22),
        (1e-7, "0.0000001"),
        (12345678901234567890, "12345678901234567890"),
        ([1, 2.50, "3"], ["1", "2.5", "3"]),
    ],
)
def test_numbers_become_text_that_nothing_on_the_way_rounds(number: object, text: object) -> None:
    assert answers_of(number) == text


@pytest.mark.parametrize("answers", [[{"id": 5}], {"value": 5}, [True], ["x", ["y"]]])
def test_what_is_inside_an_object_or_a_list_of_lists_is_left_as_it_is(answers: object) -> None:
    assert answers_of(answers) == answers


def test_no_answers_leave_an_optional_prompt_open() -> None:
    assert answers_of([]) == []


def test_people_can_be_asked_for_up_to_a_week() -> None:
    asks = MINIMAL | {"unanswered": "ask"}
    assert normalise(asks)["askDeadlineHours"] == 48
    for hours in (1, 168):
        assert normalise(asks | {"askDeadlineHours": hours})["askDeadlineHours"] == hours


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ([], r"^the request: must be an object .*, not a list"),
        (None, r"^the request: .*not null"),
        ("x", r'^the request: .*not the string "x"'),
        ({}, r"^project: is missing"),
        ({"project": "p", "datmart": "c"}, r"^datmart: .*did you mean datamart\?"),
        (MINIMAL | {"Timeout": 1}, r"^Timeout: .*did you mean timeoutMinutes\?"),
        (MINIMAL | {"timeoutMinutes": "5"}, r'^timeoutMinutes: must be a whole number, not the string "5"'),
        (MINIMAL | {"timeoutMinutes": True}, r"^timeoutMinutes: must be a whole number, not true"),
        (MINIMAL | {"timeoutMinutes": 1441}, r"^timeoutMinutes: must be at most 1440, not 1441"),
        (MINIMAL | {"timeoutMinutes": 0}, r"^timeoutMinutes: must be at least 1, not 0"),
        (MINIMAL | {"datamart": {"name": "x"}}, r"^datamart: must be an ID, a name, or"),
        (MINIMAL | {"datamart": 5}, r"^datamart: must be an ID, a name, or"),
        (MINIMAL | {"project": ""}, r"^project: is empty"),
        (MINIMAL | {"project": "x" * 251}, r"^project: is too long: it has 251 characters, and 250 are allowed"),
        (MINIMAL | {"project": "B7CA92F04B9FAE8D941C3E9B7E0CD75"}, r"^project: .* has 31 characters"),
        (MINIMAL | {"datamart": " City"}, r"^datamart: .*white space"),
        (MINIMAL | {"prompts": {}}, r"^prompts: must be a list .*, not an object"),
        (MINIMAL | {"prompts": [{"nme": "x", "answers": "y"}]}, r"^prompts\[0\]\.nme: .*did you mean name\?"),
        (MINIMAL | {"prompts": [{"answers": "y"}]}, r"^prompts\[0\]: the prompt is missing"),
        (MINIMAL | {"prompts": [{"name": "x"}]}, r'^prompts\[0\]: give "answers"'),
        *(
            (
                MINIMAL | {"prompts": [{"name": "x", "answers": none}]},
                r'^prompts\[0\]\.answers: is empty.* "answers": \[\]',
            )
            for none in ("", {}, [""], ["x", ""], [[]], [{}], [None])
        ),
        (MINIMAL | {"prompts": [{"name": "x", "answers": None}]}, r"^prompts\[0\]\.answers: must be .*, not null"),
        (
            MINIMAL | {"prompts": [{"name": "x", "answers": float("inf")}]},
            r"^prompts\[0\]\.answers: contains a number that",
        ),
        (
            MINIMAL | {"prompts": [{"name": "x", "answers": [float("nan")]}]},
            r"^prompts\[0\]\.answers: contains a number that",
        ),
        (MINIMAL | {"prompts": [{"name": "x", "answers": {"value": float("nan")}}]}, r"^prompts: contains NaN"),
        (MINIMAL | {"prompts": [{"name": "x", "answers": "\ud83e"}]}, r"^prompts: contains .*half of a character"),
        (MINIMAL | {"prompts": [{"name": "x", "answers": "y" * 100_000}]}, r"^prompts: has 100\d\d\d bytes as JSON"),
        (MINIMAL | {"askDeadlineHours": 0}, r"^askDeadlineHours: must be at least 1, not 0"),
        (MINIMAL | {"askDeadlineHours": 169}, r"^askDeadlineHours: must be at most 168, not 169"),
        (MINIMAL | {"askDeadlineHours": 1.5}, r"^askDeadlineHours: must be a whole number, not 1\.5"),
        (MINIMAL | {"prompts": [{"name": "x", "answers": True}]}, r"^prompts\[0\]\.answers: must be"),
        (MINIMAL | {"prompts": [{"name": "x", "type": "ELEMENT", "answers": "y"}]}, r"did you mean ELEMENTS\?"),
        (MINIMAL | {"prompts": [{"id": "abc", "answers": "y"}]}, r"^prompts\[0\]\.id: .*32 hexadecimal"),
        (
            MINIMAL | {"save": {}, "saveAs": {"name": "n", "destinationFolderId": FOLDER}},
            r"^save, saveAs: give only",
        ),
        (MINIMAL | {"saveAs": {"name": "n", "destinationFolderId": "8A18"}}, r"^saveAs\.destinationFolderId: .*32 hex"),
        (MINIMAL | {"saveAs": {"name": "n"}}, r"^saveAs: give exactly one of destinationFolderId"),
        (
            MINIMAL | {"saveAs": {"name": "n", "destinationFolderId": FOLDER, "folder": "/x"}},
            r"^saveAs: give exactly one of destinationFolderId",
        ),
        (MINIMAL | {"saveAs": {"folder": "/x"}}, r"^saveAs\.name: is missing"),
        (MINIMAL | {"saveAs": {"name": "n", "folder": "Datamarts"}}, r'^saveAs\.folder: "Datamarts" is not a .*path'),
        (MINIMAL | {"saveAs": {"name": "n", "folder": "//"}}, r"^saveAs\.folder: .*begins with a single /"),
        (
            MINIMAL | {"saveAs": {"name": "n", "folder": "/" * 1001}},
            r"^saveAs\.folder: is too long: it has 1001 ",
        ),
        (MINIMAL | {"saveAs": {"name": "n", "folder": "/x", "overwrite": "yes"}}, r"^saveAs\.overwrite: must be"),
        (MINIMAL | {"saveAs": {"name": "n", "foldr": "/x"}}, r"^saveAs\.foldr: .*did you mean folder\?"),
        (MINIMAL | {"save": {"promptOptions": {"saveAsWithAnswer": True}}}, r"did you mean saveAsWithAnswers\?"),
        (MINIMAL | {"unanswered": "skip"}, r"^unanswered: must be one of default, close, fail, ask"),
        (MINIMAL | {"onConflict": "skp"}, r"^onConflict: must be one of wait, skip, fail, .*did you mean skip\?"),
        (MINIMAL | {"rerunIfReplacing": "yes"}, r"^rerunIfReplacing: must be a boolean"),
    ],
)
def test_a_malformed_request_is_answered_with_the_key_and_what_is_expected(request_: object, sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        normalise(request_)


def test_the_sentence_stays_under_eight_kilobytes_whatever_was_sent() -> None:
    with pytest.raises(InvalidRequest) as refused:
        normalise(MINIMAL | {"ä" * 100_000: 1})
    assert len(str(refused.value).encode()) < 8_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
near_requests = st.fixed_dictionaries(
    {}, optional={key: json_values | st.just("City") for key in [*SCHEMA.rules["properties"], "other"]}
)


@given(near_requests | json_values)
def test_nothing_ends_in_anything_but_a_request_or_invalid_request(request_: object) -> None:
    with contextlib.suppress(InvalidRequest):
        normal = normalise(request_)
        assert normalise(normal) == normal


def test_the_sample_request_is_valid() -> None:
    sample = json.loads((ROOT / "events" / "console.json").read_text("utf-8"))
    assert normalise(sample).items() >= {"datamart": sample["datamart"], "project": sample["project"]}.items()
