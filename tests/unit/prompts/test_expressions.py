"""Qualifications: the API's own shape, and a short one for people."""

from types import SimpleNamespace
from typing import Any

import pytest

from functions.prompts.prompt import InvalidAnswer
from functions.prompts.server_choices import ServerChoices
from functions.prompts.types.expression import OPERATORS, expression
from tests.unit.prompts.offered import Hidden, Later, Offered, named

PROMPT = {"key": f"{'C' * 32}@0@10", "name": "Qualification", "type": "EXPRESSION", "maxElementsPerSelection": -1}
ID = "8D679D3711D3E4981000E787EC6DE8A4"
FORM = "45C11FA478E745FEA08D781CEA190FE5"
METRIC = {"type": "metric", "id": ID}
ATTRIBUTE = {"type": "attribute", "id": ID}
METRICS = named("Cost", "Sales", "SALES", "Rate", "RATE", kind="metric")
SCHEMA = Offered([*METRICS, *named("Sales", "Country", kind="attribute")])
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
    assert expression(PROMPT, short, SCHEMA) == {"expression": {"operator": operator, "operands": operands}}


@pytest.mark.parametrize("operator", [*OPERATORS, "Rank.Top", "Percent.Between"])
def test_the_apis_own_shape_is_sent_as_it_is(operator: str) -> None:
    level = {"type": "attribute", "objects": [{"id": ID}]}
    whole = {"content": "{x}", "expression": {"level": level, "operator": operator, "operands": [ATTRIBUTE, ELEMENTS]}}
    assert expression(PROMPT, whole, SCHEMA) == whole


def test_xml_is_sent_as_it_is() -> None:
    whole = {"content": "x > 10", "xml": "<exp nc='3'>…</exp>"}
    assert expression(PROMPT, whole, SCHEMA) == whole


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
        ({"expression": {"operands": [METRIC]}}, "^does not know the operator null; use one of In, "),
        ({"expression": {"operator": [], "operands": [METRIC]}}, r"^does not know the operator \[\]; use one of In, "),
        (
            {"expression": {"operator": "Grater", "operands": [METRIC]}},
            r'^does not know the operator "Grater" \(did you mean Greater\?\); use one of In, ',
        ),
        ({"operator": ">", "value": 1}, '^takes exactly one of "attribute" and "metric"$'),
        (
            {"metric": ID, "attribute": ID, "operator": ">", "value": 1},
            '^takes exactly one of "attribute" and "metric"$',
        ),
        ({"metric": "", "operator": ">", "value": 1}, '^takes the name or the ID of the metric, not ""$'),
        ({"metric": 5, "operator": ">", "value": 1}, "^takes the name or the ID of the metric, not 5$"),
        ({"attribute": None, "operator": "In", "elements": ["h1;;1"]}, "the ID of the attribute, not null$"),
        (
            {"attribute": ID, "form": "ID", "operator": "Like", "value": "x"},
            r'^takes the ID \(32 hexadecimal digits\) of the form, not "ID"$',
        ),
        ({"metric": ID, "operator": ">"}, '^takes "value", "values" or "elements" with the operator Greater$'),
        ({"metric": ID, "operator": ">", "value": 1, "values": [1]}, '^takes exactly one of "value", "values"$'),
        ({"metric": ID, "operator": ">", "value": ""}, '^takes a number or a text to compare with, not ""$'),
        ({"metric": ID, "operator": ">", "value": None}, "^takes a number or a text to compare with, not null$"),
        ({"metric": ID, "operator": ">", "value": True}, "^takes a number or a text to compare with, not true$"),
        ({"metric": ID, "operator": ">", "value": float("nan")}, "^takes a number or a text to compare with, not NaN$"),
        ({"metric": ID, "operator": ">", "value": [1, 2]}, "^takes a number or a text to compare with, not "),
        ({"metric": ID, "operator": "In", "values": []}, '^takes a list with at least one value as "values"'),
        ({"metric": ID, "operator": "In", "values": "1,2"}, '^takes a list with at least one value as "values"'),
        (
            {"attribute": ID, "operator": "In", "elements": []},
            '^takes at least one element in "elements", but the list is empty$',
        ),
        ({"attribute": ID, "operator": "In", "elements": ["Books"]}, '^takes element IDs such as h1;.*, not "Books"$'),
        ({"attribute": ID, "operator": "In", "elements": [{"name": "Books"}]}, "^takes element IDs such as h1;"),
        ({"attribute": ID, "operator": "In", "elements": [None]}, "^takes element IDs such as h1;"),
    ],
)
def test_malformed_expressions_are_refused(written: Any, sentence: str) -> None:
    with pytest.raises(InvalidAnswer, match=sentence):
        expression(PROMPT, written, SCHEMA)


