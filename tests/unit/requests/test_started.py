"""Who started an execution: what its input says of that, however it is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.errors import InvalidRequest
from functions.requests.event_shapes import without_added
from functions.requests.execution_input import read_input
from functions.requests.request import normalise
from functions.requests.started import KEY, UNTOLD, Started, check_started, started_in

NAME = "city-nightly-0123"
ARN = f"arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:{NAME}"
NOW = "2026-11-20T05:00:00Z"
REQUEST = {"project": "P", "datamart": "D"}

SAID = {"by": "ada", "trigger": "rerun", "reason": "late data", "rerunOf": "city-nightly-0122"}


def test_what_is_written_is_read() -> None:
    started = Started("ada", "rerun", "late data", "city-nightly-0122")
    assert started_in({KEY: started.as_input()}, ARN) == started
    assert started_in({KEY: started.as_input(NAME)}, ARN) == started
    assert started.as_input() == SAID
    assert Started.from_json(started.as_input(NAME)) == started


def test_a_start_that_was_written_for_another_execution_says_nothing_of_this_one() -> None:
    assert started_in({KEY: SAID | {"run": "city-nightly-0122"}}, ARN) == UNTOLD
    assert started_in({KEY: SAID | {"run": NAME}}, ARN) == Started.from_json(SAID)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "ada",
        [],
        {},
        {"by": "ada"},
        {"trigger": "cron"},
        {"trigger": None},
        {"trigger": "person", "by": ""},
        {"trigger": "person", "by": "b" * 201},
        {"trigger": "person", "reason": ["r"]},
        {"trigger": "rerun", "rerunOf": "a b"},
        {"trigger": "person", "since": "ever"},
    ],
)
def test_a_start_that_is_none_is_refused_and_the_history_does_not_have_it(wrong: Any) -> None:
    for given_ in ({KEY: wrong} | REQUEST, {KEY: wrong, "job": "j"}):
        with pytest.raises(InvalidRequest, match="started"):
            read_input(given_, NOW)
        assert started_in(given_, ARN) == UNTOLD


@pytest.mark.parametrize("nothing", [None, [], "text", 7, {}, REQUEST])
def test_an_input_that_says_nothing_of_its_start_is_of_the_console(nothing: Any) -> None:
    check_started(nothing)
    assert started_in(nothing, ARN) == UNTOLD


def test_a_request_may_say_who_started_it_and_is_the_same_request() -> None:
    assert read_input(REQUEST | {KEY: SAID}, NOW) == read_input(REQUEST, NOW)
    assert without_added(REQUEST | {KEY: SAID}) == REQUEST


def test_within_a_request_it_has_no_place() -> None:
    with pytest.raises(InvalidRequest, match="started: unknown key"):
        normalise(REQUEST | {KEY: SAID})


def test_what_is_not_printable_is_not_kept() -> None:
    said = {"trigger": "person", "by": "\u202ea\x00b\ud800", "reason": "\x1b\n"}
    assert started_in({KEY: said}, ARN) == Started("a b", "person")


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner))
)
def test_any_start_is_read_or_passed_over(said: Any) -> None:
    assert started_in({KEY: said}, ARN).trigger
