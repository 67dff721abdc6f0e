"""Numbers, texts and dates: one string each, within the prompt's limits."""

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.prompts.prompt import InvalidAnswer
from functions.prompts.types.value import value

WORDS = ("NUMERIC", "TEXT", "DATE", "TIMESTAMP")


def of(kind: Any, **more: Any) -> dict[str, Any]:
    return {"key": "K", "name": "P", "type": "VALUE", "dataType": kind, **more}


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("12", "12"),
        (" 12 ", "12"),
        (12, "12"),
        (-1.5, "-1.5"),
        ("+3", "+3"),
        (".5", ".5"),
        ("1e3", "1e3"),
        (["7"], "7"),
    ],
)
def test_a_number_is_sent_as_it_is_written(written: Any, sent: str) -> None:
    assert value(of("NUMERIC"), written) == sent


@pytest.mark.parametrize(
    "written", ["1,000", "1_000", "NaN", "Infinity", "1e", "", " ", "0x10", "١٢", "１２", "1 000", "--1", "ten", "1\n2"]
)
def test_what_a_server_would_not_read_as_a_number_is_refused(written: str) -> None:
    with pytest.raises(InvalidAnswer, match=r"^takes a number such as 1234\.5, not "):
        value(of("NUMERIC"), written)


@pytest.mark.parametrize("written", ["1e400", "-1e400", "9" * 400, 10**400])
def test_a_number_that_no_server_can_hold_is_refused(written: Any) -> None:
    with pytest.raises(InvalidAnswer, match=r"^takes a number between "):
        value(of("NUMERIC"), written)


@pytest.mark.parametrize("written", [True, None, {}, {"value": 1}, ["1", "2"], [["1"]], [True], [None], []])
@pytest.mark.parametrize("kind", [*WORDS, None])
def test_only_one_plain_value_is_taken(written: Any, kind: Any) -> None:
    with pytest.raises(InvalidAnswer, match=r"^takes one value, not "):
        value(of(kind), written)


@pytest.mark.parametrize("limits", [{"min": 0, "max": 100}, {"min": "0", "max": "100"}, {"min": 0.0, "max": "1e2"}])
def test_numbers_are_held_against_limits_however_these_are_written(limits: dict[str, Any]) -> None:
    assert value(of("NUMERIC", **limits), "100.0") == "100.0"
    with pytest.raises(InvalidAnswer, match=r'^takes at least 0(\.0)?, not "-0\.5"$'):
        value(of("NUMERIC", **limits), -0.5)
    with pytest.raises(InvalidAnswer, match=r'^takes at most (100|1E\+2), not "100\.5"$'):
        value(of("NUMERIC", **limits), "100.5")


def test_a_negative_limit_of_a_number_is_obeyed() -> None:
    with pytest.raises(InvalidAnswer, match=r"^takes at most -1, not"):
        value(of("NUMERIC", max=-1), "0")


def test_a_text_is_held_against_its_length() -> None:
    prompt = of("TEXT", min=2, max=3)
    assert value(prompt, "日本🦆") == "日本🦆"
    with pytest.raises(InvalidAnswer, match=r'^takes at least 2 characters, and "x" has 1$'):
        value(prompt, "x")
    with pytest.raises(InvalidAnswer, match=r'^takes at most 3 characters, and "xxxx" has 4$'):
        value(prompt, "xxxx")


@pytest.mark.parametrize("most", [-1, 0, "-1", "", None, "none", True, [], {}])
def test_what_is_not_a_length_limits_no_text(most: Any) -> None:
    assert value(of("TEXT", max=most), "x" * 1_000) == "x" * 1_000


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("2026-11-23", "2026-11-23T00:00:00.000+0000"),
        (" 2026-11-23 ", "2026-11-23T00:00:00.000+0000"),
        ("2026-11-23T23:37", "2026-11-23T23:37:00.000+0000"),
        ("2026-11-23 23:37:39", "2026-11-23T23:37:39.000+0000"),
        ("2026-11-23T23:37:39.1239Z", "2026-11-23T23:37:39.123+0000"),
        ("2026-11-23 23:37 Z", "2026-11-23T23:37:00.000+0000"),
        ("2026-11-23T01:30:00+02:00", "2026-11-23T01:30:00.000+0000"),
        ("2026-11-23T23:30:00-0500", "2026-11-23T23:30:00.000+0000"),
        ("2026-01-10T00:30+01:00", "2026-01-10T00:30:00.000+0000"),
        ("0001-01-01T00:00+02:00", "0001-01-01T00:00:00.000+0000"),
        ("9999-12-31T23:59-02:00", "9999-12-31T23:59:00.000+0000"),
        ("2017-09-27T23:37:39.000+0000", "2017-09-27T23:37:39.000+0000"),
        ("0001-01-01", "0001-01-01T00:00:00.000+0000"),
        ("9999-12-31T23:59:59.999", "9999-12-31T23:59:59.999+0000"),
        ("2028-02-29", "2028-02-29T00:00:00.000+0000"),
    ],
)
def test_a_date_is_sent_as_written_in_its_own_zone_in_the_form_of_the_documentation(written: str, sent: str) -> None:
    assert value(of("DATE"), written) == sent


