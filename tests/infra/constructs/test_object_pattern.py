"""Prefix and suffix as one pattern: every key that has both matches, and no other does."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from moto.events.models import EventPattern

from infra.constructs.triggers.object_pattern import pattern_of_key


def matches(declared: dict[str, Any], key: str) -> bool:
    """As EventBridge does, by way of moto's reading of the pattern."""
    pattern = {"detail": {"bucket": {"name": ["b"]}} | pattern_of_key(declared)}
    event = {"detail": {"bucket": {"name": "b"}, "object": {"key": key}}}
    return bool(EventPattern.load(json.dumps(pattern)).matches_event(event))


COUNTRIES = {"prefix": "countries/", "suffix": ".csv"}


@pytest.mark.parametrize("key", ["countries/France.csv", "countries/.csv", "countries/a/b.csv", "countries/x.csv.csv"])
def test_a_key_with_the_prefix_and_the_suffix_starts_the_job(key: str) -> None:
    assert matches(COUNTRIES, key)


@pytest.mark.parametrize(
    "key",
    [
        "countries/France.csv.tmp",  # prefix alone
        "countries/France.CSV",
        "archive/France.csv",  # suffix alone
        "old/countries/France.csv",
        "countriesFrance.csv",
        "Countries/France.csv",
        "countries/",
        ".csv",
        "",
    ],
)
def test_a_key_with_only_one_of_the_two_starts_nothing(key: str) -> None:
    assert not matches(COUNTRIES, key)


@pytest.mark.parametrize(
    ("declared", "key", "expected"),
    [
        ({}, "anything", True),
        ({"prefix": "in/"}, "in/x", True),
        ({"prefix": "in/"}, "out/in/x", False),
        ({"suffix": ".json"}, "in/x.json", True),
        ({"suffix": ".json"}, "in/x.jsonl", False),
    ],
)
def test_a_pattern_of_uploads_may_leave_out_prefix_or_suffix(
    declared: dict[str, Any], key: str, expected: bool
) -> None:
    assert matches(declared, key) is expected


@pytest.mark.parametrize(
    ("declared", "key", "expected"),
    [
        ({"prefix": "a*b/", "suffix": ".x"}, "a*b/1.x", True),
        ({"prefix": "a*b/", "suffix": ".x"}, "aXb/1.x", False),
        ({"prefix": "a\\", "suffix": "*"}, "a\\b*", True),
        ({"prefix": "a\\", "suffix": "*"}, "a\\b", False),
        ({"prefix": "a\\*", "suffix": "\\"}, "a\\*b\\", True),
        ({"prefix": "a.", "suffix": ".c"}, "aXb.c", False),
        ({"prefix": "[a]", "suffix": "(b)?"}, "[a]-(b)?", True),
    ],
)
def test_what_is_a_wildcards_own_is_taken_literally(declared: dict[str, Any], key: str, expected: bool) -> None:
    assert matches(declared, key) is expected


def test_a_key_in_which_both_overlap_has_both() -> None:
    assert matches({"prefix": "in/report", "suffix": "report.csv"}, "in/report.csv")
    assert not matches({"prefix": "in/report", "suffix": "report.csv"}, "in/reporter.csv")


letters = st.text("ab/.*\\", max_size=6)


@given(letters.filter(bool), letters.filter(bool), letters, st.booleans())
@example("aa", "aa", "a", False)
@example("aba", "aba", "b", True)
def test_a_key_fits_a_pattern_if_it_has_both_prefix_and_suffix(
    prefix: str, suffix: str, middle: str, whole: bool
) -> None:
    declared = {"prefix": prefix, "suffix": suffix}
    key = prefix + middle + suffix if whole else middle
    for one in (key, key[1:], key[:-1], prefix + suffix[1:], prefix[:-1] + suffix):
        assert matches(declared, one) is (one.startswith(prefix) and one.endswith(suffix)), one
