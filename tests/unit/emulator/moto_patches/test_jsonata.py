"""An expression comes to the same whether the variables' values are parsed with it or taken out beforehand."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonata import Jsonata

from local.emulator.moto_patches.jsonata import _without_values, evaluate

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)

EXPRESSIONS = [
    "$states.input",
    "$exists($states.input.a)",
    "$states.input.a",
    "$type($states.input)",
    "[$states.input]",
    "{'is': $states.input, 'not': $nowhere, 'a': $a}",
    "$states.input[0]",
    "$count($states.input)",
    "$string($a)",
    "$a = $states.input",
    "$append($a, $states.input)",
    "($a := $states.input; $b := null; [$a, $b])",
    "$map([1, 2], function($v) { $v & $string($a) })",
    "$merge([{'a': null}, {'b': $a}])",
]


def _declared(value: Any, other: Any, expression: str) -> str:
    states, a = (json.dumps(v, ensure_ascii=False) for v in ({"input": value}, other))
    return f"($states:={states};$a:={a};{expression})"


def _outcome(evaluated: Any) -> Any:
    try:
        return json.dumps(evaluated())
    except Exception as error:
        return type(error), getattr(error, "error", None)


@given(value=JSON, other=JSON, wrapper=st.sampled_from(["{}", "$exists({})", "$type({})"]))
def test_values_mean_what_their_text_means(value: Any, other: Any, wrapper: str) -> None:
    for expression in EXPRESSIONS:
        text = wrapper.format(_declared(value, other, expression))
        assert _outcome(lambda: evaluate(text)) == _outcome(lambda: Jsonata(text).evaluate(None))  # noqa: B023


def test_the_text_that_is_parsed_holds_no_value() -> None:
    one, two = (_without_values(f"$exists({_declared(v, v, '$a.b')})") for v in ("one", {"b": [None, "$c:=2;"]}))
    assert one[0] == two[0] == "$exists(($states:=$0;$a:=$1;$a.b))"
    assert one[1] == {"0": {"input": "one"}, "1": "one"}


@pytest.mark.parametrize(
    ("text", "comes_to"),
    [
        ("($a:=null;$exists($a))", True),
        ("($a:=null;$a)", None),
        ("($a:=1+1;$a)", 2),
        ("($f:=function($x){$x*2};$a:=4;$f($a))", 8),
        ("($type:=1;$type)", 1),
        ("$type(($type:=1;$type))", "number"),
        ("($a:=1.0;$string($a))", "1"),
        ("($a:=[1];$a)", [1]),
        ("($a:=1;'$a:=2;')", "$a:=2;"),
        ("2", 2),
    ],
)
def test_what_is_declared_is_what_is_evaluated(text: str, comes_to: Any) -> None:
    assert evaluate(text) == comes_to


def test_every_evaluation_starts_anew() -> None:
    text = "($a:={'n':[1]};$b:=$a;$a:=2;$b)"
    assert evaluate(text) == evaluate(text) == {"n": [1]}
    assert evaluate("$a") is None
    assert evaluate("$uuid()") != evaluate("$uuid()")
    assert evaluate("$hash('x', 'SHA-256')").startswith("2d711642")


@pytest.mark.parametrize("expression", ["'text'", "''", "$string(1)", "$uuid()", "'a' & 'b'", "$type(1)", "$now()"])
def test_a_text_is_of_the_type_string_which_moto_need_not_ask(expression: str) -> None:
    assert isinstance(evaluate(expression), str)
    assert evaluate(f"$type({expression})") == "string"


def test_a_result_that_is_no_text_is_a_text_for_neither() -> None:
    assert not any(isinstance(evaluate(e), str) for e in ("1", "null", "true", "[]", "{}", "$nowhere", "$sum", "/a/"))