@pytest.mark.parametrize(
    "written",
    [
        *("2026-02-30", "2026-13-01", "2026-11-23T24:00", "2026-11-23T23:60", "0000-01-01", "26-11-23", "23.11.2026"),
        *("2026-11-23T10", "2026-11-23T10:00+25:00", "２０２６-11-23", "2026-11-23\n2026", "tomorrow", "20261123", 5),
    ],
)
def test_what_is_not_a_date_is_refused(written: Any) -> None:
    with pytest.raises(InvalidAnswer, match=r"^takes a date such as 2026-11-23, not "):
        value(of("DATE"), written)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-01-01", "2026-12-31"), ("2026-01-01T00:00:00.000+0000", "2026-12-31T23:59:59.999+0000")],
)
def test_a_date_is_held_against_its_range(first: str, last: str) -> None:
    prompt = of("DATE", min=first, max=last)
    assert value(prompt, "2026-01-01").startswith("2026-01-01")
    assert value(prompt, "2026-12-31T23:00").startswith("2026-12-31")
    with pytest.raises(InvalidAnswer, match=r'^takes a date from 2026-01-01.* on, not "2025-12-31"$'):
        value(prompt, "2025-12-31")
    with pytest.raises(InvalidAnswer, match=r'^takes a date until 2026-12-31.*, not "2027-01-01"$'):
        value(prompt, "2027-01-01")


@pytest.mark.parametrize(
    ("written", "day"),
    [("2026-01-01T00:30+01:00", "2026-01-01"), ("2026-12-31T23:30-05:00", "2026-12-31")],
)
@pytest.mark.parametrize("limits", [("2026-01-01", "2026-12-31"), ("2026-01-01T00:00Z", "2026-12-31T00:00Z")])
def test_a_days_offset_does_not_carry_it_out_of_its_range(written: str, day: str, limits: tuple[str, str]) -> None:
    assert value(of("DATE", min=limits[0], max=limits[1]), written).startswith(day)


@pytest.mark.parametrize("kind", ["TIMESTAMP", "timestamp", "DateTime", 16])
@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("2026-01-10T00:30+01:00", "2026-01-09T23:30:00.000+0000"),
        ("2026-11-23T23:30:00-0500", "2026-11-24T04:30:00.000+0000"),
        ("2026-11-23T23:37:39.1239Z", "2026-11-23T23:37:39.123+0000"),
        ("2026-11-23 23:37", "2026-11-23T23:37:00.000+0000"),
        ("2026-11-23", "2026-11-23T00:00:00.000+0000"),
    ],
)
def test_a_date_and_time_is_sent_in_utc(kind: Any, written: str, sent: str) -> None:
    assert value(of(kind), written) == sent


def test_a_date_and_time_is_held_against_its_range_in_utc() -> None:
    prompt = of("TIMESTAMP", min="2026-01-01T00:00:00.000+0000", max="2026-12-31T12:00:00.000+0000")
    assert value(prompt, "2026-12-31T13:00+01:00") == "2026-12-31T12:00:00.000+0000"
    with pytest.raises(InvalidAnswer, match=r'^takes a time from 2026-01-01.* on, not "2026-01-01T00:30\+01:00"$'):
        value(prompt, "2026-01-01T00:30+01:00")
    with pytest.raises(InvalidAnswer, match=r'^takes a time until 2026-12-31.*, not "2026-12-31T12:01"$'):
        value(prompt, "2026-12-31T12:01")


