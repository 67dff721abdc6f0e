"""Qualifications: the API's own shape, and a short one for people."""

from typing import Any

import pytest

from functions.answering.expressions import OPERATORS, expression
from functions.answering.prompt import Misfit

PROMPT = {"key": f"{'C' * 32}@0@10", "name": "Qualification", "type": "EXPRESSION", "maxElementsPerSelection": -1}
ID = "8D679D3711D3E4981000E787EC6DE8A4"
FORM = "45C11FA478E745FEA08D781CEA190FE5"
METRIC = {"type": "metric", "id": ID}
ATTRIBUTE = {"type": "attribute", "id": ID}
ELEMENTS = {"type": "elements", "elements": [{"id": f"h1;{ID}", "name": "Books"}]}


def constant(kind: str, value: str) -> dict[str, str]:
    return {"type": "constant", "dataType": kind, "value": value}


@pytest.mark.parametrize(
    ("short", "operator", "operands"),
    [
        ({"metric": ID, "operator": ">", "value": 1000}, "Greater", [METRIC, constant("Real", "1000")]),
        ({"metric": ID.lower(), "operator": "Greater", "value": "1000"}, "Greater", [METRIC, constant("Real", "1000")]),
        ({"metric": ID, "operator": "<=", "value": 1e22}, "LessEqual", [METRIC, constant("Real", "1" + "0" * 22)]),
        ({"metric": ID, "operator": "Percent.Top", "value": "20%"}, "Percent.Top", [METRIC, constant("Real", "20%")]),
        (
            {"metric": ID, "operator": "between", "values": [1, 2.5]},
            "Between",
            [METRIC, {"type": "constants", "dataType": "Real", "values": ["1", "2.5"]}],
        ),
        ({"metric": ID, "operator": "is null"}, "IsNull", [METRIC]),
        (
            {"attribute": ID, "operator": "begins with", "value": "Bo"},
            "BeginsWith",
            [ATTRIBUTE, constant("Char", "Bo")],
        ),
        (
            {"attribute": ID, "form": FORM, "operator": "!=", "value": 5},
            "NotEqual",
            [{"type": "form", "attribute": {"id": ID}, "form": {"id": FORM}}, constant("Real", "5")],
        ),
        (
            {"attribute": ID, "operator": "In", "elements": [f"h1;{ID}", {"id": "any", "name": "x"}, "h2014;;2014"]},
            "In",
            [ATTRIBUTE, {"type": "elements", "elements": [{"id": f"h1;{ID}"}, {"id": "any"}, {"id": "h2014;;2014"}]}],
        ),
        (
            {"attribute": ID, "operator": "NotIn", "elements": f"h1;{ID}"},
            "NotIn",
            [ATTRIBUTE, {"type": "elements", "elements": [{"id": f"h1;{ID}"}]}],
        ),
    ],
)
def test_the_short_form_is_written_out(short: dict[str, Any], operator: str, operands: list[Any]) -> None:
    assert expression(PROMPT, short) == {"expression": {"operator": operator, "operands": operands}}


@pytest.mark.parametrize("operator", [*OPERATORS, "Rank.Top", "Percent.Between"])
def test_the_apis_own_shape_is_sent_as_it_is(operator: str) -> None:
    level = {"type": "attribute", "objects": [{"id": ID}]}
    whole = {"content": "{x}", "expression": {"level": level, "operator": operator, "operands": [ATTRIBUTE, ELEMENTS]}}
    assert expression(PROMPT, whole) == whole


def test_xml_is_sent_as_it_is() -> None:
    whole = {"content": "x > 10", "xml": "<exp nc='3'>…</exp>"}
    assert expression(PROMPT, whole) == whole


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("x > 10", '^takes {"expression": .*, not "x > 10"$'),
        ([], "^takes {"),
        (5, "^takes {"),
        ({"expression": "x"}, "^takes {"),
        ({"metrc": ID, "operator": ">", "value": 1}, "^takes {"),
        ({"expression": {}}, '^takes a list of objects as "operands", not null$'),
        ({"expression": {"operator": "In", "operands": []}}, '^takes a list of objects as "operands", not \\[\\]$'),
        ({"expression": {"operator": "In", "operands": ["x"]}}, '^takes a list of objects as "operands", not '),
        ({"expression": {"operands": [METRIC]}}, "^takes no operator null; there are In, "),
        ({"expression": {"operator": [], "operands": [METRIC]}}, r"^takes no operator \[\]; there are In, "),
        (
            {"expression": {"operator": "Grater", "operands": [METRIC]}},
            r'^takes no operator "Grater" \(did you mean Greater\?\); there are In, ',
        ),
        ({"operator": ">", "value": 1}, '^takes just one of "attribute" and "metric"$'),
        ({"metric": ID, "attribute": ID, "operator": ">", "value": 1}, '^takes just one of "attribute" and "metric"$'),
        (
            {"metric": "Sales", "operator": ">", "value": 1},
            r'^takes the id \(32 hexadecimal digits\) of the metric, not "Sa',
        ),
        ({"attribute": None, "operator": "In", "elements": ["h1;;1"]}, "of the attribute, not null$"),
        ({"attribute": ID, "form": "ID", "operator": "Like", "value": "x"}, 'of the form, not "ID"$'),
        ({"metric": ID, "operator": ">"}, '^takes "value", "values" or "elements" beside the operator Greater$'),
        ({"metric": ID, "operator": ">", "value": 1, "values": [1]}, "^takes one of value and values$"),
        ({"metric": ID, "operator": ">", "value": ""}, '^takes a number or a text to compare with, not ""$'),
        ({"metric": ID, "operator": ">", "value": None}, "^takes a number or a text to compare with, not null$"),
        ({"metric": ID, "operator": ">", "value": True}, "^takes a number or a text to compare with, not true$"),
        ({"metric": ID, "operator": ">", "value": float("nan")}, "^takes a number or a text to compare with, not NaN$"),
        ({"metric": ID, "operator": ">", "value": [1, 2]}, "^takes a number or a text to compare with, not "),
        ({"metric": ID, "operator": "In", "values": []}, '^takes a list with at least one value as "values"'),
        ({"metric": ID, "operator": "In", "values": "1,2"}, '^takes a list with at least one value as "values"'),
        ({"attribute": ID, "operator": "In", "elements": []}, "^takes at least one element, and none is given$"),
        ({"attribute": ID, "operator": "In", "elements": ["Books"]}, '^takes element ids such as h1;.*, not "Books"$'),
        ({"attribute": ID, "operator": "In", "elements": [{"name": "Books"}]}, "^takes element ids such as h1;"),
        ({"attribute": ID, "operator": "In", "elements": [None]}, "^takes element ids such as h1;"),
    ],
)
def test_what_is_no_expression_is_refused(written: Any, sentence: str) -> None:
    with pytest.raises(Misfit, match=sentence):
        expression(PROMPT, written)


@pytest.mark.parametrize("most", [1, "1"])
def test_the_number_of_elements_is_checked(most: Any) -> None:
    two = {"type": "elements", "elements": [{"id": "h1;;1"}, {"id": "h2;;2"}]}
    given = {"expression": {"operator": "In", "operands": [ATTRIBUTE, two]}}
    with pytest.raises(Misfit, match=r"^takes at most 1 elements, and 2 are given$"):
        expression(PROMPT | {"maxElementsPerSelection": most}, given)
    for none in (-1, 0, "-1", None, "x"):
        assert expression(PROMPT | {"maxElementsPerSelection": none}, given) == given
