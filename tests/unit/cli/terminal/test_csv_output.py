"""CSV for spreadsheets: RFC 4180, and nothing in it is a formula."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cli.batch_csv import HEADER, csv_of
from local.cli.csv_output import FORMULAS, csv_text


def rows(text: str | None) -> list[list[str]]:
    assert text is not None
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠A1"])
def test_text_that_a_spreadsheet_would_take_for_a_formula_has_an_apostrophe_in_front(cell: str) -> None:
    assert rows(csv_text(["a"], [[cell]])) == [["a"], [f"'{cell}"]]


@pytest.mark.parametrize("blank", ["\t", "\r", "\n"])
def test_text_behind_a_tab_or_a_line_break_is_no_formula_either(blank: str) -> None:
    assert rows(csv_text(["a"], [[f"{blank}=1"]])) == [["a"], ["' =1"]]


def test_numbers_stay_numbers_also_where_they_are_negative() -> None:
    assert csv_text(["a", "b", "c"], [[-1.5, 2, None]]) == "a,b,c\r\n-1.5,2,\r\n"


def test_separators_and_quotes_are_quoted_and_line_breaks_are_blanks() -> None:
    assert csv_text(["a", "b"], [['x,"y"', "one\r\ntwo\x1b[2J"]]) == 'a,b\r\n"x,""y""",one  two [2J\r\n'


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_any_text_is_one_line_of_a_cell_and_no_formula(texts: list[tuple[str, str]]) -> None:
    found = rows(csv_text(["a", "b"], texts))[1:]
    assert len(found) == len(texts)
    for row, given_row in zip(found, texts, strict=True):
        for cell, text in zip(row, given_row, strict=True):
            assert len(cell) - len(text) == text.startswith(FORMULAS)
            assert not cell.startswith(FORMULAS)
            assert cell.isprintable()


def test_an_item_is_a_line_in_the_order_of_the_file() -> None:
    run = "arn:aws:states:eu-west-1:123456789012:execution:m:n"
    ended = {"durationSeconds": 2.5, "waitSeconds": 0.25, "execution": run}
    lines: list[dict[str, Any]] = [
        {"name": "sales", "outcome": "loaded", "loaded": "yes"} | ended,
        {"name": "=days", "outcome": "failed", "loaded": "no"} | ended | {"error": "DatamartFailed", "cause": "-x, y"},
        {"name": "stock", "outcome": "skipped", "loaded": "no", "because": "=days"},
    ]
    assert rows(csv_of({"items": lines})) == [
        list(HEADER),
        ["sales", "loaded", "yes", "2.5", "0.25", "", "", run],
        ["'=days", "failed", "no", "2.5", "0.25", "DatamartFailed", "'-x, y", run],
        ["stock", "skipped", "no", "", "", "", "because of =days", ""],
    ]


@pytest.mark.parametrize("report", [None, {}, {"items": None}])
def test_a_batch_that_did_not_begin_has_no_csv(report: dict[str, Any] | None) -> None:
    assert csv_of(report) is None