@pytest.mark.parametrize(
    "written", ["0001-01-01T00:00+02:00", "9999-12-31T23:59-02:00", "24.11.2026", "now", 5, "5:00"]
)
def test_what_is_not_a_point_in_time_is_refused(written: Any) -> None:
    with pytest.raises(InvalidAnswer, match=r"^takes a date and time such as 2026-11-23T05:00\+01:00, not "):
        value(of("TIMESTAMP"), written)


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP"])
@pytest.mark.parametrize("written", ["24.11.2026", "11/24/2026", "2026/11/24", "24-11-2026", "24.11.26 05:00"])
def test_a_day_written_in_another_order_is_answered_with_the_order_that_is_wanted(kind: str, written: str) -> None:
    with pytest.raises(InvalidAnswer, match=r"; write the year first: YYYY-MM-DD$"):
        value(of(kind), written)


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP"])
@pytest.mark.parametrize("written", ["2026-02-29", "0000-01-01", "2026-01-01T24:00", "2026-01-01T00:00+24:00"])
def test_a_day_that_does_not_exist_is_not_answered_with_the_order_in_which_it_is_written(
    kind: str, written: str
) -> None:
    with pytest.raises(InvalidAnswer, match=r"; there is no such date, hour or offset$"):
        value(of(kind), written)


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP"])
def test_a_time_with_too_many_digits_is_not_answered_with_the_order_of_its_day(kind: str) -> None:
    with pytest.raises(InvalidAnswer, match=r'not "2026-01-01T00:00:00.1234567Z"$'):
        value(of(kind), "2026-01-01T00:00:00.1234567Z")


@pytest.mark.parametrize("written", ["12,5", "1.234,56", "1,234.56", "1 234", "-1'000.5", "1.234.567"])
def test_a_number_with_other_separators_is_answered_with_what_is_wanted(written: str) -> None:
    with pytest.raises(
        InvalidAnswer, match=r"^takes a number such as .*; write it with a decimal point and without other sep"
    ):
        value(of("NUMERIC"), written)


@pytest.mark.parametrize("written", ["TRUE", "true", "yes", "1/2", "50%", "€5"])
def test_what_is_written_like_no_number_gets_no_advice_on_separators(written: str) -> None:
    with pytest.raises(InvalidAnswer, match=r'^takes a number such as 1234\.5, not "[^"]*"$'):
        value(of("NUMERIC"), written)


@pytest.mark.parametrize(
    "written",
    ["0" * 40_000 + "x", "0" * 90_000, "1e" + "9" * 40_000, "1." * 20_000, 10**4_000, [10**5_000], 10**5_000],
    ids=["zeros and x", "zeros", "exponent", "dots", "4,000 digits", "5,000 digits in a list", "5,000 digits"],
)
def test_a_number_of_thousands_of_characters_is_refused_at_once(written: Any) -> None:
    began = time.process_time()
    with pytest.raises(InvalidAnswer, match=r"^takes a number of at most 500 characters, (and .* has \d+|not one of )"):
        value(of("NUMERIC"), written)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("written", ["1e999999", "-1e999999999999999999", "1e400", "9" * 400])
def test_a_number_with_a_huge_exponent_is_refused(written: str) -> None:
    with pytest.raises(InvalidAnswer, match=r"^takes a number between |^takes a number such as "):
        value(of("NUMERIC"), written)


@pytest.mark.parametrize(
    "limit",
    ["1" * 100_000, "0" * 600 + "1", 10**5_000, "1e999999999999999999999"],
    ids=["ones", "zeros", "5,000 digits", "exponent"],
)
def test_a_limit_that_no_server_could_mean_limits_nothing(limit: Any) -> None:
    assert value(of("NUMERIC", min=limit, max=limit), "5") == "5"


@pytest.mark.parametrize("limit", [None, "", "9/27/2017", 1_795_000_000, "2026-02-30", {}])
def test_a_limit_that_is_not_a_date_limits_nothing(limit: Any) -> None:
    assert value(of("DATE", min=limit, max=limit), "2026-11-23").startswith("2026-11-23")


@pytest.mark.parametrize(
    ("kind", "taken", "refused"),
    [(8, "x", None), (3, "1", "x"), ("14", "2026-11-23", "x"), ("date", "2026-11-23", "x")],
)
def test_data_types_may_be_numbers_of_old(kind: Any, taken: str, refused: str | None) -> None:
    assert value(of(kind), taken).startswith(taken)
    if refused:
        with pytest.raises(InvalidAnswer):
            value(of(kind), refused)


@pytest.mark.parametrize("kind", [None, "BIGDECIMAL", 99, [], {}, True])
def test_of_an_unknown_data_type_anything_is_taken_unchecked(kind: Any) -> None:
    assert value(of(kind, min=1_000, max=1), "2024") == "2024"


odd = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2)
limits = st.fixed_dictionaries({}, optional={"min": odd, "max": odd})


@given(st.sampled_from(WORDS) | odd, limits, odd | st.dictionaries(st.text(), st.text(), max_size=1))
def test_whatever_is_described_and_answered_gives_a_string_or_a_misfit(
    kind: Any, limited: dict[str, Any], written: Any
) -> None:
    with contextlib.suppress(InvalidAnswer):
        assert isinstance(value(of(kind, **limited), written), str)