@pytest.mark.parametrize("most", [1, "1"])
def test_the_number_of_elements_is_checked(most: Any) -> None:
    two = {"type": "elements", "elements": [{"id": "h1;;1"}, {"id": "h2;;2"}]}
    given = {"expression": {"operator": "In", "operands": [ATTRIBUTE, two]}}
    with pytest.raises(InvalidAnswer, match=r"^takes at most 1 elements, not 2$"):
        expression(PROMPT | {"maxElementsPerSelection": most}, given, SCHEMA)
    for none in (-1, 0, "-1", None, "x"):
        assert expression(PROMPT | {"maxElementsPerSelection": none}, given, SCHEMA) == given


# -- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "operand"),
    [
        ({"metric": "Sales"}, {"type": "metric", "id": f"{2:032X}"}),
        ({"metric": "SALES"}, {"type": "metric", "id": f"{3:032X}"}),
        ({"metric": "cost"}, {"type": "metric", "id": f"{1:032X}"}),
        ({"attribute": "Sales"}, {"type": "attribute", "id": f"{1:032X}"}),
        (
            {"attribute": "Country", "form": FORM},
            {"type": "form", "attribute": {"id": f"{2:032X}"}, "form": {"id": FORM}},
        ),
    ],
)
def test_a_metric_or_an_attribute_may_be_given_by_its_name(written: dict[str, str], operand: dict[str, Any]) -> None:
    short = written | {"operator": "IsNull"}
    assert expression(PROMPT, short, SCHEMA) == {"expression": {"operator": "IsNull", "operands": [operand]}}


def test_an_id_is_not_looked_up() -> None:
    choices = Offered([])
    expression(PROMPT, {"attribute": ID, "operator": "IsNull"}, choices)
    assert choices.searches == []


def test_a_name_that_several_objects_have_fails_with_their_ids_and_folders() -> None:
    twins = [one | {"path": f"/Public Objects/{letter}"} for letter, one in zip("ABCDE", METRICS, strict=True)]
    with pytest.raises(InvalidAnswer) as misfit:
        expression(PROMPT, {"metric": "rate", "operator": "IsNull"}, Offered(twins))
    assert str(misfit.value) == (
        'finds 2 metrics called "rate"; give the ID of one: '
        f"Rate ({4:032X}) in /Public Objects/D, RATE ({5:032X}) in /Public Objects/E"
    )


def test_the_folder_of_what_a_search_finds_begins_at_the_root() -> None:
    way = [{"name": "Metrics", "level": 1}, {"name": "SERVER", "level": "3"}, {"name": "Public Objects", "level": 2}]
    library: Any = SimpleNamespace(find_objects=lambda project, name, kind: [METRICS[0] | {"ancestors": way}, {}])
    assert ServerChoices(library, ID, ID, ID).named("metric", "Cost") == [
        {"id": METRICS[0]["id"], "name": "Cost", "path": "/SERVER/Public Objects/Metrics"},
        {"id": None, "name": None, "path": "/"},
    ]


@pytest.mark.parametrize("name", ["Country", "Sale", "Sales ", "x" * 5_000])
def test_a_name_that_no_metric_has_fails_with_the_advice_to_give_its_id(name: str) -> None:
    with pytest.raises(InvalidAnswer, match=r'^finds no metric called ".*; if it exists, give its ID$'):
        expression(PROMPT, {"metric": name, "operator": "IsNull"}, SCHEMA)


def test_a_name_that_is_too_long_for_any_object_is_not_looked_up() -> None:
    choices = Offered([])
    with pytest.raises(InvalidAnswer):
        expression(PROMPT, {"metric": "x" * 251, "operator": "IsNull"}, choices)
    assert choices.searches == []


def test_where_the_account_may_not_search_an_id_is_asked_for() -> None:
    with pytest.raises(
        InvalidAnswer, match=r'^needs the ID .* of the metric "Sales", because .* \(the account has no priv'
    ):
        expression(PROMPT, {"metric": "Sales", "operator": "IsNull"}, Hidden())
    assert expression(PROMPT, {"metric": ID, "operator": "IsNull"}, Hidden())


def test_a_name_that_is_looked_up_later_is_taken_for_now_and_all_else_is_judged() -> None:
    made = expression(PROMPT, {"metric": "Sales", "operator": "IsNull"}, Later())
    assert made == {"expression": {"operator": "IsNull", "operands": [{"type": "metric", "name": "Sales"}]}}
    with pytest.raises(InvalidAnswer, match="does not know the operator"):
        expression(PROMPT, {"metric": "Sales", "operator": "~", "value": 1}, Later())
